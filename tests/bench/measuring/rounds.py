"""The parts that are measured in rounds, beside what they are compared with."""

import contextlib
import functools
import math

from measuring.ours import BATCH, BenchCity, Figures, to_sample
from measuring.peers import INSERT, MANY_CATEGORIES, ONE_CATEGORY, EchoServer, Peers
from measuring.scale import WARM_UP, How
from measuring.table import Results

WANTED_OF_PGBENCH = {1: 0.33, 64: 1.0, 256: 1.5}
WATCHED_RATE = 1000  # appends a second
OTHER = "other build"  # of --beside
# Figures in a second for which a city has room: several times what any machine has recorded.
FASTEST, FASTEST_IN_BATCHES = 100_000, 500_000


def builds(how: How) -> dict[str, tuple]:
    """What is measured, by its name: the kind of programs, and whose they are. Where another build is compared and there
    are no peers, this build's are only those that the other has too."""
    ours = {"ours": ("plain",), "ours, TLS": ("seisaku",)}
    if how.beside is None:
        return ours
    theirs = {name.replace("ours", OTHER): (*kind, how.beside) for name, kind in ours.items()
              if (how.beside / "bin" / f"{kind[0]}-progress").exists()}
    if not how.peers:
        ours = {name: kind for name, kind in ours.items() if name.replace("ours", OTHER) in theirs}
    # Each beside its counterpart.
    return dict(sorted({**ours, **theirs}.items(), key=lambda item: item[1][0]))


@contextlib.contextmanager
def figures_of(kinds: dict[str, tuple], kpis: int):
    """A city for each, with room for figures."""
    with contextlib.ExitStack() as stack:
        yield {name: Figures(stack.enter_context(BenchCity(*kind)), kpis) for name, kind in kinds.items()}


def rounds(how: How):
    for number in range(how.scale.rounds):
        print(f"  round {number + 1} of {how.scale.rounds}", flush=True)
        yield number


def compare_builds(results: Results):
    for name in [name for name in results.samples if name.startswith(OTHER)]:
        ours = name.replace(OTHER, "ours", 1)
        results.compare(f"{ours}, beside the {OTHER}", ours, name)


def append(how: How, results: Results):
    with contextlib.ExitStack() as stack:
        peers = stack.enter_context(Peers(how.scale.connected)) if how.peers else None
        if peers:
            peers.install_message_db()
        room = how.room(len(how.scale.in_flight), FASTEST)
        cities = stack.enter_context(figures_of(builds(how), how.scale.kpis_for(room)))
        for number in rounds(how):
            for count in how.scale.in_flight:
                turns = {f"{name}: RecordActual, {count} in flight": functools.partial(city.run, "record", **how.pace(count))
                         for name, city in cities.items()}
                for name, database, script in (
                    ("pgbench: INSERT", "peer", INSERT),
                    ("message-db: one category", "message_store", ONE_CATEGORY),
                    ("message-db: many categories", "message_store", MANY_CATEGORIES),
                ) if peers else ():
                    measure = functools.partial(peers.pgbench, database, script, count, how.scale.seconds)
                    turns[f"{name}, {count} clients"] = measure
                results.take_turns(number, turns)
    for count in how.scale.in_flight:
        for name in cities:
            if not name.startswith(OTHER):
                results.compare(f"{name}: append beside pgbench, {count}", f"{name}: RecordActual, {count} in flight",
                                f"pgbench: INSERT, {count} clients", WANTED_OF_PGBENCH.get(count))
    results.compare("append beside message-db in one category, 64", "ours: RecordActual, 64 in flight",
                    "message-db: one category, 64 clients", 6)
    compare_builds(results)


def held(how: How, results: Results):
    """While somebody holds a snapshot open, as pg_dump does: what one caller, and what many get at its end, beside what they
    got before it was taken. Each append leaves a version of the head, and none is removed meanwhile."""
    counts = (1, 64)
    seconds = how.scale.held
    room = math.ceil((seconds + (2 * len(counts) + 1) * (how.scale.seconds + WARM_UP)) * FASTEST) * how.scale.rounds
    with figures_of(builds(how), how.scale.kpis_for(room)) as cities:
        for number in rounds(how):
            turns = {}
            for name, city in cities.items():
                for count in counts:
                    turns[f"{name}: {count} in flight, before"] = functools.partial(city.run, "record", **how.pace(count))
            results.take_turns(number, turns)
            with contextlib.ExitStack() as snapshots:
                for name, city in cities.items():
                    snapshots.enter_context(city.city.snapshot("progress"))
                    city.run("record", in_flight=64, seconds=seconds, warm_up=WARM_UP)
                results.take_turns(number, {what.replace("before", "snapshot held"): run for what, run in turns.items()})
    for name in cities:
        for count in counts:
            results.compare(f"{name}: {count} in flight, after {seconds:g} s of a held snapshot",
                            f"{name}: {count} in flight, snapshot held", f"{name}: {count} in flight, before",
                            None if name.startswith(OTHER) else 0.9)
    compare_builds(results)


