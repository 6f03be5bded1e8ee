"""What the provocations share: calls that have to fail, and programs that have to end."""

import contextlib
import pathlib
import signal
import unittest
from collections.abc import Iterator

import grpc
import seen
from harness.children import Child, wait_until
from harness.city import City
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.resources_pb2 import Plan
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub
from seisaku.progress.v1.progress_service_pb2_grpc import ProgressServiceStub
from seisaku_client import Identity, Refused


def plan(plan_id: str, title: str = "計画", **more) -> catalog.CreatePlanRequest:
    return catalog.CreatePlanRequest(plan_id=plan_id, plan=Plan(title=title, levels=["政策"]), **more)


class Stubs:
    """All services as one caller, without repetitions."""

    def __init__(self, city: City, who: Identity):
        # Each has connections of its own.
        options = [("grpc.use_local_subchannel_pool", 1)]
        self.channels = [grpc.secure_channel(address(city, name), who.credentials(), options)
                         for name in ("catalog", "progress")]
        self.catalog, self.progress = CatalogServiceStub(self.channels[0]), ProgressServiceStub(self.channels[1])
        self.log = LogServiceStub(self.channels[0])

    def close(self):
        for channel in self.channels:
            channel.close()


class Provocation(unittest.TestCase):
    city: City

    def stubs(self, role: str = "planner") -> Stubs:
        return self.enterContext(contextlib.closing(Stubs(self.city, identity(self.city, role))))

    def assert_refused(self, reason: str, call, request, seconds: float = 20) -> Refused:
        """The call fails for the reason, which counts as provoked."""
        with self.assertRaises(grpc.RpcError) as caught:
            answer = call(request, timeout=seconds)
            for _ in answer if hasattr(answer, "__next__") else ():
                pass
        refused = Refused.of(caught.exception)
        self.assertEqual(refused.reason, reason, refused)
        seen.note_refused(refused)
        return refused

    def extra(self, service: str, **flags: str) -> tuple[list[str], pathlib.Path]:
        """The command of one more replica with these flags instead of its own, and its log."""
        command = self.city.service_command(service)
        run = self.city.directory / "run"
        changed = {"listen": "127.0.0.1:0", "address_file": str(run / "extra.address"),
                   "checkpoint_file": str(run / f"extra-{service}.checkpoint")} | flags
        for name, value in changed.items():
            option = "--" + name.replace("_", "-")
            if option in command:
                command[command.index(option) + 1] = value
            else:
                command += [option, value]
        return command, self.city.directory / "logs" / f"{self.id().rpartition('.')[2]}.log"

    def assert_does_not_start(self, reason: str, service: str = "catalog", **flags: str):
        """One more replica, started with these flags, ends and says why."""
        command, log = self.extra(service, **flags)
        child = Child(command, log, self.city.user)
        try:
            wait_until(f"{service} gives up", lambda: not child.is_running(), on_timeout=child.last_words)
        finally:
            child.end(signal.SIGKILL)
        self.assertEqual(seen.logged_reason(log, "cannot serve"), reason, child.last_words())

    @contextlib.contextmanager
    def replica(self, service: str, **flags: str) -> Iterator[pathlib.Path]:
        """One more replica while the context lasts; its log."""
        command, log = self.extra(service, **flags)
        child = Child(command, log, self.city.user)
        try:
            yield log
        finally:
            child.end(signal.SIGKILL)

    @contextlib.contextmanager
    def changed(self, change: str, back: str, database: str = "catalog") -> Iterator[None]:
        """SQL of the superuser, taken back afterwards."""
        self.city.sql(database, change)
        try:
            yield
        finally:
            self.city.sql(database, back)


