"""WatchEntries of the built programs: history and what follows in one stream, from any position, filtered or not; with
replicas that are not notified; and callers who do not read."""

import contextlib
import pathlib
import random
import unittest

import grpc
from clients import PLAN, Catalog, Figures, Replica, append_until_acknowledged
from harness import cases
from harness.city import City
from neighbour import address, identity
from replicas import ReplicatedCity, Stopwatch
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.changes_pb2 import Change
from seisaku.catalog.v1.resources_pb2 import Node, Plan
from seisaku.log.v1.entry_pb2 import Entry
from seisaku.log.v1.log_service_pb2 import WatchEntriesRequest
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub

REPLICAS, KPIS, APPENDS = 2, 200, 300
# What the design allows where a notification is lost.
SECONDS_WITHOUT_NOTIFICATION = 5
SLOW_CALLERS, LONG_COMMANDS, NODES_OF_EACH = 12, 24, 1200
# For each slow caller: what gRPC takes on its way, and the pages that are read ahead.
MIB_OF_A_SLOW_CALLER = 10


class Stream:
    """One WatchEntries, read in step."""

    def __init__(self, log: LogServiceStub, **asked):
        self._call = log.WatchEntries(WatchEntriesRequest(**asked), timeout=120)
        self.next, self.caught_up, self.entries, self.positions = asked.get("start", 0), 0, [], []

    def read(self):
        response = next(self._call)
        if response.start != self.next:
            raise AssertionError(f"{self.next} is followed by {response.start}")
        self.next = response.next_position
        self.caught_up += response.caught_up
        self.entries += response.entries
        self.positions += response.positions
        return response

    def read_to(self, size: int):
        while self.next < size or not self.caught_up:
            self.read()
        return self

    def close(self):
        self._call.cancel()


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(ReplicatedCity(REPLICAS))
        catalog_stub = Catalog(self.city)
        self.addCleanup(catalog_stub.close)
        position = catalog_stub.make_plan(KPIS)
        self.replicas = [Replica(self.city, name) for name in self.city.names]
        self.figures, self.rng = Figures(KPIS), random.Random(1)
        for replica in self.replicas:
            self.addCleanup(replica.close)
            replica.wait_for_catalog(position, 60)

    def append(self, replica: Replica) -> int:
        """One request. Answers with the log's size after it."""
        append = self.figures.any(self.rng)
        append_until_acknowledged([replica], append)
        return append.receipt.position

    def stream(self, replica: Replica, **asked) -> Stream:
        return self.enterContext(contextlib.closing(Stream(replica.log, **asked)))

    def test_history_and_what_follows_in_one_stream_from_any_position(self):
        for _ in range(APPENDS // 2):
            self.append(self.replicas[0])
        whole = self.stream(self.replicas[1])
        size = 0
        for _ in range(APPENDS // 2):
            size = self.append(self.replicas[0])
        whole.read_to(size)
        self.assertEqual(whole.caught_up, 1)
        self.assertEqual(len(whole.entries), size)
        for start in (1, size - 1, size, *self.rng.sample(range(size), 10)):
            part = self.stream(self.replicas[start % REPLICAS], start=start).read_to(size)
            self.assertEqual(part.entries, whole.entries[start:], start)
        self.check_filters(whole.entries)

    def check_filters(self, entries: list[bytes]):
        parsed = [Entry.FromString(entry) for entry in entries]
        one = f"{PLAN}/kpis/kpi-00007/"
        kind = "seisaku.progress.v1.Event/actual_recorded"
        for asked, lets_through in (
            ({"resource_prefix": one}, lambda entry: entry.resource.startswith(one)),
            ({"types": [kind]}, lambda entry: entry.type == kind),
            ({"types": [kind], "resource_prefix": one}, lambda entry: entry.type == kind and entry.resource.startswith(one)),
            ({"resource_prefix": "plans/nobody"}, lambda _: False),
        ):
            wanted = [position for position, entry in enumerate(parsed) if lets_through(entry)]
            seen = self.stream(self.replicas[0], **asked).read_to(len(entries))
            self.assertEqual(seen.positions, wanted, asked)
            self.assertEqual(seen.entries, [entries[position] for position in wanted])
            self.assertEqual(seen.next, len(entries))

    def test_stream_that_shows_nothing_says_how_far_it_has_read(self):
        stream = self.stream(self.replicas[0], resource_prefix="plans/nobody")
        stream.read_to(1)
        size = self.append(self.replicas[0])
        stream.read_to(size)
        self.assertEqual(stream.entries, [])
        self.assertNotEqual(stream.read().checkpoint, "")

    def test_replica_that_is_not_notified_shows_an_entry_in_time(self):
        # A pg_notify of one's own goes before PostgreSQL's, in new sessions.
        self.city.sql("progress", "CREATE FUNCTION public.pg_notify(text, text) RETURNS void LANGUAGE sql AS ''; "
                                  "ALTER ROLE progress_service SET search_path = public, pg_catalog")
        for name in self.city.names:
            self.city.terminate(name)
            self.city.start(name)
        stream = self.stream(self.replicas[1])
        while not stream.caught_up:
            stream.read()
        for _ in range(3):
            size = self.append(self.replicas[0])
            watch = Stopwatch()
            stream.read_to(size)
            self.assertLess(watch.seconds(), SECONDS_WITHOUT_NOTIFICATION)


class SlowCallersTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.planner = CatalogServiceStub(self._channel("planner"))
        for number in range(LONG_COMMANDS):
            self.apply_long_plan(number)

    def _channel(self, role: str) -> grpc.Channel:
        options = [("grpc.use_local_subchannel_pool", 1)]  # each with a connection of its own
        channel = grpc.secure_channel(address(self.city, "catalog"), identity(self.city, role).credentials(), options)
        self.addCleanup(channel.close)
        return channel

    def apply_long_plan(self, number: int):
        """About a MiB of entries."""
        name = f"plans/long-{number}"
        changes = [Change(create_plan=Plan(name=name, title=f"長い計画{number}", levels=["政策"]))]
        changes += [Change(create_node=Node(name=f"{name}/nodes/n{node}", title="政策" * 100))
                    for node in range(NODES_OF_EACH)]
        self.planner.ApplyCatalog(catalog.ApplyCatalogRequest(changes=changes), timeout=60)

    def resident_mib(self) -> float:
        status = pathlib.Path(f"/proc/{self.city.children['catalog'].pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:")) / 1024

    def ended(self) -> int:
        log = (self.city.directory / "logs" / "catalog.log").read_text(encoding="utf-8")
        return log.count('"SLOW_CONSUMER"')

    def test_callers_who_do_not_read_hold_up_nobody_and_are_ended(self):
        Stream(LogServiceStub(self._channel("auditor"))).read_to(LONG_COMMANDS)  # warms up
        before = self.resident_mib()
        slow = [Stream(LogServiceStub(self._channel("auditor"))) for _ in range(SLOW_CALLERS)]
        reader = Stream(LogServiceStub(self._channel("auditor")))
        written, most = 0, before
        while self.ended() < SLOW_CALLERS:
            self.apply_long_plan(LONG_COMMANDS + written)
            written += 1
            reader.read_to((LONG_COMMANDS + written) * (NODES_OF_EACH + 1))
            most = max(most, self.resident_mib())
        self.assertGreater(written, 3)
        # The state that grew meanwhile is there, too.
        bound = before + SLOW_CALLERS * MIB_OF_A_SLOW_CALLER + written * 2
        print(f"{before:.0f} MiB, with {SLOW_CALLERS} slow callers at most {most:.0f}; {written} commands meanwhile")
        self.assertLess(most, bound)
        self.check_slow(slow)

    def check_slow(self, slow: list[Stream]):
        """Each has what was sent, and goes on from there."""
        for stream in slow:
            with self.assertRaises(grpc.RpcError):
                while True:
                    stream.read()
            rest = Stream(LogServiceStub(self._channel("auditor")), start=stream.next)
            rest.read()
            self.assertNotEqual(rest.entries + stream.entries, [])


if __name__ == "__main__":
    cases.main()
