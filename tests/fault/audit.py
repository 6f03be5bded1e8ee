"""Checks the whole log, as PostgreSQL has it and as the replicas show it, against what was acknowledged."""

import base64
import collections
import hashlib
from dataclasses import dataclass

from clients import Append, Replica
from harness.children import wait_until
from harness.city import City
from seisaku.log.v1.entry_pb2 import Entry
from seisaku.log.v1.log_service_pb2 import GetCheckpointRequest, ReadEntriesRequest
from seisaku.progress.v1.events_pb2 import Event

PAGE = 1000
CATALOG_ADVANCED = "seisaku.progress.v1.Event/catalog_advanced"


@dataclass(frozen=True)
class Recorded:
    """A command as the log has it: its entries are at [begin, begin + size)."""

    begin: int
    size: int


class Audit:
    """Follows a log; each look takes up where the last one ended."""

    def __init__(self, city: City, database: str = "progress"):
        self._city, self._database = city, database
        self.entries: list[bytes] = []
        self.commands: dict[tuple[str, str], Recorded] = {}  # by actor and request id
        self.commands_of: collections.Counter[str] = collections.Counter()  # how many, by actor
        self.catalog_size = 0  # how much of catalog's log was copied
        self._frontier: list[tuple[int, bytes]] = []  # height and root of each whole subtree, the largest first
        self._last_time = 0

    @property
    def size(self) -> int:
        return len(self.entries)

    def look(self):
        """Reads what is new, and fails where the log is not as a log has to be."""
        before = self.size
        head, entries, requests, counts = self._read()
        for position, leaf in entries:
            _equal(position, self.size, "positions are dense")
            self.entries.append(leaf)
            self._grow(leaf)
        new = self._check_commands(before)
        _equal(head[0], self.size, "the head's size is that of the entries")
        frontier = b"".join(root for _, root in self._frontier)
        _equal(head[1], frontier.hex(), "the head's frontier is that of the entries")
        _equal(head[2], self._last_time, "the head's time is that of the last command")
        expected = [self.size, self.size - 1, len(self.commands), self.size >> 8]
        _equal(counts, expected, "entries, the last position, requests, tiles")
        _equal(requests, {key: recorded.begin for key, recorded in new.items()}, "requests are those of the entries")

    def _read(self):
        """The head, the new entries, the new requests, and counts, all as of one moment."""
        shown = self._city.sql(self._database, f"""
            BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
            SELECT size, encode(frontier, 'hex'), recorded_at FROM log_head;
            SELECT count(*), coalesce(max(position), -1), count(request_id),
                   (SELECT count(*) FROM tile WHERE level = 0) FROM entry;
            SELECT 'request', caller, request_id, position FROM entry
              WHERE position >= {self.size} AND request_id IS NOT NULL;
            SELECT position, encode(bytes, 'hex') FROM entry WHERE position >= {self.size} ORDER BY position;
            COMMIT""")
        head, counts, *rows = (line.split("|") for line in shown.splitlines())
        entries = [(int(row[0]), bytes.fromhex(row[1])) for row in rows if len(row) == 2]
        requests = {(row[1], row[2]): int(row[3]) for row in rows if len(row) == 4}
        return (int(head[0]), head[1], int(head[2])), entries, requests, [int(count) for count in counts]

    def _grow(self, leaf: bytes):
        """RFC 6962: equal subtrees join."""
        self._frontier.append((0, hashlib.sha256(b"\0" + leaf).digest()))
        while len(self._frontier) > 1 and self._frontier[-1][0] == self._frontier[-2][0]:
            (height, left), (_, right) = self._frontier[-2:]
            self._frontier[-2:] = [(height + 1, hashlib.sha256(b"\1" + left + right).digest())]

    def root(self) -> bytes:
        """Of all entries seen."""
        if not self._frontier:
            return hashlib.sha256().digest()
        root = self._frontier[-1][1]
        for _, left in reversed(self._frontier[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        return root

    def _check_commands(self, position: int) -> dict[tuple[str, str], Recorded]:
        """Those from the position on."""
        new = {}
        while position < self.size:
            first = Entry.FromString(self.entries[position])
            key, time = (first.actor, first.request_id), _micros(first)
            _true(key not in self.commands, f"{key} is recorded once, and again at {position}")
            _true(time > self._last_time, f"the time of {position} is after {self._last_time}: {time}")
            _true(position + first.command_size <= self.size, f"the command at {position} is whole")
            for index in range(first.command_size):
                entry = Entry.FromString(self.entries[position + index])
                shown = (entry.actor, entry.request_id, _micros(entry), entry.command_index, entry.command_size)
                _equal(shown, (*key, time, index, first.command_size), f"the command at {position} is contiguous")
            self._check_catalog(first)
            self.commands_of[first.actor] += 1
            self.commands[key] = new[key] = Recorded(position, first.command_size)
            self._last_time = time
            position += first.command_size
        return new

    def _check_catalog(self, entry: Entry):
        """Catalog's log is copied without a gap, and nothing of it twice."""
        if entry.type == CATALOG_ADVANCED:
            advanced = Event.FromString(entry.payload).catalog_advanced
            _equal(advanced.start, self.catalog_size, "what is copied of catalog begins where the last copy ended")
            self.catalog_size += len(advanced.entries)

    def check_acknowledged(self, append: Append, actor: str):
        """That it is there once, just where its receipt says."""
        end, entries = append.receipt.position, append.receipt.entries
        found = self.commands.get((actor, append.request_id))
        _equal(entries, append.entries, f"{append}: entries")
        _equal(found, Recorded(end - entries, entries), f"{append}: where it is")

    def check_replica(self, replica: Replica, start: int):
        """That it shows what PostgreSQL has, from `start` on, and signs its root."""
        checkpoint = replica.log.GetCheckpoint(GetCheckpointRequest(), timeout=5)
        _equal(checkpoint.position, self.size, f"{replica.name}: size")
        _, size, root, *_ = checkpoint.checkpoint.split("\n")
        _equal((int(size), base64.b64decode(root)), (self.size, self.root()), f"{replica.name}: checkpoint")
        while start < self.size:
            page = replica.log.ReadEntries(ReadEntriesRequest(start=start, page_size=PAGE), timeout=10)
            _true(page.entries, f"{replica.name}: entries from {start}")
            for entry in page.entries:
                _equal((entry.position, entry.entry), (start, self.entries[start]), f"{replica.name}: entry {start}")
                start += 1

    def wait_for(self, replica: Replica, seconds: float):
        """Until the replica has caught up."""
        def caught_up() -> bool:
            checkpoint = replica.log.GetCheckpoint(GetCheckpointRequest(), timeout=5, wait_for_ready=True)
            return checkpoint.position >= self.size

        wait_until(f"{replica.name} knows {self.size} entries", caught_up, seconds)


def _micros(entry: Entry) -> int:
    return entry.recorded_at.seconds * 1_000_000 + entry.recorded_at.nanos // 1000


def _true(holds, what: str):
    if not holds:
        raise AssertionError(what)


def _equal(actual, expected, what: str):
    if actual != expected:
        raise AssertionError(f"{what}: {_shown(actual)}, not {_shown(expected)}")


def _shown(value) -> str:
    text = repr(value)
    return text if len(text) < 400 else text[:400] + " …"
