"""How another system of the city talks to Seisaku from Python: an example to copy.

Beside it needs python3-grpcio, python3-protobuf and the stubs of proto/, with those of google/rpc for the
errors' details: `proto/stubs OUT` makes them in OUT/python. Then:

    city = City("127.0.0.1:7443", "127.0.0.1:7444", Identity("planner.crt", "planner.key", "ca.crt"))
    created = city.catalog.call("CreatePlan", CreatePlanRequest(plan_id="kodomo", plan=plan))
    sheet = GetProgressSheetRequest(parent="plans/kodomo", reporting_year=2022)
    for row in city.progress.each("GetProgressSheet", sheet, "rows"):
        ...

Such a sheet shows the plan: each call asks for the positions that the calls before it answered with.
"""

import pathlib
import random
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import grpc
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.progress.v1.progress_service_pb2_grpc import ProgressServiceStub

OPTIONS = [
    ("grpc.max_receive_message_length", 20 << 20),
    # To look for a service that is away after 0.1 s, and then every two seconds: gRPC's own wait grows to two minutes,
    # and until it is over every call without wait_for_ready fails, though the service is long back.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
    # To notice a connection that is dead. The service ends one that is asked more often than every 30 s.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
]
# A try that nobody answers ends so soon that there is time for another one.
SECONDS_PER_TRY = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
WORTH_REPEATING = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)


@dataclass(frozen=True)
class Identity:
    """PEM files: the caller's certificate, its key, and the city's certificate authority."""

    certificate: str
    key: str
    ca: str

    def credentials(self) -> grpc.ChannelCredentials:
        ca, key, chain = (pathlib.Path(file).read_bytes() for file in (self.ca, self.key, self.certificate))
        return grpc.ssl_channel_credentials(root_certificates=ca, private_key=key, certificate_chain=chain)


@dataclass
class Positions:
    """How much of each log the caller has seen. Kept with, say, a user's session, it lets the next process read
    what this one wrote."""

    catalog: int = 0
    progress: int = 0


@dataclass
class Refused(Exception):
    """Why a call failed. `reason` is one of proto/REASONS.md, and empty where the service was not reached."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)  # path of a wrong field -> what would be right
    retry_after: float | None = None  # seconds; set where the same request may be repeated as it is

    def __str__(self) -> str:
        return f"{self.code.name} {self.reason}: {self.message}"

    @classmethod
    def of(cls, error: grpc.RpcError) -> "Refused":
        refused = cls(error.code(), error.details() or "")
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                for detail in Status.FromString(value).details:
                    refused._take(detail)
        return refused

    def _take(self, detail):
        info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
        if detail.Unpack(info):
            self.reason, self.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            self.fields = {violation.field: violation.description for violation in bad.field_violations}
        elif detail.Unpack(retry):
            self.retry_after = retry.retry_delay.ToTimedelta().total_seconds()


class Service:
    """One of the two services. Thread-safe."""

    def __init__(self, name: str, channel: grpc.Channel, stub, positions: Positions):
        self._name, self._stub, self._positions = name, stub(channel), positions
        self.on_retry: Callable[[Refused], None] = lambda refused: None  # to be told of each repetition

    def call(self, method: str, request: Message, seconds: float = 30) -> Message:
        """The response, after repetitions where they make sense; else raises Refused. Takes at most `seconds`."""
        request = self._completed(request)
        end = time.monotonic() + seconds
        pause, repeated = FIRST_PAUSE, False
        while True:
            timeout = min(SECONDS_PER_TRY, end - time.monotonic())
            try:
                # A repetition waits for the connection, which is only made while a call wants it; the first try
                # fails at once where there is none, so that on_retry is told.
                call = getattr(self._stub, method)
                return self._remember(call(request, timeout=timeout, wait_for_ready=repeated))
            except grpc.RpcError as error:
                refused = Refused.of(error)
            if refused.retry_after is None and refused.code not in WORTH_REPEATING:
                raise refused
            # At least as long as the service asks, and not all callers at once.
            wait = (refused.retry_after or 0) + random.uniform(pause / 2, pause)
            if time.monotonic() + wait >= end:
                raise refused
            self.on_retry(refused)
            time.sleep(wait)
            pause, repeated = min(2 * pause, LONGEST_PAUSE), True

    def each(self, method: str, request: Message, items: str, seconds: float = 30) -> Iterator[Message]:
        """The items of all pages, each asked for when the one before is used up. All pages show the same state."""
        request = self._completed(request)
        while True:
            response = self.call(method, request, seconds)
            yield from getattr(response, items)
            if not response.next_page_token:
                return
            request.page_token = response.next_page_token

    def _completed(self, request: Message) -> Message:
        """A copy with a request_id, so that a repetition changes nothing twice, and with what the caller has seen."""
        completed = type(request)()
        completed.CopyFrom(request)
        own, catalog = getattr(self._positions, self._name), self._positions.catalog
        for name, value in (("request_id", str(uuid.uuid4())), ("min_position", own), ("min_catalog_position", catalog)):
            if name in request.DESCRIPTOR.fields_by_name and not getattr(request, name):
                setattr(completed, name, value)
        return completed

    def _remember(self, response: Message) -> Message:
        fields = response.DESCRIPTOR.fields_by_name
        seen = response.receipt.position if "receipt" in fields else response.position
        setattr(self._positions, self._name, max(seen, getattr(self._positions, self._name)))
        return response


class City:
    """Both services of a city, as one caller."""

    def __init__(self, catalog: str, progress: str, identity: Identity, positions: Positions | None = None):
        self.positions = positions or Positions()
        self._channels = [grpc.secure_channel(to, identity.credentials(), OPTIONS) for to in (catalog, progress)]
        self.catalog = Service("catalog", self._channels[0], CatalogServiceStub, self.positions)
        self.progress = Service("progress", self._channels[1], ProgressServiceStub, self.positions)

    def __enter__(self) -> "City":
        return self

    def __exit__(self, *_):
        for channel in self._channels:
            channel.close()
