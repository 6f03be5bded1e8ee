"""A catalog that answers as the test says, and remembers what it was asked."""

import time
from concurrent import futures

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceServicer, add_CatalogServiceServicer_to_server
from seisaku_client import Identity


def queue_full(delay: float) -> Status:
    status = Status(code=grpc.StatusCode.RESOURCE_EXHAUSTED.value[0], message="more commands are waiting")
    status.details.add().Pack(ErrorInfo(reason="QUEUE_FULL", domain="seisaku"))
    retry = RetryInfo(retry_delay=Duration())
    retry.retry_delay.FromNanoseconds(int(delay * 1e9))
    status.details.add().Pack(retry)
    return status


class ScriptedCatalog(CatalogServiceServicer):
    """Used as a context. Answers CreatePlan with each of the answers in turn."""

    def __init__(self, identity: Identity, *answers: Status | Message):
        self._answers = list(answers)
        self.requests: list[Message] = []
        self.times: list[float] = []
        self.deadlines: list[float] = []  # seconds that each call had left
        with open(identity.key, "rb") as key, open(identity.certificate, "rb") as chain, open(identity.ca, "rb") as ca:
            tls = grpc.ssl_server_credentials([(key.read(), chain.read())], ca.read(), require_client_auth=True)
        self._server = grpc.server(futures.ThreadPoolExecutor(1))
        add_CatalogServiceServicer_to_server(self, self._server)
        self.address = f"localhost:{self._server.add_secure_port('localhost:0', tls)}"

    def __enter__(self) -> "ScriptedCatalog":
        self._server.start()
        return self

    def __exit__(self, *_):
        self._server.stop(None).wait()

    def CreatePlan(self, request, context):
        self.requests.append(request)
        self.times.append(time.monotonic())
        self.deadlines.append(context.time_remaining())
        answer = self._answers.pop(0)
        if not isinstance(answer, Status):
            return answer
        context.set_trailing_metadata([("grpc-status-details-bin", answer.SerializeToString())])
        context.abort({code.value[0]: code for code in grpc.StatusCode}[answer.code], answer.message)
