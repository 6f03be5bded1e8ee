"""pgbench, from when all its clients have connected and warmed up: where a connection costs milliseconds, hundreds of
them take longer than what is measured, and each new backend is slow at first."""

import math
import os
import pathlib
import re
import subprocess
import tempfile
import time

from harness.children import clean_environment
from measuring.processes import cpu_seconds
from measuring.table import Sample

CONNECT_SECONDS = 0.015  # at most, for each client
WARM_UP_SECONDS = 3
PROGRESS = re.compile(r"progress: ([\d.]+) s, ([\d.]+) tps")


def steady_state(pgbench: list, dsn: str, script: str, clients: int, seconds: int, server: int) -> Sample:
    """The last `seconds` of a longer run, without think time, by prepared statements; latencies are of a tenth of the
    transactions. `pgbench` is the command, `server` the pid of the server at `dsn`."""
    begin = math.ceil(clients * CONNECT_SECONDS + WARM_UP_SECONDS)
    end = begin + seconds
    with tempfile.TemporaryDirectory(prefix="pgbench-", dir="/tmp") as folder:
        os.chmod(folder, 0o777)
        file = pathlib.Path(folder) / "script.sql"
        file.write_text(script, encoding="utf-8")
        command = [*pgbench, "-n", "-M", "prepared", "-f", file, "-c", clients, "-j", min(2, clients), "-T", end,
                   "-P", 1, "-l", f"--log-prefix={folder}/log", "--sampling-rate=0.1", dsn]
        rates, cpu, at = [], [], []
        with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, encoding="utf-8", env=clean_environment()) as child:
            said = []
            for line in child.stderr:
                said.append(line)
                progress = PROGRESS.match(line)
                if not progress or not begin <= round(float(progress[1])) <= end:
                    continue
                rates.append(float(progress[2]))
                cpu.append(cpu_seconds(server, with_children=True))
                at.append(time.time())
        if child.returncode != 0 or len(rates) != seconds + 1:
            raise AssertionError(f"pgbench, {clients} clients, {end} s: {child.returncode}\n{''.join(said[-20:])}")
        took = sorted(latencies(pathlib.Path(folder), at[0], at[-1]))
    rate = sum(rates[1:]) / seconds
    share = lambda of: took[int(of * (len(took) - 1))] if took else 0.0  # noqa: E731
    spent = (cpu[-1] - cpu[0]) / (at[-1] - at[0])
    return Sample(rate=rate, p50_ms=share(0.5), p99_ms=share(0.99), cpu_per_1000=1000 * spent / rate)


def latencies(folder: pathlib.Path, begin: float, end: float):
    """In milliseconds, of what ended between the two: client, number, microseconds, script, and when, each line."""
    for log in folder.glob("log*"):
        for line in log.read_text(encoding="ascii").splitlines():
            fields = line.split()
            if begin <= int(fields[4]) + int(fields[5]) / 1e6 <= end:
                yield int(fields[2]) / 1000
