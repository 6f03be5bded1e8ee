"""What one part measured: samples of several rounds, ratios of them and single figures, as a table for people and as
JSON."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Sample:
    rate: float  # operations, entries or rows per second
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    cpu_per_1000: float = 0.0  # CPU seconds of the servers for 1,000 operations, entries or rows
    failed: int = 0
    # Where a time is 0 it was not measured.


@dataclass
class Results:
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    ratios: list[dict] = field(default_factory=list)
    figures: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, sample: Sample):
        if sample.rate <= 0:
            raise AssertionError(f"{name}: nothing was done in the time that is measured; give --seconds more")
        self.samples.setdefault(name, []).append(sample)
        p99 = f"  p99 {sample.p99_ms:8.2f} ms" if sample.p99_ms else ""
        print(f"    {name:<54} {sample.rate:12,.0f}/s{p99}", flush=True)

    def take_turns(self, number: int, turns: dict[str, Callable[[], Sample]]):
        """One round: measures each once, one soon after the other, so that what slows the machine slows all alike. Every
        second round goes from the last to the first, so that nothing gains by its place."""
        order = list(turns.items())
        for name, measure in order if number % 2 == 0 else reversed(order):
            self.add(name, measure())

    def compare(self, what: str, ours: str, peer: str, wanted: float | None = None):
        """The ratios of the rounds: their median and their spread. Where one of the two was not measured, no row."""
        if ours in self.samples and peer in self.samples:
            ratios = [a.rate / b.rate for a, b in zip(self.samples[ours], self.samples[peer])]
            self.ratios.append({"what": what, "ours": ours, "peer": peer, **spread_of(ratios), "wanted": wanted})

    def figure(self, what: str, values: float | list[float], unit: str, *,
               at_least: float | None = None, at_most: float | None = None):
        """One value, or several of the same thing: their median and their spread."""
        values = values if isinstance(values, list) else [values]
        self.figures.append({"what": what, **spread_of(values), "unit": unit, "at_least": at_least, "at_most": at_most})

    def note(self, text: str):
        """A line that stands above the table."""
        self.notes.append(text)

    def print(self):
        for note in self.notes:
            print(note)
        if self.samples:
            print(f"{'':<54}{'median/s':>12}{'least':>11}{'most':>11}{'p50 ms':>9}{'p99 ms':>9}{'CPU s/1000':>12}")
        for name, samples in self.samples.items():
            rates = [sample.rate for sample in samples]
            times = [statistics.median(getattr(sample, key) for sample in samples)
                     for key in ("p50_ms", "p99_ms", "cpu_per_1000")]
            p50, p99, cpu = (f"{value:.{digits}f}" if value else "" for value, digits in zip(times, (2, 2, 4)))
            print(
                f"{name:<54}{statistics.median(rates):>12,.0f}{min(rates):>11,.0f}{max(rates):>11,.0f}"
                f"{p50:>9}{p99:>9}{cpu:>12}".rstrip()
            )
        for row in self.ratios:
            spread = f"{row['least']:.3f} to {row['most']:.3f} in {row['number']}"
            print(f"{row['what']:<62}{row['median']:>9.3f} ×  {spread:<24}{verdict(row['median'], row['wanted'], None)}".rstrip())
        for row in self.figures:
            spread = f"{row['least']:,.2f} to {row['most']:,.2f} in {row['number']}" if row["number"] > 1 else ""
            bound = verdict(row["median"], row["at_least"], row["at_most"])
            print(f"{row['what']:<62}{row['median']:>12,.2f} {row['unit']:<10}{spread:<34}{bound}".rstrip())
        print(flush=True)

    def as_json(self) -> dict:
        samples = {name: [vars(sample) for sample in list_] for name, list_ in self.samples.items()}
        return {"notes": self.notes, "samples": samples, "ratios": self.ratios, "figures": self.figures}


def spread_of(values: list[float]) -> dict:
    rounded = {"median": statistics.median(values), "least": min(values), "most": max(values)}
    return {name: round(value, 4) for name, value in rounded.items()} | {"number": len(values)}


def verdict(value: float, at_least: float | None, at_most: float | None) -> str:
    if at_least is not None:
        return f"(at least {at_least:,})  {'reached' if value >= at_least else 'MISSED'}"
    if at_most is not None:
        return f"(at most {at_most:,})  {'reached' if value <= at_most else 'MISSED'}"
    return ""
