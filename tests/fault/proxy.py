"""A way to PostgreSQL with faults in it.

Speaks PostgreSQL's protocol (version 3) just so far that it knows which statement a service executes: prepared
statements by their name ("lock_head"), others by their words ("BEGIN"). The BEGIN of a transaction that only reads is
called BEGIN READ, the COMMIT of one that wrote nothing COMMIT READ, a COPY read_entries, an append outside a transaction
"append at once", the preparation of append "prepare append", and the start of a connection "connect". One request of
the client, from its first message to Sync or Query, and its answer, up to ReadyForQuery, are the pieces that faults cut;
a second request (COMMIT after append) may be on its way before the first is answered.
"""

import collections
import enum
import pathlib
import socket
import struct
import threading

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
CONNECT = "connect"
WRITING = ("append", "touch_head")
# What is always followed by more of the same answer, and so need not be sent on at once.
UNFINISHED_ANSWERS = b"DT12CtnHdc"


class Kind(enum.Enum):
    CUT_BEFORE = "the statement is not sent"
    CUT_WITHIN = "half of the statement is sent"
    CUT_SENT = "the statement is sent, and nobody waits for its end"
    CUT_AFTER = "the statement is done, and its answer is lost"
    CUT_WITHIN_ANSWER = "half of the answer comes"
    DELAY = "the statement is done, and its answer comes when the test says"
    HOLD = "the statement is sent when the test says"
    SILENT_BEFORE = "half-open: nothing passes from here on, and both ends stay connected"
    SILENT_WITHIN = "half-open after half of the statement"
    SILENT_AFTER = "half-open after the statement is done"


BEFORE_IT_IS_SENT = (Kind.CUT_BEFORE, Kind.CUT_WITHIN, Kind.CUT_SENT, Kind.HOLD, Kind.SILENT_BEFORE, Kind.SILENT_WITHIN)


class Fault:
    """What happens to the nth execution of a statement, once."""

    def __init__(self, statement: str, kind: Kind, nth: int = 1):
        self.statement, self.kind, self.nth = statement, kind, nth
        self.hit = threading.Event()
        self._released = threading.Event()

    def release(self):
        """Ends HOLD and DELAY."""
        self._released.set()

    def wait_for_release(self):
        self.hit.set()
        self._released.wait()

    def __str__(self) -> str:
        return f"{self.kind.name} at {self.statement} #{self.nth}"


class Proxy:
    """Listens on a socket in `directory`, as PostgreSQL would, for a PostgreSQL at the socket `target`. Used as a
    context. Thread-safe."""

    def __init__(self, directory: pathlib.Path, target: pathlib.Path):
        self._target = target
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._armed: list[Fault] = []
        self._connections: set[Connection] = set()
        self.executed: collections.Counter[str] = collections.Counter()
        path = directory / target.name
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o777)
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> "Proxy":
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        self.cut_all()

    def arm(self, *faults: Fault):
        """Each waits for its statement; there may be several for one."""
        with self._lock:
            self._armed += faults

    def disarm(self):
        """Forgets what was not hit, and cuts what is half-open."""
        with self._lock:
            forgotten, self._armed = self._armed, []
            silent = [connection for connection in self._connections if connection.silent]
        for fault in forgotten:
            fault.release()
        for connection in silent:
            connection.cut()

    def cut_all(self):
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.cut()

    def wait_for_one_more(self, statements: tuple[str, ...], seconds: float) -> bool:
        """Until one of the statements has been executed once more."""
        with self._lock:
            before = [self.executed[statement] for statement in statements]
            return self._changed.wait_for(lambda: [self.executed[name] for name in statements] != before, seconds)

    def fault_of(self, statement: str) -> Fault | None:
        """Counts an execution, and says what happens to it."""
        with self._lock:
            self.executed[statement] += 1
            self._changed.notify_all()
            hit = None
            for fault in [fault for fault in self._armed if fault.statement == statement]:
                fault.nth -= 1
                if fault.nth <= 0 and hit is None:
                    hit = fault
                    self._armed.remove(fault)
            return hit

    def forget(self, connection: "Connection"):
        with self._lock:
            self._connections.discard(connection)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self._target))
            except OSError:
                client.close()
                server.close()
                continue
            connection = Connection(self, client, server)
            with self._lock:
                self._connections.add(connection)
            connection.start()


