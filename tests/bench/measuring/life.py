"""What a service costs beside calls: its start, its memory, being idle, a log that grows, the documents' import."""

import os
import statistics
import subprocess
import time

from harness.city import PROGRAMS, SAMPLE, City
from measuring.ours import BenchCity, Figures
from measuring.table import Results

TRIES = 5
MILLION = 1_000_000
GROWING_KPIS = {MILLION: 6_000, 10 * MILLION: 60_000}


def starts_and_memory(results: Results, entries: int):
    """On an empty log, and folding one of so many entries."""
    with BenchCity() as city:
        empty = {name: statistics.median(city.restart(name) for _ in range(TRIES)) for name in ("catalog", "progress")}
        for name, seconds in empty.items():
            results.at_most(f"{name}: start to serving, empty log", 1000 * seconds, 300, "ms")
            results.at_most(f"{name}: idle memory, empty log", city.memory(name, "Rss"), 40, "MiB")
        before = city.memory("progress", "Anonymous")
        Figures(city, 20_000).fill(entries)
        size = city.log_size("progress")
        pairs = [(size / (city.restart("progress") - empty["progress"]), city.copy_out().rate) for _ in range(3)]
        folded = statistics.median(fold for fold, _ in pairs)
        results.at_least(f"progress: fold of {size:,} entries at start", folded, 500_000, "entries/s")
        results.figure("progress: fold at start beside COPY out", statistics.median(fold / copy for fold, copy in pairs), "×")
        grown = (city.memory("progress", "Anonymous") - before) * (1 << 20)
        results.at_most(f"progress: memory for each of {size:,} entries", grown / size, 1024, "bytes")
    # Without what allocators and libraries keep for themselves.
    print(subprocess.run([PROGRAMS / "state_memory"], check=True, capture_output=True, encoding="utf-8").stdout, end="")


def idle(results: Results, seconds: float):
    """The first requests over a connection on which nothing has happened for a while."""
    with BenchCity() as city:
        figures = Figures(city, 1000)
        figures.run("record", in_flight=64, calls=1000)
        for what, load in (("evaluations", "evaluate"), ("appends", "record")):
            slowest = city.loadgen(load, kpis=1000, first_slot=1000, idle=seconds, calls=20, connections=1)["max_ms"]
            results.at_most(f"slowest of the first 20 {what} after {seconds:.0f} s idle", slowest, 5, "ms")


def growth(results: Results, seconds: float, largest: int):
    """The append rate of a log that grows by factors of ten."""
    with BenchCity("plain") as city:
        figures = Figures(city, GROWING_KPIS[largest])
        size, rates = 100_000, []
        while size <= largest:
            figures.fill(size)
            city.sql("postgres", "CHECKPOINT")
            name = f"ours: RecordActual, 64 in flight, log of {size:.0e}"
            for _ in range(3):
                results.add(name, figures.run("record", in_flight=64, seconds=seconds, warm_up=0.5))
            rates.append(results.rate(name))
            results.figure(f"progress: memory, log of {size:.0e}", city.memory("progress", "Rss"), "MiB")
            size *= 10
        results.at_least(f"append rate at {largest:.0e} beside that at 1e+05", rates[-1] / rates[0], 0.9, "×")


def audit(results: Results, entries: int):
    """An exported log: proven, and folded into a state. A second of CPU is a second of one core."""
    with BenchCity() as city:
        Figures(city, max(20_000, GROWING_KPIS[entries])).fill(entries)
        size = city.log_size("progress")
        trust = [f"--trust={city.directory / 'keys' / name}.key.vkey" for name in ("catalog", "progress")]
        bundle = city.directory / "bundle"

        def auditor(*words) -> tuple[float, float, int]:
            """Seconds, seconds of CPU, and the most memory, in KiB."""
            began = time.monotonic()
            child = subprocess.Popen([str(word) for word in (PROGRAMS / "auditor", *words, *trust)],
                                     stdout=subprocess.DEVNULL)
            _, status, used = os.wait4(child.pid, 0)
            if status != 0:
                raise AssertionError(f"auditor {words}: {status}")
            return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss

        wall, _, memory = auditor("--profiles", city.profiles, "export", "--out", bundle)
        results.figure(f"auditor export of {size:,} entries", size / wall, "entries/s")
        results.figure("  its memory", memory / 1024, "MiB")
        _, cpu, memory = auditor("verify", bundle, "--no-fold")
        results.at_least("auditor verify, without the fold, by CPU time", size / cpu, 500_000, "entries/s")
        results.figure("  its memory", memory / 1024, "MiB")
        wall, cpu, memory = auditor("verify", bundle)
        results.figure("auditor verify, with the fold, by CPU time", size / cpu, "entries/s")
        results.figure("  by the clock, on two cores", size / wall, "entries/s")
        results.figure("  its memory", memory / 1024, "MiB")
        wall, _, _ = auditor("replay", bundle)
        each = wall * MILLION / size
        results.at_most(f"auditor replay of {size:,} entries to their state, for each million", each, 5, "s")


def imports(results: Results):
    """Each document into a plan of its own, process start included; then the same again."""
    took: dict[str, list[float]] = {}

    def timed(what: str, *command):
        began = time.monotonic()
        city.ask(*command)
        took.setdefault(what, []).append(1000 * (time.monotonic() - began))

    with City() as city:
        for attempt in range(TRIES):
            for kind, plan_file in (("manifesto", "manifesto.toml"), ("progress-sheet", "strategy.toml")):
                plan = f"{plan_file.split('.')[0]}-{attempt}"
                city.ask("plan", "create", plan, "--file", SAMPLE / plan_file)
                command = ["import", kind, SAMPLE / f"{kind}.txt", "--plan", plan]
                if kind == "progress-sheet":
                    command += ["--confirm", SAMPLE / "strategy.confirm.toml"]
                timed(f"import {kind}", *command)
                timed(f"import {kind} again (nothing changes)", *command)
        for _ in range(TRIES):
            timed("sheet, through policyctl", "sheet", "--plan", "strategy-0", "--fiscal-year", 2022)
    for what, times in took.items():
        results.figure(what, statistics.median(times), "ms")
