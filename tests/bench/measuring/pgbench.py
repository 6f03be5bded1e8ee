"""pgbench, from when all its clients have connected and warmed up: where a connection costs milliseconds, hundreds of
them take longer than what is measured, and each new backend is slow at first."""

import math
import os
import pathlib
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass

from harness.children import clean_environment
from measuring.processes import cpu_seconds
from measuring.table import Sample

CONNECT_SECONDS = 0.015  # for each client, where a machine does not need more
PROGRESS = re.compile(r"progress: ([\d.]+) s, ([\d.]+) tps")


@dataclass(frozen=True)
class Moment:
    """What pgbench says about once a second."""

    at: float  # seconds since it began
    rate: float  # since the moment before
    cpu: float  # seconds of the server so far
    time: float


def steady_state(pgbench: list, dsn: str, script: str, clients: int, seconds: int, server: int, warm_up: int) -> Sample:
    """The last `seconds` of a longer run, `warm_up` after all have connected, without think time, by prepared statements;
    latencies are of a tenth of the transactions. `pgbench` is the command, `server` the pid of the server at `dsn`."""
    connecting = clients * CONNECT_SECONDS
    while True:
        begin = math.ceil(connecting) + warm_up
        flags = ["-c", clients, "-j", min(2, clients), "-T", begin + seconds, dsn]
        with tempfile.TemporaryDirectory(prefix="pgbench-", dir="/tmp") as folder:
            os.chmod(folder, 0o777)
            moments = run_once(pgbench, script, flags, pathlib.Path(folder), server)
            connected = next((moment.at for moment in moments if moment.rate > 0), math.inf)
            window = [moment for moment in moments if begin - 0.5 < moment.at < begin + seconds + 0.5]
            if connected <= begin - warm_up + 1.5 and len(window) > 1:
                return sample_of(window, sorted(latencies(pathlib.Path(folder), window[0].time, window[-1].time)))
        connecting = 2 * connecting + 1
        if connecting > 120:
            raise AssertionError(f"pgbench does not get {clients} clients connected: {moments}")


def run_once(pgbench: list, script: str, flags: list, folder: pathlib.Path, server: int) -> list[Moment]:
    file = folder / "script.sql"
    file.write_text(script, encoding="utf-8")
    command = [*pgbench, "-n", "-M", "prepared", "-f", file, "-P", 1, "-l", f"--log-prefix={folder}/log",
               "--sampling-rate=0.1", *flags]
    moments, said = [], []
    with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, encoding="utf-8", env=clean_environment()) as child:
        for line in child.stderr:
            said.append(line)
            if progress := PROGRESS.match(line):
                cpu = cpu_seconds(server, with_children=True)
                moments.append(Moment(float(progress[1]), float(progress[2]), cpu, time.time()))
    if child.returncode != 0:
        raise AssertionError(f"pgbench: {child.returncode}\n{''.join(said[-20:])}")
    return moments


def sample_of(window: list[Moment], took: list[float]) -> Sample:
    number = sum(now.rate * (now.at - before.at) for before, now in zip(window, window[1:]))
    share = lambda of: took[int(of * (len(took) - 1))] if took else 0.0  # noqa: E731
    return Sample(
        rate=number / (window[-1].at - window[0].at),
        p50_ms=share(0.5),
        p99_ms=share(0.99),
        cpu_per_1000=1000 * (window[-1].cpu - window[0].cpu) / max(1, number),
    )


def latencies(folder: pathlib.Path, begin: float, end: float):
    """In milliseconds, of what ended between the two: client, number, microseconds, script, and when, each line."""
    for log in folder.glob("log*"):
        for line in log.read_text(encoding="ascii").splitlines():
            fields = line.split()
            if begin <= int(fields[4]) + int(fields[5]) / 1e6 <= end:
                yield int(fields[2]) / 1000
