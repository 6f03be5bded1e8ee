"""The people of a city at work: what they do by policyctl and by RPC, and a note of each command that the log has to
have of it."""

import contextlib
import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import Message
from harness.city import City
from neighbour import address, identity
from seisaku.progress.v1.progress_service_pb2 import GetCatalogPositionRequest
from seisaku_client import City as Client
from seisaku_client import Positions, Refused


@dataclass(frozen=True)
class Command:
    """As a log has it: its entries are at [position, position + entries)."""

    log: str
    actor: str
    request_id: str
    position: int
    entries: int


@dataclass(frozen=True)
class Sent:
    """A request that was answered."""

    who: str
    log: str
    method: str
    request: Message
    answer: Message


class People:
    """`who` is a caller's name below the city, such as "reporter/dept-002/sato", whom the city has admitted."""

    def __init__(self, city: City):
        self.city = city
        self.done: list[Command] = []
        self.sent: list[Sent] = []
        self._positions = Positions()
        self._connections = contextlib.ExitStack()
        self._clients: dict[tuple[str, str], Client] = {}
        self.work_through("progress")

    def work_through(self, *replicas: str):
        """From now on calls to progress go to these in turn."""
        self.hang_up()
        self._replicas = itertools.cycle(replicas)

    def hang_up(self):
        self._connections.close()
        self._clients.clear()

    def sizes(self) -> dict[str, int]:
        """Of both logs, when progress has copied all of catalog's."""
        known = GetCatalogPositionRequest(min_catalog_position=self.city.log_size("catalog"))
        self.client("planner").progress.call("GetCatalogPosition", known)
        return {log: self.city.log_size(log) for log in ("catalog", "progress")}

    # --- by RPC ---

    def client(self, who: str) -> Client:
        replica = next(self._replicas)
        if (who, replica) not in self._clients:
            client = Client(address(self.city, "catalog"), address(self.city, replica), identity(self.city, _file(who)),
                            self._positions)
            self._clients[who, replica] = self._connections.enter_context(client)
        return self._clients[who, replica]

    def call(self, who: str, log: str, method: str, request: Message) -> Message:
        """A change that adds something. Its answer."""
        request.request_id = str(uuid.uuid4())
        answer = getattr(self.client(who), log).call(method, request)
        self.sent.append(Sent(who, log, method, request, answer))
        self._note(log, who, request.request_id, answer.receipt.position, answer.receipt.entries)
        return answer

    def repeat(self, sent: Sent):
        """The request once more, which has to change nothing and to be answered as before."""
        answer = self._changes_nothing(lambda: getattr(self.client(sent.who), sent.log).call(sent.method, sent.request))
        if not answer.receipt.repeated:
            raise AssertionError(f"{sent.request} was done again: {answer}")
        answer.receipt.repeated = False
        if answer != sent.answer:
            raise AssertionError(f"{sent.request} is answered otherwise: {answer}, not {sent.answer}")

    def refused(self, reason: str, who: str, log: str, method: str, request: Message):
        """A change that has to be refused."""

        def call() -> Refused | None:
            try:
                getattr(self.client(who), log).call(method, request)
            except Refused as refused:
                return refused
            return None

        refused = self._changes_nothing(call)
        if refused is None or refused.reason != reason:
            raise AssertionError(f"{request}: not {reason} but {refused}")

    # --- by policyctl ---

    def run(self, who: str, *words) -> dict:
        """policyctl with a change to progress that adds something. Its answer."""
        request_id = str(uuid.uuid4())
        said = self.city.ask("-o", "json", *words, "--request-id", request_id, role=_file(who),
                             profiles=self._profiles())
        answer = json.loads(said.out)
        self._note("progress", who, request_id, int(answer["receipt"]["position"]), answer["receipt"]["entries"])
        return answer

    def run_again(self, who: str, *words):
        """The last command of policyctl once more, as somebody does who has seen no answer."""
        said = self._changes_nothing(
            lambda: self.city.ask("-o", "json", *words, "--request-id", self.done[-1].request_id, role=_file(who)))
        if not json.loads(said.out)["receipt"]["repeated"]:
            raise AssertionError(f"{words} was done again: {said.out}")

    def run_refused(self, code: int, who: str, *words):
        self._changes_nothing(lambda: self.city.ask(*words, role=_file(who), expect=code))

    def run_import(self, who: str, file, *more):
        """Two commands, of which policyctl makes the request ids."""
        before = self.sizes()
        self.city.import_sheet(file, "strategy", *more, role=_file(who))
        for log, size in before.items():
            (row,) = self.city.sql(log, f"""SELECT request_id, position, (SELECT size FROM log_head) - position
                FROM entry WHERE caller = '{_actor(who)}' AND position >= {size}""").split()
            request_id, position, entries = row.split("|")
            self.done.append(Command(log, _actor(who), request_id, int(position), int(entries)))

    def _profiles(self):
        replica = next(self._replicas)
        return self.city.profiles_with(replica, ("/progress.address", f"/{replica}.address"))

    # --- what came of it ---

    def _note(self, log: str, who: str, request_id: str, end: int, entries: int):
        self.done.append(Command(log, _actor(who), request_id, end - entries, entries))

    def _changes_nothing(self, act: Callable):
        before = self.sizes()
        answer = act()
        after = self.sizes()
        if after != before:
            raise AssertionError(f"the logs have grown from {before} to {after}")
        return answer


def _file(who: str) -> str:
    """What the certificate and the profile are named after."""
    return who.replace("/", "-")


def _actor(who: str) -> str:
    return f"seisaku://isesaki/{who}"
