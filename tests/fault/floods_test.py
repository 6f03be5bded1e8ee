"""Callers that flood: with connections that say nothing, with messages that unpack to a gigabyte, with calls that are taken
back at once, with frames that belong to no call. Each is bounded by a count that a service which does not mind it takes
whole; each is cut off long before, the calls of others are answered meanwhile, and memory stays what it was."""

import contextlib
import pathlib
import pwd
import resource
import threading
import time
import unittest
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import grpc
from harness import cases, flooding
from harness.children import wait_until
from harness.city import City, run
from harness.flooding import (ACK, CANCEL, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PRIORITY, RST_STREAM, SETTINGS, UNKNOWN,
                              WINDOW_UPDATE, Peer, frame)
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub

FLOODERS = 24  # each with a certificate of its own, because who has flooded is barred
RETURNS = 5
MOST_MIB = 200
SLOWEST_SECONDS = 2.0  # of others' calls, on a machine that the flooder shares
SOFT_DESCRIPTORS, SILENT = 256, 400
HANDSHAKE_SECONDS = 5
OF_AN_ADDRESS = 256
RESETTERS, RESETS_PER_SECOND, RESETS = 2, 7500, 60_000
FLOODED_BYTES = 1 << 30  # seconds of frames: a look later it is cut off, and how much came meanwhile is the machine's
BOMBS, BOMB_MIB = 4, 1024


class FloodedCity(City):
    """Its services start with so few descriptors, and may have more."""

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    hosts = {"catalog-1": "0.0.0.0"}

    def service_command(self, name: str) -> list[str]:
        limits = f"ulimit -Hn {self.hard} && ulimit -Sn {SOFT_DESCRIPTORS}"
        return ["bash", "-c", f'{limits} && exec "$@"', "bash", *super().service_command(name)]


class Others:
    """A caller with a connection of its own, who asks again and again. Used as a context; then what came of it."""

    def __init__(self, channel: grpc.Channel):
        self._stub = CatalogServiceStub(channel)
        self._over = threading.Event()
        self.seconds: list[float] = []
        self.failed: list[str] = []

    def __enter__(self) -> "Others":
        self._stub.ListPlans(catalog.ListPlansRequest(), timeout=30)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _run(self):
        while not self._over.wait(0.005):
            began = time.monotonic()
            try:
                self._stub.ListPlans(catalog.ListPlansRequest(), timeout=30)
            except grpc.RpcError as error:
                self.failed.append(f"{error.code().name}: {error.details()}")
            self.seconds.append(time.monotonic() - began)


class FloodsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(FloodedCity())
        cls.address = address(cls.city, "catalog")
        flooders = [f"reporter/dept-001/flooder-{number}" for number in range(FLOODERS)]
        cls.city.admit(*flooders)
        cls.flooders = iter([name.replace("/", "-") for name in flooders])

    def setUp(self):
        self.process = pathlib.Path(f"/proc/{self.city.children['catalog'].pid}")
        self.cut_before = self.all_cut_off()

    # --- what holds in and after every flood ---

    @contextlib.contextmanager
    def channel(self, **how):
        options = [("grpc.use_local_subchannel_pool", 1)]  # a connection of its own
        with grpc.secure_channel(self.address, identity(self.city, "planner").credentials(), options, **how) as channel:
            yield channel

    def peer(self, flooder: str | None = None) -> Peer:
        name = flooder or next(self.flooders)
        return self.enterContext(Peer(self.city.directory / "certificates", self.address, name))

    @contextlib.contextmanager
    def others(self):
        """Others are answered while the block runs, and everybody is served afterwards."""
        (self.process / "clear_refs").write_text("5")  # what is the most from now on
        with self.channel() as channel, Others(channel) as others:
            yield others
        slowest, most = max(others.seconds), self.peak_mib()
        print(f"{len(others.seconds)} calls of others, the slowest {1000 * slowest:.0f} ms; {most:.0f} MiB at most")
        self.assertEqual(others.failed, [])
        self.assertLess(slowest, SLOWEST_SECONDS)
        self.assertLess(most, MOST_MIB)
        self.check_service()

    def check_service(self, seconds: float = 30):
        """Over connections that are new."""
        with self.channel() as one, self.channel() as another:
            self.assertEqual(one.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=seconds), b"\x08\x01")
            CatalogServiceStub(another).ListPlans(catalog.ListPlansRequest(), timeout=seconds)

    def peak_mib(self) -> float:
        status = (self.process / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024

    def descriptors(self) -> list[int]:
        return [int(each.name) for each in (self.process / "fd").iterdir()]

    def all_cut_off(self) -> Counter:
        """By the service's own count; its log tells ten a second at most."""
        count = 'seisaku_connections_cut_total{{reason="{}"}}'
        return Counter({reason: int(self.city.sample("catalog", count.format(reason))) for reason in ("resets", "calls", "bytes")})

    def cut_off(self) -> list[str]:
        """Why connections were, in this test."""
        return sorted((self.all_cut_off() - self.cut_before).elements())

    # --- the floods ---

    def test_connections_that_say_nothing_give_way_and_are_closed(self):
        before = len(self.descriptors())
        with self.others():
            silent = flooding.silent_connections(self.address, SILENT)
            self.addCleanup(lambda: [connection.close() for connection in silent])
            wait_until("those beyond the bound are closed", lambda: flooding.ended(silent) >= SILENT - OF_AN_ADDRESS)
            self.check_service()  # from the same address
            wait_until("none of them is left", lambda: flooding.ended(silent) == SILENT, 3 * HANDSHAKE_SECONDS)
        wait_until("their descriptors are free", lambda: len(self.descriptors()) < before + 16)
        self.check_without_descriptors()

    def check_without_descriptors(self):
        """While there is no descriptor left connections are refused, not left waiting; and are accepted afterwards."""
        self.limit_descriptors(max(self.descriptors()) + 1)
        silent = flooding.silent_connections(self.address, 100)
        self.addCleanup(lambda: [connection.close() for connection in silent])
        wait_until("those without a descriptor are closed", lambda: flooding.ended(silent) > 50, HANDSHAKE_SECONDS - 1)
        self.limit_descriptors(self.city.hard)
        self.check_service()

    def limit_descriptors(self, soft: int):
        """Of the running service, as its own user."""
        user = self.city.user and pwd.getpwnam(self.city.user)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
        run([*as_user, "prlimit", "--pid", self.process.name, f"--nofile={soft}:"])

    def test_packed_messages_are_refused_before_they_are_unpacked(self):
        with self.channel(compression=grpc.Compression.Gzip) as channel, self.assertRaises(grpc.RpcError) as refused:
            CatalogServiceStub(channel).ListPlans(catalog.ListPlansRequest(page_token="x" * 10_000), timeout=30)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)
        bomb = flooding.gzip_bomb(BOMB_MIB)
        with self.others():
            for _ in range(BOMBS):
                peer = self.peer().greet()
                peer.send(frame(HEADERS, END_HEADERS, 1, flooding.call_headers(grpc_encoding="gzip")))
                # Beyond its windows, which a service that has refused the call does not mind.
                with contextlib.suppress(flooding.Cut):
                    peer.send(flooding.data_frames(1, bomb))
                    peer.wait_for_cut(0.5)

    def test_calls_that_are_taken_back_at_once(self):
        with self.others(), ThreadPoolExecutor(RESETTERS) as pool:
            flood = [pool.submit(flooding.reset_rapidly, self.peer(), RESETS, RESETS_PER_SECOND) for _ in range(RESETTERS)]
            begun = [each.result() for each in flood]
        print(f"cut off after {begun} calls")
        self.assertLess(max(begun), RESETS)
        self.assertEqual(len(self.cut_off()), RESETTERS)
        self.assertLessEqual(set(self.cut_off()), {"resets", "calls"})  # those taken back that wait for their turn are calls

    def test_calls_beyond_the_bound_of_a_connection_that_never_heard_of_it(self):
        """gRPC holds a peer to the number of calls that the service has set once the peer has acknowledged that."""
        headers, peer = flooding.call_headers(), self.peer().greet(acknowledge=False)
        with self.others():
            calls = b"".join(frame(HEADERS, END_HEADERS, 2 * number + 1, headers) for number in range(RESETS))
            with contextlib.suppress(flooding.Cut):
                peer.send(calls)
            self.assertTrue(peer.wait_for_cut(HANDSHAKE_SECONDS))
        self.assertEqual(self.cut_off(), ["calls"])

    def test_who_has_flooded_does_not_come_back_for_a_while(self):
        flooder = next(self.flooders)
        with self.others():
            flooding.repeat_frames(self.peer(flooder).greet(), frame(SETTINGS), FLOODED_BYTES)
            for _ in range(RETURNS):
                peer = self.peer(flooder)
                with contextlib.suppress(flooding.Cut):
                    peer.greet()
                self.assertTrue(peer.wait_for_cut(HANDSHAKE_SECONDS - 1), "before it has done anything")
            self.check_service()  # from the same address
        # Who has gone from the line there keeps nobody waiting.
        for connection in flooding.silent_connections(address(self.city, "catalog"), OF_AN_ADDRESS):
            connection.close()
        self.check_service(seconds=10)

    def test_each_connection_of_one_port_is_judged_by_itself(self):
        """From one port of the caller's to two addresses of the service."""
        self.city.start("catalog-1")
        port = address(self.city, "catalog-1").rpartition(":")[2]
        certificates, headers = self.city.directory / "certificates", flooding.call_headers()
        flooder = self.enterContext(Peer(certificates, f"127.0.0.1:{port}", next(self.flooders))).greet()
        calm = self.enterContext(Peer(certificates, f"127.0.0.2:{port}", next(self.flooders), flooder.own_port)).greet()
        with self.assertRaises(flooding.Cut):
            for number in range(RESETS // 50):
                flooder.send(b"".join(
                    frame(HEADERS, END_HEADERS, stream, headers) + frame(RST_STREAM, 0, stream, CANCEL)
                    for stream in range(100 * number + 1, 100 * number + 101, 2)))
                stream = 2 * number + 1
                calm.send(frame(HEADERS, END_HEADERS, stream, headers) + frame(DATA, END_STREAM, stream, bytes(5)))
                time.sleep(0.01)
        self.assertFalse(calm.wait_for_cut(0.5))
        self.city.kill("catalog-1")

    def test_uploads_that_are_taken_back_are_no_flood(self):
        """Nor is one that is larger than it may be, which the service refuses while it comes."""
        with self.channel() as channel:
            ask = channel.unary_unary("/seisaku.catalog.v1.CatalogService/ListPlans")
            for size, seconds in [(16, 0.02), (30, 30), (16, 0.03), (30, 30), (16, 0.04)]:
                with self.assertRaises(grpc.RpcError):
                    ask(bytes(size << 20), timeout=seconds)
                self.check_service()
            self.assertEqual(channel.unary_unary("/grpc.health.v1.Health/Check")(b"", timeout=30), b"\x08\x01")
        self.assertEqual(self.cut_off(), [])

    def test_frames_that_belong_to_no_call(self):
        frames = {
            "SETTINGS": frame(SETTINGS),
            "SETTINGS with values": frame(SETTINGS, 0, 0, b"\0\4\0\1\0\0" * 5),
            "acknowledged SETTINGS": frame(SETTINGS, ACK),
            "PING": frame(PING, 0, 0, bytes(8)),
            "answers to PING": frame(PING, ACK, 0, bytes(8)),
            "WINDOW_UPDATE": frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"),
            "PRIORITY": frame(PRIORITY, 0, 3, bytes(5)),
            "DATA of no call": frame(DATA, 0, 3),
            "unknown": frame(UNKNOWN, 0, 0, bytes(100)),
        }
        for name, one in frames.items():
            with self.subTest(name), self.others():
                taken = flooding.repeat_frames(self.peer().greet(), one, FLOODED_BYTES)
                print(f"{name}: cut off after {taken:,} bytes")
                self.assertLess(taken, FLOODED_BYTES)


if __name__ == "__main__":
    cases.main()
