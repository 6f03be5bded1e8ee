"""Callers that append to progress, and repeat the same request until it is answered."""

import itertools
import random
import threading
import time
import uuid
from dataclasses import dataclass, field

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.changes_pb2 import UpdateKpi
from seisaku.catalog.v1.resources_pb2 import EvaluationRule, Kpi, Node, Plan
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.progress_service_pb2_grpc import ProgressServiceStub
from seisaku.progress.v1.resources_pb2 import Actual, Narrative, NarrativeKind
from seisaku.type.v1.judgement_pb2 import Direction
from seisaku.type.v1.read_pb2 import Receipt
from seisaku.type.v1.value_pb2 import Decimal, Quantity, Value
from seisaku_client import Refused

# Replicas that are killed come back at once, and so does the channel.
CHANNEL = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 1000),
           ("grpc.max_reconnect_backoff_ms", 100)]
SECONDS_PER_TRY = 2.0
PAUSE = 0.05  # less than the services ask for: the harder case
PATIENCE = 40.0
WORTH_REPEATING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.RESOURCE_EXHAUSTED)

PLAN = "plans/fault"
FIRST_YEAR, YEARS = 2000, 150
KPIS_PER_REQUEST = 2000
LARGE = 250  # while such a batch is added the next is decided


class Replica:
    """One replica as its callers see it."""

    def __init__(self, city, name: str):
        def channel(role: str) -> grpc.Channel:
            return grpc.secure_channel(address(city, name), identity(city, role).credentials(), CHANNEL)

        self.name = name
        self._channels = [channel("planner"), channel("auditor")]
        self.progress = ProgressServiceStub(self._channels[0])
        self.log = LogServiceStub(self._channels[1])

    def close(self):
        for channel in self._channels:
            channel.close()

    def wait_for_catalog(self, position: int, seconds: float):
        """Until it knows so much of catalog's log. Raises grpc.RpcError."""
        request = progress.GetCatalogPositionRequest(min_catalog_position=position)
        self.progress.GetCatalogPosition(request, timeout=seconds, wait_for_ready=True)


class Catalog:
    """Catalog as its planner sees it."""

    def __init__(self, city):
        self._channel = grpc.secure_channel(address(city, "catalog"), identity(city, "planner").credentials())
        self._stub = CatalogServiceStub(self._channel)

    def close(self):
        self._channel.close()

    def make_plan(self, kpis: int) -> int:
        """A plan with so many KPIs. Answers with catalog's position."""
        node = f"{PLAN}/nodes/all"
        rule = EvaluationRule(method="ratio/1", on_track_percent=Decimal(value="100"),
                              mostly_on_track_percent=Decimal(value="97"))
        first = catalog.ApplyCatalogRequest()
        first.changes.add().create_plan.CopyFrom(Plan(name=PLAN, title="障害試験", levels=["すべて"], rule=rule))
        first.changes.add().create_node.CopyFrom(Node(name=node, title="すべて"))
        position = self._stub.ApplyCatalog(first).receipt.position
        for start in range(0, kpis, KPIS_PER_REQUEST):
            more = catalog.ApplyCatalogRequest()
            for number in range(start, min(kpis, start + KPIS_PER_REQUEST)):
                more.changes.add().create_kpi.CopyFrom(
                    Kpi(name=kpi(number), node=node, title=f"指標{number}", unit="件",
                        direction=Direction.DIRECTION_INCREASE))
            position = self._stub.ApplyCatalog(more).receipt.position
        return position

    def rename(self, number: int, title: str) -> int:
        """Gives a KPI another title. Answers with catalog's position."""
        request = catalog.ApplyCatalogRequest()
        request.changes.add().update_kpi.CopyFrom(
            UpdateKpi(kpi=Kpi(name=kpi(number), title=title), update_mask=FieldMask(paths=["title"])))
        return self._stub.ApplyCatalog(request, timeout=30).receipt.position


