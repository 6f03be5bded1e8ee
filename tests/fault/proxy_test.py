"""The proxy does what its faults say: a test whose faults do not happen would find nothing."""

import pathlib
import socket
import struct
import tempfile
import threading
import unittest

from harness import cases
from proxy import Fault, Kind, Proxy

STARTUP = struct.pack("!II", 8, 196608)
READY = b"Z" + struct.pack("!I", 5) + b"I"


def message(kind: bytes, body: bytes = b"") -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def query(words: str) -> bytes:
    return message(b"Q", words.encode() + b"\0")


def execution(name: str) -> bytes:
    """Bind, Execute and Sync of a prepared statement, as libpq sends them."""
    bind = message(b"B", b"\0" + name.encode() + b"\0" + bytes(6))
    return bind + message(b"E", b"\0" + bytes(4)) + message(b"S")


class Server:
    """Answers each Query and Sync as PostgreSQL would a statement without rows, and keeps what it was sent."""

    answer = message(b"C", b"DONE\0") + READY

    def __init__(self, path: pathlib.Path):
        self.received = b""
        self.ended = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self):
        try:
            peer, _ = self._listener.accept()
        except OSError:
            return
        with peer, peer.makefile("rb") as source:
            source.read(len(STARTUP))
            peer.sendall(READY)
            while head := source.read(5):
                body = source.read(struct.unpack("!I", head[1:5])[0] - 4) if len(head) == 5 else b""
                self.received += head + body
                if head[:1] in b"QS":
                    try:
                        peer.sendall(self.answer)
                    except OSError:
                        break  # cut meanwhile
        self.ended.set()


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir="/tmp")))
        (self.directory / "way").mkdir()
        self.server = Server(self.directory / "socket")
        self.addCleanup(self.server.close)
        self.proxy = self.enterContext(Proxy(self.directory / "way", self.directory / "socket"))
        self.client = self.enterContext(socket.socket(socket.AF_UNIX))
        self.client.settimeout(30)
        self.client.connect(str(self.directory / "way" / "socket"))
        self.client.sendall(STARTUP)
        self.assertEqual(self.client.recv(100), READY)

    def armed(self, statement: str, kind: Kind, nth: int = 1) -> Fault:
        fault = Fault(statement, kind, nth)
        self.proxy.arm(fault)
        return fault

    def received(self) -> bytes:
        """What the client is sent until the connection ends."""
        data = b""
        try:
            while more := self.client.recv(1000):
                data += more
        except ConnectionResetError:
            pass
        return data

    def ask(self, request: bytes) -> bytes:
        self.client.sendall(request)
        data = b""
        while not data.endswith(READY):
            data += self.client.recv(1000)
        return data

    def is_silent(self) -> bool:
        """Nothing is here, and the connection stands."""
        self.client.setblocking(False)
        try:
            self.client.recv(1)
        except BlockingIOError:
            return True
        return False

    def test_passes_what_has_no_fault(self):
        self.armed("append at once", Kind.CUT_BEFORE, nth=2)
        self.assertEqual(self.ask(execution("append")), Server.answer)
        self.assertEqual(self.ask(query("COMMIT")), Server.answer)
        self.assertEqual(self.server.received, execution("append") + query("COMMIT"))
        self.assertIn("append at once", self.proxy.executed)

    def test_cut_before_sends_nothing(self):
        fault = self.armed("append at once", Kind.CUT_BEFORE)
        self.client.sendall(execution("append"))
        self.assertEqual(self.received(), b"")
        self.assertTrue(fault.hit.wait(30) and self.server.ended.wait(30))
        self.assertEqual(self.server.received, b"")

    def test_spoils_the_answer_to_its_own_statement_where_two_were_sent_at_once(self):
        self.armed("COMMIT", Kind.CUT_AFTER)
        self.client.sendall(query("BEGIN") + execution("append") + execution("COMMIT"))
        self.assertEqual(self.received(), 2 * Server.answer)
        self.assertEqual(self.server.received, query("BEGIN") + execution("append") + execution("COMMIT"))

    def test_cut_within_sends_a_part(self):
        self.armed("append at once", Kind.CUT_WITHIN)
        self.client.sendall(execution("append"))
        self.assertEqual(self.received(), b"")
        self.assertTrue(self.server.ended.wait(30))
        self.assertTrue(0 < len(self.server.received) < len(execution("append")))

    def test_cut_after_lets_the_statement_be_done(self):
        self.armed("BEGIN", Kind.CUT_AFTER)
        self.client.sendall(query("BEGIN"))
        self.assertEqual(self.received(), b"")
        self.assertEqual(self.server.received, query("BEGIN"))

    def test_cut_within_the_answer_passes_a_part(self):
        self.armed("BEGIN", Kind.CUT_WITHIN_ANSWER)
        self.client.sendall(query("BEGIN"))
        self.assertEqual(self.received(), Server.answer[: len(Server.answer) // 2])

    def test_delayed_answer_comes_when_released(self):
        fault = self.armed("BEGIN", Kind.DELAY)
        self.client.sendall(query("BEGIN"))
        self.assertTrue(fault.hit.wait(30))
        self.assertTrue(self.is_silent())
        self.assertEqual(self.server.received, query("BEGIN"))
        fault.release()
        self.client.settimeout(30)
        self.assertEqual(self.client.recv(1000), Server.answer)

    def test_held_statement_is_sent_when_released(self):
        fault = self.armed("BEGIN", Kind.HOLD)
        self.client.sendall(query("BEGIN"))
        self.assertTrue(fault.hit.wait(30))
        self.assertEqual(self.server.received, b"")
        fault.release()
        self.assertEqual(self.client.recv(1000), Server.answer)

    def test_half_open_connection_stands_and_passes_nothing(self):
        fault = self.armed("BEGIN", Kind.SILENT_AFTER)
        self.client.sendall(query("BEGIN"))
        self.assertTrue(fault.hit.wait(30))
        self.assertTrue(self.is_silent())
        self.client.shutdown(socket.SHUT_WR)  # of which the server does not hear, either
        self.assertFalse(self.server.ended.is_set())
        self.proxy.disarm()
        self.assertTrue(self.server.ended.wait(30))

    def test_commit_of_what_wrote_nothing_has_another_name(self):
        fault = self.armed("COMMIT", Kind.CUT_BEFORE)
        reading = query("BEGIN READ ONLY; COPY (SELECT 1) TO STDOUT"), query("COPY (SELECT 2) TO STDOUT"), query("COMMIT")
        for request in (*reading, query("BEGIN"), execution("append")):
            self.assertEqual(self.ask(request), Server.answer)
        self.assertFalse(fault.hit.is_set())
        self.client.sendall(query("COMMIT"))
        self.assertEqual(self.received(), b"")
        self.assertTrue(fault.hit.wait(30))
        self.assertEqual(list(self.proxy.executed),
                         ["connect", "BEGIN READ", "read_entries", "COMMIT READ", "BEGIN", "append", "COMMIT"])


if __name__ == "__main__":
    cases.main()
