"""How much is measured."""

import math
import pathlib
from dataclasses import dataclass, replace

YEARS = 200  # that a KPI has room for figures in (tools/loadgen/city.h)


@dataclass(frozen=True)
class Scale:
    rounds: int
    seconds: float  # of one measurement
    in_flight: tuple[int, ...]
    kpis: int
    copied: int  # rows of COPY in
    entries: int  # of the log that is read, replayed, folded at a start
    grown: tuple[int, ...]  # entries of a log that grows; the first stays small
    audited: int
    idle: float  # seconds
    held: float  # seconds that are recorded in while a snapshot is held, before it is measured
    tries: int  # of what is not measured in rounds
    connected: int  # seconds of pgbench between its clients' connecting and the measurement

    def kpis_for(self, entries: int) -> int:
        """As many as have room for so many figures."""
        return max(self.kpis, math.ceil(entries / YEARS))


QUICK = Scale(rounds=3, seconds=3, in_flight=(1, 16, 64, 256), kpis=20_000, copied=200_000, entries=1_000_000,
              grown=(100_000, 1_000_000), audited=1_000_000, idle=60, held=15, tries=5, connected=3)
SCALES = {
    "tiny": Scale(rounds=2, seconds=0.3, in_flight=(1, 64), kpis=1000, copied=5000, entries=5000,
                  grown=(2000, 5000), audited=5000, idle=0.5, held=0.3, tries=2, connected=0),
    "quick": QUICK,
    "full": replace(QUICK, grown=(100_000, 1_000_000, 10_000_000), audited=10_000_000),
}


@dataclass(frozen=True)
class How:
    """What the command line asks for."""

    scale: Scale
    peers: bool
    beside: pathlib.Path | None  # another build tree

    def room(self, measurements: int, rate: int) -> int:
        """How many figures so many measurements in each round may record, where a second takes `rate` at most."""
        return math.ceil(self.scale.rounds * measurements * (self.scale.seconds + WARM_UP) * rate)

    def pace(self, in_flight: int) -> dict:
        return {"in_flight": in_flight, "seconds": self.scale.seconds, "warm_up": WARM_UP}


WARM_UP = 0.5  # seconds
