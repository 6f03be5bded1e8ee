"""Peers of a service that speak TLS and HTTP/2 frame by frame, and do what no library of gRPC lets a caller do. All they
do is bounded by counts, and they say where they were cut off."""

import pathlib
import select
import socket
import ssl
import struct
import time
import zlib

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, UNKNOWN = 0, 1, 2, 3, 4, 6, 8, 0x0B
END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1
CANCEL = struct.pack("!I", 8)
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
METHOD = "/seisaku.catalog.v1.CatalogService/ListPlans"
MESSAGE_BYTES = 1 << 14  # a frame's, at most


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def call_headers(method: str = METHOD, **more: str) -> bytes:
    """The header block of a call, by literals that no table remembers."""
    def literal(name: str, value: str) -> bytes:
        return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()

    fields = {":path": method, ":authority": "localhost", "content-type": "application/grpc", "te": "trailers"}
    fields |= {name.replace("_", "-"): value for name, value in more.items()}
    return b"\x83\x87" + b"".join(literal(name, value) for name, value in fields.items())  # POST, https


def data_frames(stream: int, payload: bytes) -> bytes:
    parts = [payload[at : at + MESSAGE_BYTES] for at in range(0, len(payload), MESSAGE_BYTES)]
    return b"".join(frame(DATA, END_STREAM if part is parts[-1] else 0, stream, part) for part in parts)


def gzip_bomb(mebibytes: int) -> bytes:
    """A message of gRPC's, about a thousandth as large as what it unpacks to: zeros."""
    block = bytes(1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    crc = 0
    for _ in range(mebibytes):
        crc = zlib.crc32(block, crc)
    packed = (b"\x1f\x8b\x08\0\0\0\0\0\x02\xff" + first + rest * (mebibytes - 1) + packer.flush()
              + struct.pack("<II", crc, (mebibytes << 20) & 0xFFFFFFFF))
    return b"\1" + struct.pack("!I", len(packed)) + packed


class Cut(Exception):
    """The service has ended the connection."""


class Peer:
    """A connection with a role's certificate. What the service answers is read and thrown away, so that it is never held up
    by that. Used as a context, by one thread."""

    def __init__(self, certificates: pathlib.Path, address: str, role: str = "planner", own_port: int = 0):
        host, _, port = address.rpartition(":")
        raw = socket.socket()
        raw.settimeout(30)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one port to several addresses
        raw.bind(("127.0.0.1", own_port))
        raw.connect((host, int(port)))
        self.own_port = raw.getsockname()[1]
        context = ssl.create_default_context(cafile=certificates / "ca.crt")
        context.check_hostname = False
        context.load_cert_chain(certificates / f"{role}.crt", certificates / f"{role}.key")
        context.set_alpn_protocols(["h2"])
        self._socket = context.wrap_socket(raw)
        self._socket.setblocking(False)
        self.sent = 0  # bytes that the connection took
        self.received = 0

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_):
        self._socket.close()

    def greet(self, acknowledge: bool = True) -> "Peer":
        """The preface, with or without a word on what the service has set."""
        self.send(PREFACE + frame(SETTINGS) + (frame(SETTINGS, ACK) if acknowledge else b""))
        return self

    def send(self, content: bytes, seconds: float = 30):
        """Raises Cut."""
        deadline, rest = time.monotonic() + seconds, memoryview(content)
        while rest:
            try:
                taken = self._socket.send(rest)
                self.sent += taken
                rest = rest[taken:]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                if time.monotonic() > deadline:
                    raise AssertionError(f"the service took nothing for {seconds} s") from None
                select.select([self._socket], [self._socket], [], 0.1)
            except OSError as error:
                raise Cut(str(error)) from None
            self.drain()

    def drain(self):
        """What has arrived. Raises Cut."""
        try:
            while got := self._socket.recv(1 << 16):
                self.received += len(got)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        except OSError as error:
            raise Cut(str(error)) from None
        raise Cut("end of file")

    def wait_for_cut(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        try:
            while time.monotonic() < deadline:
                select.select([self._socket], [], [], 0.1)
                self.drain()
        except Cut:
            return True
        return False


def reset_rapidly(peer: Peer, calls: int, per_second: float, method: str = METHOD) -> int:
    """Begins calls and takes each back at once. Returns how many before it was cut off; all, if it was not."""
    headers, began, done = call_headers(method), time.monotonic(), 0
    try:
        peer.greet()
        while done < calls:
            due = min(calls, int((time.monotonic() - began) * per_second) + 1)
            peer.send(b"".join(
                frame(HEADERS, END_HEADERS, 2 * number + 1, headers) + frame(RST_STREAM, 0, 2 * number + 1, CANCEL)
                for number in range(done, due)))
            done = due
            time.sleep(0.005)
    except Cut:
        pass
    return done


def repeat_frames(peer: Peer, one: bytes, bytes_at_most: int) -> int:
    """The same frame again and again, as fast as the service takes it. Returns how many bytes before it was cut off."""
    many = one * max(1, MESSAGE_BYTES // len(one))
    begun = peer.sent
    try:
        while peer.sent - begun < bytes_at_most:
            peer.send(many)
    except Cut:
        pass
    return peer.sent - begun


def silent_connections(address: str, number: int) -> list[socket.socket]:
    host, _, port = address.rpartition(":")
    return [socket.create_connection((host, int(port)), timeout=30) for _ in range(number)]


def ended(connections: list[socket.socket]) -> int:
    """How many of them the service has closed. Nothing is expected over any of them."""
    count = 0
    for connection in connections:
        connection.setblocking(False)
        try:
            count += connection.recv(1) == b""
        except BlockingIOError:
            pass
        except OSError:
            count += 1
    return count
