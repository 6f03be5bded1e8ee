"""One who follows a log while everything else happens."""

import threading
import time

import grpc
from clients import PAUSE, Replica
from seisaku.log.v1.log_service_pb2 import WatchEntriesRequest

SECONDS_PER_STREAM = 600


class Reader:
    """Follows one replica from the first entry on, and takes up where a stream ended. Fails for what comes twice, out
    of order or not at all."""

    def __init__(self, replica: Replica):
        self.replica = replica
        self.entries: list[bytes] = []
        self._wrong: str | None = None
        self._changed = threading.Condition()
        self._stopping = False
        self._stream = None
        threading.Thread(target=self._follow, daemon=True).start()

    def check(self, entries: list[bytes], since: int, seconds: float):
        """That it sees just these entries, in time; those before `since` were checked before."""
        with self._changed:
            self._changed.wait_for(lambda: self._wrong is not None or len(self.entries) >= len(entries), seconds)
            if self._wrong is not None:
                raise AssertionError(self._wrong)
            if self.entries[since:] != entries[since:]:
                shown = f"{len(self.entries)} entries, not {len(entries)}, or others"
                raise AssertionError(f"{self.replica.name} showed {shown}")

    def stop(self):
        with self._changed:
            self._stopping = True
            if self._stream is not None:
                self._stream.cancel()

    def _follow(self):
        while self._open():
            try:
                for response in self._stream:
                    self._take(response)
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    self._fail(str(error))
                time.sleep(PAUSE)

    def _open(self) -> bool:
        with self._changed:
            if self._stopping or self._wrong is not None:
                return False
            request = WatchEntriesRequest(start=len(self.entries))
            self._stream = self.replica.log.WatchEntries(request, timeout=SECONDS_PER_STREAM, wait_for_ready=True)
            return True

    def _take(self, response):
        with self._changed:
            if response.start != len(self.entries):
                self._wrong = f"{self.replica.name}: entries from {response.start} on follow {len(self.entries)}"
                self._stream.cancel()
            self.entries += response.entries
            if response.next_position != len(self.entries):
                self._wrong = f"{self.replica.name}: {len(self.entries)} entries are said to be {response.next_position}"
                self._stream.cancel()
            self._changed.notify_all()

    def _fail(self, why: str):
        with self._changed:
            self._wrong = f"{self.replica.name}: {why}"
            self._changed.notify_all()
