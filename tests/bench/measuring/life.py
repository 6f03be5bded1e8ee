"""What a service costs beside calls: its start, its memory, being idle, a log that grows, the documents' import."""

import contextlib
import functools
import os
import statistics
import subprocess
import time

from harness.city import PROGRAMS, SAMPLE, City
from measuring.ours import BATCH, BenchCity, Figures
from measuring.rounds import FASTEST, OTHER, rounds
from measuring.scale import How
from measuring.table import Results, Sample

MILLION = 1_000_000


class Started:
    """A city whose services are started again and again. `prefix` says in the table whose programs they are."""

    def __init__(self, city: BenchCity, prefix: str):
        self.city = city
        self.prefix = prefix

    def empty(self, how: How, results: Results):
        """On an empty log."""
        seconds = {name: [self.city.restart(name) for _ in range(how.scale.tries)] for name in ("catalog", "progress")}
        for name, values in seconds.items():
            what = f"{self.prefix}{name}"
            results.figure(f"{what}: start to serving, empty log", [1000 * value for value in values], "ms", at_most=300)
            results.figure(f"{what}: idle memory, empty log", self.city.memory(name, "Rss"), "MiB", at_most=40)
        self.nothing = statistics.median(seconds["progress"])
        self.memory = self.city.memory("progress", "Anonymous")

    def fill(self, how: How):
        Figures(self.city, how.scale.kpis_for(how.scale.entries + BATCH)).fill(how.scale.entries)
        self.size = self.city.log_size("progress")
        self.folded = f"{self.prefix}progress: fold of {self.size:,} entries at start"
        self.copied = f"{self.prefix}COPY out of the same"

    def fold(self) -> Sample:
        # A log that is folded within what starts differ by is counted as a millisecond.
        return Sample(rate=self.size / max(0.001, self.city.restart("progress") - self.nothing))

    def report(self, results: Results):
        rates = [sample.rate for sample in results.samples[self.folded]]
        results.figure(self.folded, rates, "entries/s", at_least=500_000)
        results.compare(f"{self.prefix}progress: fold at start beside COPY out", self.folded, self.copied)
        grown = (self.city.memory("progress", "Anonymous") - self.memory) * (1 << 20)
        what = f"{self.prefix}progress: memory for each of {self.size:,} entries"
        results.figure(what, grown / self.size, "bytes", at_most=1024)


def start(how: How, results: Results):
    """On an empty log, and folding one of so many entries."""
    with contextlib.ExitStack() as stack:
        cities = [Started(stack.enter_context(BenchCity()), "")]
        if how.beside is not None:
            cities.append(Started(stack.enter_context(BenchCity(other=how.beside)), f"{OTHER}: "))
        for city in cities:
            city.empty(how, results)
            city.fill(how)
        for number in rounds(how):
            folds = {city.folded: city.fold for city in cities}
            results.take_turns(number, {**folds, **{city.copied: city.city.copy_out for city in cities}})
        for city in cities:
            city.report(results)
        for other in cities[1:]:
            results.compare(f"progress: fold at start, beside the {OTHER}", cities[0].folded, other.folded)
    # Without what allocators and libraries keep for themselves.
    command = [str(PROGRAMS / "state_memory")]
    results.note(subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip())


def idle(how: How, results: Results):
    """The first requests over a connection on which nothing has happened for a while."""
    seconds = how.scale.idle
    with BenchCity() as city:
        Figures(city, 1000).fill_first_year()
        for what, load in (("evaluations", "evaluate"), ("appends", "record")):
            slowest = city.loadgen(load, kpis=1000, first_slot=1000, idle=seconds, calls=20, connections=1)["max_ms"]
            results.figure(f"slowest of the first 20 {what} after {seconds:g} s idle", slowest, "ms", at_most=5)


def growth(how: How, results: Results):
    """The append rate of a log that grows, and, in the same rounds, of one that stays small."""
    least, *sizes = how.scale.grown
    room = how.room(len(sizes), FASTEST)
    with BenchCity("plain") as small_city, BenchCity("plain") as large_city:
        small = Figures(small_city, how.scale.kpis_for(least + room))
        large = Figures(large_city, how.scale.kpis_for(sizes[-1] + room))
        small.fill(least)
        results.figure(f"progress: memory, log of {least:,}", small_city.memory("progress", "Rss"), "MiB")
        for size in sizes:
            large.fill(size)
            for city in (small_city, large_city):
                city.sql("postgres", "CHECKPOINT")
            names = {f"RecordActual, 64 in flight, log of {size:,}": large,
                     f"the same, log of {least:,}, beside {size:,}": small}
            for number in rounds(how):
                results.take_turns(number, {name: functools.partial(figures.run, "record", **how.pace(64))
                                            for name, figures in names.items()})
            results.compare(f"append rate at {size:,} beside that at {least:,}", *names, 0.9)
            results.figure(f"progress: memory, log of {size:,}", large_city.memory("progress", "Rss"), "MiB")


def audit(how: How, results: Results):
    """An exported log: proven, and folded into a state. A second of CPU is a second of one core."""
    with BenchCity() as city:
        Figures(city, how.scale.kpis_for(how.scale.audited + BATCH)).fill(how.scale.audited)
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
        results.figure("auditor verify, without the fold, by CPU time", size / cpu, "entries/s", at_least=500_000)
        results.figure("  its memory", memory / 1024, "MiB")
        wall, cpu, memory = auditor("verify", bundle)
        results.figure("auditor verify, with the fold, by CPU time", size / cpu, "entries/s")
        results.figure("  by the clock, on two cores", size / wall, "entries/s")
        results.figure("  its memory", memory / 1024, "MiB")
        wall, _, _ = auditor("replay", bundle)
        each = wall * MILLION / size
        results.figure(f"auditor replay of {size:,} entries to their state, for each million", each, "s", at_most=5)


def imports(how: How, results: Results):
    """Each document into a plan of its own, process start included; then the same again."""
    took: dict[str, list[float]] = {}

    def timed(what: str, *command):
        began = time.monotonic()
        city.ask(*command)
        took.setdefault(what, []).append(1000 * (time.monotonic() - began))

    with City() as city:
        for attempt in range(how.scale.tries):
            for kind, plan_file in (("manifesto", "manifesto.toml"), ("progress-sheet", "strategy.toml")):
                plan = f"{plan_file.split('.')[0]}-{attempt}"
                city.ask("plan", "create", plan, "--file", SAMPLE / plan_file)
                command = ["import", kind, SAMPLE / f"{kind}.txt", "--plan", plan]
                if kind == "progress-sheet":
                    command += ["--confirm", SAMPLE / "strategy.confirm.toml"]
                timed(f"import {kind}", *command)
                timed(f"import {kind} again (nothing changes)", *command)
        for _ in range(how.scale.tries):
            timed("sheet, through policyctl", "sheet", "--plan", "strategy-0", "--fiscal-year", 2022)
    for what, times in took.items():
        results.figure(what, times, "ms")
