"""Three replicas over one log, with many clients that repeat and double what they send, and readers that follow
from the beginning: positions are exactly 0 … N − 1, every acknowledged request is there once, and every reader sees
each entry once and in order.

SEISAKU_SEED=N draws other requests."""

import os
import random
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import grpc
from audit import Audit
from clients import Append, Figures, Replica, append_until_acknowledged, make_plan, send
from harness import cases
from replicas import ReplicatedCity, Stopwatch
from seisaku.log.v1.log_service_pb2 import WatchEntriesRequest

REPLICAS, CLIENTS, READERS = 3, 64, 8
APPENDS = {"ci": 5_000, "full": 100_000}[os.environ.get("SEISAKU_SCALE", "ci")]
SEED = int(os.environ.get("SEISAKU_SEED", "0"))
KPIS = 1 + APPENDS // 25
ACTOR = "seisaku://isesaki/planner/planner-1"
SECONDS_PER_TRY = 30.0
CHANCE_OF_DOUBLE = CHANCE_OF_IMPATIENCE = 0.1
# So short that it passes before the answer comes, most of the time.
IMPATIENT_SECONDS = 0.005


class Reader:
    """Follows one replica from the first entry on, and takes up where a stream ended."""

    def __init__(self, replica: Replica):
        self.replica = replica
        self.entries: list[bytes] = []
        self.wrong: str | None = None
        self._enough: int | None = None
        self._lock = threading.Lock()
        self._stream = None
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def wait_for(self, size: int, seconds: float):
        """Until it has seen so many entries, or something wrong."""
        with self._lock:
            self._enough = size
            if len(self.entries) >= size and self._stream is not None:
                self._stream.cancel()
        self._thread.join(seconds)

    def _follow(self):
        while not self._has_enough() and self.wrong is None:
            try:
                self._stream = self.replica.log.WatchEntries(WatchEntriesRequest(start=len(self.entries)), timeout=600)
                for response in self._stream:
                    if not self._take(response):
                        return
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    self.wrong = str(error)

    def _take(self, response) -> bool:
        with self._lock:
            if response.start != len(self.entries):
                self.wrong = f"{self.replica.name}: entries from {response.start} on follow {len(self.entries)}"
                return False
            self.entries += response.entries
        return not self._has_enough()

    def _has_enough(self) -> bool:
        return self._enough is not None and len(self.entries) >= self._enough


class Client:
    """Appends one request after the other, to any replica; some are sent twice at once, to two replicas, and of some
    the answer is not waited for before they are sent again."""

    def __init__(self, number: int, replicas: list[Replica], figures: Figures, doubles: ThreadPoolExecutor):
        self._rng = random.Random(f"{SEED}/{number}")
        self._replicas, self._figures, self._doubles = replicas, figures, doubles
        self.appends: list[Append] = []
        self.repeated = 0

    def run(self, count: int):
        for _ in range(count):
            append = self._figures.any(self._rng)
            order = self._rng.sample(self._replicas, len(self._replicas))
            if self._rng.random() < CHANCE_OF_DOUBLE:
                double = self._doubles.submit(send, order[1], append, SECONDS_PER_TRY)
                append_until_acknowledged(order, append)
                self._expect_same(append, double.result())
            elif self._rng.random() < CHANCE_OF_IMPATIENCE:
                append_until_acknowledged(order, append, first_try=IMPATIENT_SECONDS)
                self._expect_same(append, send(order[-1], append, SECONDS_PER_TRY))
            else:
                append_until_acknowledged(order, append)
            self.appends.append(append)

    def _expect_same(self, append: Append, other):
        """The same outcome; of two answers that nothing was lost of, at most one is the original."""
        if not (append.receipt.repeated or other.receipt.repeated):
            raise AssertionError(f"{append}: done twice, at {append.receipt.position} and {other.receipt.position}")
        self.repeated += 1
        other.receipt.repeated = append.receipt.repeated
        if other != append.answer:
            raise AssertionError(f"{append}: two outcomes:\n{append.answer}\n{other}")


class ReplicasTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(ReplicatedCity(REPLICAS))
        make_plan(self.city, KPIS)
        self.replicas = [self._connect(number) for number in range(REPLICAS)]

    def _connect(self, number: int) -> Replica:
        replica = Replica(self.city, self.city.names[number % REPLICAS])
        self.addCleanup(replica.close)
        return replica

    def test_many_clients_and_readers_of_three_replicas(self):
        readers = [Reader(self._connect(number)) for number in range(READERS)]
        figures, watch = Figures(KPIS), Stopwatch()
        with ThreadPoolExecutor(CLIENTS) as doubles, ThreadPoolExecutor(CLIENTS) as pool:
            clients = [Client(number, self.replicas, figures, doubles) for number in range(CLIENTS)]
            shares = [APPENDS // CLIENTS + (number < APPENDS % CLIENTS) for number in range(CLIENTS)]
            for done in [pool.submit(client.run, share) for client, share in zip(clients, shares)]:
                done.result()
        twice = sum(client.repeated for client in clients)
        print(f"{APPENDS} appends in {watch.seconds():.1f} s, of which {twice} were answered twice")
        self._check_log([append for client in clients for append in client.appends], readers)

    def _check_log(self, appends: list[Append], readers: list[Reader]):
        audit = Audit(self.city)
        audit.look()
        self.assertEqual(len(appends), APPENDS)
        for append in appends:
            audit.check_acknowledged(append, ACTOR)
        mine = [key for key in audit.commands if key[0] == ACTOR]
        self.assertEqual(len(mine), APPENDS, "commands that nobody sent")
        for replica in self.replicas:
            audit.wait_for(replica, 10)
            audit.check_replica(replica, 0)
        for reader in readers:
            reader.wait_for(audit.size, 60)
            self.assertIsNone(reader.wrong)
            self.assertEqual(len(reader.entries), audit.size)
            self.assertTrue(reader.entries == audit.entries, f"{reader.replica.name}: other entries were seen")


if __name__ == "__main__":
    cases.main()