class Connection:
    """One client's way to the server, with a thread for each direction."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket):
        self._proxy, self._client, self._server = proxy, client, server
        self._over = threading.Event()
        self._in_transaction = self._wrote = False
        self._faults_of_answers: collections.deque[Fault | None] = collections.deque()  # of those to come
        self.silent = False

    def start(self):
        for pump in (self._pass_requests, self._pass_answers):
            threading.Thread(target=self._until_it_breaks, args=(pump,), daemon=True).start()

    def cut(self):
        """Ends both ways. What was sent before has arrived or will."""
        if self._over.is_set():
            return
        self._over.set()
        for end in (self._client, self._server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was not connected any more
            end.close()
        for fault in filter(None, list(self._faults_of_answers)):
            fault.hit.set()
        self._proxy.forget(self)

    def _until_it_breaks(self, pump):
        try:
            pump()
        except (OSError, EOFError, ValueError):
            pass  # that is how connections end
        if not self.silent:
            self.cut()

    def _stay_silent(self, fault: Fault):
        self.silent = True
        fault.hit.set()
        self._over.wait()

    # --- from the client ---

    def _pass_requests(self):
        source = self._client.makefile("rb")
        if not self._pass_startup(source):
            return
        request, statement = bytearray(), ""
        while True:
            kind, message = _read_message(source)
            request += message
            statement = statement or _statement(kind, message[5:])
            if kind in b"PBDEC":  # Sync is still to come
                continue
            self._pass_request(bytes(request), self._named(statement))
            request, statement = bytearray(), ""

    def _pass_startup(self, source) -> bool:
        while True:
            head = _read(source, 8)
            length, code = struct.unpack("!II", head)
            whole = head + _read(source, length - 8)
            if code in (SSL_REQUEST, GSS_REQUEST):
                self._client.sendall(b"N")
                continue
            if code == CANCEL_REQUEST:
                self._server.sendall(whole)
                return False
            self._pass_request(whole, CONNECT)
            return True

    def _named(self, statement: str) -> str:
        if statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            self._in_transaction = statement.startswith("BEGIN")
        if statement.startswith("BEGIN"):
            self._wrote = False
            if "EXECUTE lock_head" in statement:  # one round trip for both, and for what is looked up then
                return "lock_head"
            return "BEGIN READ" if "READ ONLY" in statement else "BEGIN"
        if statement.startswith("COPY"):
            return "read_entries"
        if statement == "append" and not self._in_transaction:
            return "append at once"
        self._wrote |= statement in WRITING
        return "COMMIT READ" if statement == "COMMIT" and not self._wrote else statement

    def _pass_request(self, request: bytes, statement: str):
        if self.silent:
            return
        fault = self._proxy.fault_of(statement) if statement else None
        if fault is None or fault.kind not in BEFORE_IT_IS_SENT:
            self._faults_of_answers.append(fault)
            self._server.sendall(request)
            return
        # Within its first message: so it is the statement that is incomplete and not what asks for the answer.
        first = struct.unpack("!I", request[:4] if statement == CONNECT else request[1:5])[0]
        half = request[: first // 2]
        self._faults_of_answers.append(None)
        sent = {Kind.CUT_WITHIN: half, Kind.SILENT_WITHIN: half, Kind.CUT_SENT: request}.get(fault.kind, b"")
        self._server.sendall(sent)
        if fault.kind is Kind.HOLD:
            fault.wait_for_release()
            self._server.sendall(request)
        elif fault.kind in (Kind.SILENT_BEFORE, Kind.SILENT_WITHIN):
            self._stay_silent(fault)
        else:
            self.cut()
            fault.hit.set()

    # --- from the server ---

    def _pass_answers(self):
        source = self._server.makefile("rb")
        answer = bytearray()
        while True:
            kind, message = _read_message(source)
            answer += message
            fault = self._faults_of_answers[0] if self._faults_of_answers else None
            if kind == b"Z" and self._faults_of_answers:
                self._faults_of_answers.popleft()
            if kind == b"Z" and fault is not None:
                self._spoil(fault, bytes(answer))
            elif fault is None and (kind not in UNFINISHED_ANSWERS or len(answer) > 1 << 16):
                self._send_to_client(bytes(answer))
            else:
                continue
            answer = bytearray()

    def _spoil(self, fault: Fault, answer: bytes):
        if fault.kind is Kind.SILENT_AFTER:
            self._stay_silent(fault)
        elif fault.kind is Kind.DELAY:
            fault.wait_for_release()
            self._send_to_client(answer)
        else:
            if fault.kind is Kind.CUT_WITHIN_ANSWER:
                self._send_to_client(answer[: len(answer) // 2])
            self.cut()
            fault.hit.set()

    def _send_to_client(self, answer: bytes):
        if not self.silent:
            self._client.sendall(answer)


def _read(source, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _read_message(source) -> tuple[bytes, bytes]:
    head = _read(source, 5)
    (length,) = struct.unpack("!I", head[1:])
    return head[:1], head + _read(source, length - 4)


def _statement(kind: bytes, body: bytes) -> str:
    """The name of what a message of the client executes; empty where it executes nothing."""
    if kind == b"Q":
        return body.split(b"\0")[0].decode().strip().rstrip(";")
    if kind == b"P":
        return "prepare " + body.split(b"\0")[0].decode()
    if kind == b"B":
        return body.split(b"\0")[1].decode()
    return ""