def batch(how: How, results: Results):
    with contextlib.ExitStack() as stack:
        peers = stack.enter_context(Peers()) if how.peers else None
        cities = stack.enter_context(figures_of(builds(how), how.scale.kpis_for(how.room(1, FASTEST_IN_BATCHES))))
        for number in rounds(how):
            # One that is made, one that is decided, one that PostgreSQL adds.
            turns = {f"{name}: BatchRecordActuals of {BATCH}":
                     functools.partial(city.run, "batch", BATCH, batch=BATCH, **how.pace(3)) for name, city in cities.items()}
            if peers:
                turns[f"COPY in, transactions of {BATCH}"] = functools.partial(peers.copy_in, how.scale.copied, BATCH)
            results.take_turns(number, turns)
    results.compare(f"batches of {BATCH} beside COPY in", f"ours: BatchRecordActuals of {BATCH}",
                    f"COPY in, transactions of {BATCH}", 0.6)
    compare_builds(results)


def evaluate(how: How, results: Results):
    with figures_of(builds(how), how.scale.kpis) as cities:
        for city in cities.values():
            city.fill_first_year()
        for number in rounds(how):
            for count in (1, 64):
                turns = {}
                for name, city in cities.items():
                    turns[f"{name}: GetEvaluation, {count} in flight"] = functools.partial(city.run, "evaluate", **how.pace(count))
                    if how.peers and not name.startswith(OTHER):
                        measure = functools.partial(echo, city.city, **how.pace(count))
                        turns[f"{name.replace('ours', 'echo')}, {count} in flight"] = measure
                results.take_turns(number, turns)
    for name in ("ours", "ours, TLS"):
        results.compare(f"{name}: evaluation beside the echo, 64", f"{name}: GetEvaluation, 64 in flight",
                        f"{name.replace('ours', 'echo')}, 64 in flight", 0.7)
    compare_builds(results)
    worst_p99(results, "{}: p99 of evaluation, 64 in flight", "{}: GetEvaluation, 64 in flight", 5)


def echo(city: BenchCity, **pace):
    server, client = (city.certificate_flags(who) for who in ("progress", "planner"))
    log = city.directory / "logs" / "echo.log"
    log.unlink(missing_ok=True)
    with EchoServer(server, log) as served:
        return served.load(client, **pace)


def replay(how: How, results: Results):
    with figures_of(builds(how), how.scale.kpis_for(how.scale.entries + BATCH)) as cities:
        for city in cities.values():
            city.fill(how.scale.entries)
        for number in rounds(how):
            turns = {}
            for name, city in cities.items():
                turns[f"{name}: WatchEntries, history"] = functools.partial(city.run, "replay", role="auditor")
                turns[f"{name}: COPY out of the same"] = city.city.copy_out
            results.take_turns(number, turns)
    for name in cities:
        results.compare(f"{name}: replay beside COPY out", f"{name}: WatchEntries, history",
                        f"{name}: COPY out of the same", 0.5)
    compare_builds(results)


def watch(how: How, results: Results):
    seconds = 3 * how.scale.seconds
    room = how.scale.rounds * (seconds + 3) * WATCHED_RATE
    label = f"{{}}: WatchEntries, {WATCHED_RATE} appends/s"
    with figures_of(builds(how), how.scale.kpis_for(room)) as cities:
        for number in rounds(how):
            results.take_turns(number, {label.format(name): functools.partial(arrivals, city, seconds)
                                        for name, city in cities.items()})
    worst_p99(results, "{}: p99 from recorded_at to a subscriber", label, 50)
    compare_builds(results)


def arrivals(figures: Figures, seconds: float):
    """Each entry's way from before its commit to a subscriber, while so many a second are appended."""
    follower = figures.city.start_loadgen("follow", role="auditor", seconds=seconds, warm_up=1)
    figures.run("record", in_flight=64, rate=WATCHED_RATE, seconds=seconds + 2)
    return to_sample(follower(), 0)


def worst_p99(results: Results, what: str, label: str, limit: float):
    """Of all rounds, for this build's programs."""
    for name in ("ours", "ours, TLS"):
        samples = results.samples.get(label.format(name), [])
        if samples:
            results.figure(what.format(name), max(sample.p99_ms for sample in samples), "ms", at_most=limit)


def tamper(how: How, results: Results):
    """What the hashes cost: the same service without them."""
    kpis = how.scale.kpis_for(how.room(1, FASTEST))
    with figures_of({"ours": ("plain",), "unhashed": ("unhashed",)}, kpis) as cities:
        for number in rounds(how):
            results.take_turns(number, {f"{name}: with and without hashes":
                                        functools.partial(city.run, "record", **how.pace(64)) for name, city in cities.items()})
    results.compare("append with hashes beside without", "ours: with and without hashes",
                    "unhashed: with and without hashes", 0.9)
