"""What the machine itself can do: figures to read the others by."""

import os
import pathlib
import platform
import time

from measuring.ours import BATCH
from measuring.peers import Peers
from measuring.scale import How
from measuring.table import Results

BLOCK = 8192  # a page of PostgreSQL's log
SYNCED_FILE = 16 << 20  # one of its files
ROUNDS = 5


def machine(how: How, results: Results):
    cores = sorted(os.sched_getaffinity(0))
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    results.note(f"{cpu_model()}, {len(cores)} cores, {platform.system()} {platform.release()}; load average {load}")
    times = how.scale.copied // 100
    switches = {"a switch between two processes, on one core": (cores[0], cores[0])}
    if len(cores) > 1:
        switches["a switch between two processes, on two cores"] = (cores[0], cores[1])
    for what, on in switches.items():
        results.figure(f"{what}, by a pipe", [1e6 * switch_seconds(times, *on) for _ in range(ROUNDS)], "µs")
    with Peers() as peers:
        results.note(peers.version())
        took = [1000 * value for value in fdatasync_seconds(peers.directory, times)]
        results.figure(f"fdatasync of {BLOCK} bytes, where the clusters are", took, "ms")
        rates = [peers.copy_in(how.scale.copied, BATCH).rate for _ in range(ROUNDS)]
        results.figure(f"COPY in, transactions of {BATCH}", rates, "rows/s")


def cpu_model() -> str:
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def fdatasync_seconds(folder: pathlib.Path, times: int) -> list[float]:
    """Each time a block is written over in a file that has its size already, as PostgreSQL's log is."""
    took = []
    with open(folder / "synced", "wb", buffering=0) as file:
        file.write(bytes(SYNCED_FILE))
        os.fsync(file.fileno())
        for number in range(times):
            os.pwrite(file.fileno(), b"s" * BLOCK, number * BLOCK % SYNCED_FILE)
            began = time.monotonic()
            os.fdatasync(file.fileno())
            took.append(time.monotonic() - began)
    return took


def switch_seconds(times: int, core: int, other_core: int) -> float:
    """From a write to a pipe until the process that waits for it runs, with what Python adds."""
    to_child, to_parent = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(to_child[1])
            os.sched_setaffinity(0, {other_core})
            while os.read(to_child[0], 1):
                os.write(to_parent[1], b"x")
        finally:
            os._exit(0)
    os.close(to_child[0])
    os.close(to_parent[1])
    own_cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        began = time.monotonic()
        for _ in range(times):
            os.write(to_child[1], b"x")
            if not os.read(to_parent[0], 1):
                raise AssertionError("the other process of the pipe ended")
        return (time.monotonic() - began) / times / 2
    finally:
        os.sched_setaffinity(0, own_cores)
        os.close(to_child[1])
        os.close(to_parent[0])
        os.waitpid(child, 0)