def kpi(number: int) -> str:
    return f"{PLAN}/kpis/kpi-{number:05}"


@dataclass
class Append:
    """A request, and what became of it."""

    method: str
    request: Message
    entries: int  # how many it has to add
    answer: Message | None = None  # once it is acknowledged
    tries: list[str] = field(default_factory=list)

    @property
    def receipt(self) -> Receipt:
        return self.answer.receipt

    @property
    def request_id(self) -> str:
        return self.request.request_id

    def __str__(self) -> str:
        return f"{self.method} {self.request_id} ({'; '.join(self.tries)})"


class Figures:
    """Makes requests of which each adds entries, because no two are about the same figure. Thread-safe."""

    def __init__(self, kpis: int):
        self._kpis, self._next, self._lock = kpis, 0, threading.Lock()

    def _cell(self) -> tuple[str, int]:
        with self._lock:
            number, self._next = self._next, self._next + 1
        if number >= self._kpis * YEARS:
            raise AssertionError("no figure is left that is not recorded")
        return kpi(number % self._kpis), FIRST_YEAR + number // self._kpis

    def _actual(self, number: int) -> Actual:
        name, year = self._cell()
        figure = Value(number=Quantity(value=Decimal(value=str(number)), unit="件"))
        return Actual(kpi=name, reporting_year=year, value=figure)

    def one(self, rng: random.Random) -> Append:
        request = progress.RecordActualRequest(actual=self._actual(rng.randrange(10**6)), request_id=request_id(rng))
        return Append("RecordActual", request, 1)

    def many(self, rng: random.Random, count: int) -> Append:
        request = progress.BatchRecordActualsRequest(request_id=request_id(rng), reason="障害試験")
        request.actuals.extend(self._actual(rng.randrange(10**6)) for _ in range(count))
        return Append("BatchRecordActuals", request, count)

    def words(self, rng: random.Random) -> Append:
        name, year = self._cell()
        said = Narrative(kpi=name, reporting_year=year, kind=NarrativeKind.NARRATIVE_KIND_ISSUES,
                         text=f"課題{rng.random()}")
        request = progress.RecordNarrativeRequest(narrative=said, request_id=request_id(rng))
        return Append("RecordNarrative", request, 1)

    def any(self, rng: random.Random) -> Append:
        which = rng.random()
        if which < 0.6:
            return self.one(rng)
        if which < 0.61:
            return self.many(rng, LARGE)
        return self.many(rng, rng.randint(2, 5)) if which < 0.8 else self.words(rng)


def request_id(rng: random.Random) -> str:
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def send(replica: Replica, append: Append, seconds: float = SECONDS_PER_TRY) -> Message:
    """One try. Raises Refused."""
    try:
        # gRPC for Python connects only while a call waits for it: a repetition does.
        repeated = bool(append.tries)
        return getattr(replica.progress, append.method)(append.request, timeout=seconds, wait_for_ready=repeated)
    except grpc.RpcError as error:
        raise Refused.of(error) from None


def append_until_acknowledged(
    replicas: list[Replica], append: Append, seconds: float = PATIENCE, first_try: float = SECONDS_PER_TRY
):
    """Sends the request, to the next replica after each try that failed, until it is acknowledged."""
    end = time.monotonic() + seconds
    for replica in itertools.cycle(replicas):
        if time.monotonic() > end:
            raise AssertionError(f"{append}: not acknowledged in {seconds} s")
        try:
            append.answer = send(replica, append, SECONDS_PER_TRY if append.tries else first_try)
            append.tries.append(f"{replica.name}: {append.receipt.position}")
            return
        except Refused as refused:
            append.tries.append(f"{replica.name}: {refused.code.name} {refused.reason}")
            if refused.code not in WORTH_REPEATING:
                raise AssertionError(f"{append}: {refused}") from None
        time.sleep(PAUSE)
