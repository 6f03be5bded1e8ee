"""What others notice while somebody floods: their calls beside the same load unflooded."""

import contextlib
import functools
import multiprocessing
import pathlib
import time

from harness import flooding
from harness.flooding import SETTINGS, Cut, Peer, frame
from measuring.ours import BenchCity, Figures
from measuring.rounds import rounds
from measuring.scale import How
from measuring.table import Results, Sample

IN_FLIGHT = 16
FLOODER = "reporter"  # whose certificate; the others are planners
FLOODERS, RESETS_PER_SECOND = 2, 7500
MOST_AT_ONCE = 400  # silent connections
EVALUATION = "/seisaku.progress.v1.ProgressService/GetEvaluation"
BYTES_AT_MOST = 64 << 20


def reset(certificates: pathlib.Path, address: str):
    with Peer(certificates, address, FLOODER) as peer:
        flooding.reset_rapidly(peer, 10 * RESETS_PER_SECOND, RESETS_PER_SECOND, EVALUATION)


def settings(certificates: pathlib.Path, address: str):
    with Peer(certificates, address, FLOODER) as peer:
        flooding.repeat_frames(peer.greet(), frame(SETTINGS), BYTES_AT_MOST)


def silent(_: pathlib.Path, address: str):
    connections = flooding.silent_connections(address, MOST_AT_ONCE // FLOODERS)
    time.sleep(0.5)
    for connection in connections:
        connection.close()


FLOODS = {"calls are reset": reset, "SETTINGS come": settings, "connections say nothing": silent}


def _again_and_again(flood, certificates: pathlib.Path, address: str, over, times):
    """Whoever is cut off comes back at once."""
    while not over.is_set():
        with contextlib.suppress(Cut, OSError):
            flood(certificates, address)
        with times.get_lock():
            times.value += 1


@contextlib.contextmanager
def flooded(flood, city: BenchCity, service: str):
    """So many processes flood the service while the block runs. Gives the number of connections, or rounds of them, that
    came to their end so far."""
    over, times = multiprocessing.Event(), multiprocessing.Value("q", 0)
    given = (flood, city.directory / "certificates", city.address(service), over, times)
    flooders = [multiprocessing.Process(target=_again_and_again, args=given, daemon=True) for _ in range(FLOODERS)]
    for flooder in flooders:
        flooder.start()
    try:
        yield times
    finally:
        over.set()
        for flooder in flooders:
            flooder.join(30)
            flooder.kill()


def floods(how: How, results: Results):
    plain = f"GetEvaluation, {IN_FLIGHT} in flight"
    with BenchCity() as city:
        figures = Figures(city, how.scale.kpis)
        figures.fill_first_year()

        def measure(flood) -> Sample:
            with flooded(flood, city, "progress") as times:
                sample = figures.run("evaluate", **how.pace(IN_FLIGHT))
                results.note(f"while {name_of[flood]}: {times.value} times cut off, or done, and come back")
                return sample

        name_of = {flood: name for name, flood in FLOODS.items()}
        turns = {plain: functools.partial(figures.run, "evaluate", **how.pace(IN_FLIGHT))}
        turns |= {f"{plain}, while {name}": functools.partial(measure, flood) for name, flood in FLOODS.items()}
        for number in rounds(how):
            results.take_turns(number, turns)
        for name in FLOODS:
            pairs = zip(results.samples[f"{plain}, while {name}"], results.samples[plain])
            results.figure(f"p99 of others while {name}, beside unflooded", [a.p99_ms / b.p99_ms for a, b in pairs], "×")
            results.compare(f"rate of others while {name}, beside unflooded", f"{plain}, while {name}", plain)
        results.figure("progress: memory after the floods", city.memory("progress", "Rss"), "MiB")
