"""Samples of several rounds, as a table for people and as JSON."""

import json
import statistics
from dataclasses import dataclass, field


@dataclass
class Sample:
    rate: float  # operations, entries or rows per second
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    cpu_per_1000: float = 0.0  # CPU seconds of servers and clients together for 1,000 operations
    failed: int = 0


@dataclass
class Results:
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    ratios: list[dict] = field(default_factory=list)

    def add(self, name: str, sample: Sample):
        self.samples.setdefault(name, []).append(sample)
        print(f"    {name:<44} {sample.rate:12,.0f}/s  p99 {sample.p99_ms:8.2f} ms", flush=True)

    def compare(self, what: str, ours: str, peer: str, wanted: float):
        """The median of the rounds' ratios: the two of a round were measured one soon after the other, so that a machine
        whose speed changes slows both."""
        if ours in self.samples and peer in self.samples:
            ratios = sorted(a.rate / b.rate for a, b in zip(self.samples[ours], self.samples[peer]))
            row = {"what": what, "ours": ours, "peer": peer, "ratio": round(statistics.median(ratios), 3), "wanted": wanted}
            self.ratios.append({**row, "spread": [round(ratio, 3) for ratio in (ratios[0], ratios[-1])]})

    def figure(self, what: str, value: float, unit: str):
        """A value that is only printed."""
        self.ratios.append({"what": what, "value": round(value, 3), "unit": unit})
        print(f"    {what:<62} {value:12,.2f} {unit}", flush=True)

    def at_least(self, what: str, value: float, limit: float, unit: str):
        self.ratios.append({"what": what, "value": round(value, 3), "at_least": limit, "unit": unit})

    def at_most(self, what: str, value: float, limit: float, unit: str):
        self.ratios.append({"what": what, "value": round(value, 3), "limit": limit, "unit": unit})

    def print(self):
        print(f"\n{'':<46}{'median/s':>12}{'spread':>22}{'p50 ms':>9}{'p99 ms':>9}{'CPU s/1000':>12}")
        for name, samples in self.samples.items():
            rates = [sample.rate for sample in samples]
            middle = lambda key: statistics.median(getattr(sample, key) for sample in samples)  # noqa: E731
            print(
                f"{name:<46}{statistics.median(rates):>12,.0f}{min(rates):>11,.0f}{max(rates):>11,.0f}"
                f"{middle('p50_ms'):>9.2f}{middle('p99_ms'):>9.2f}{middle('cpu_per_1000'):>12.4f}"
            )
        print()
        for row in self.ratios:
            if "ratio" in row:
                verdict = "reached" if row["ratio"] >= row["wanted"] else "MISSED"
                least, most = row["spread"]
                spread = f"{least:.2f} to {most:.2f}"
                print(f"{row['what']:<62}{row['ratio']:>9.2f} ×  {spread:<14}  (wanted {row['wanted']:.2f})  {verdict}")
                continue
            bound = ""
            if "limit" in row:
                bound = f"(at most {row['limit']:,})  {'reached' if row['value'] <= row['limit'] else 'MISSED'}"
            if "at_least" in row:
                bound = f"(at least {row['at_least']:,})  {'reached' if row['value'] >= row['at_least'] else 'MISSED'}"
            print(f"{row['what']:<62}{row['value']:>12,.2f} {row['unit']} {bound}")

    def write(self, path):
        samples = {name: [vars(sample) for sample in list_] for name, list_ in self.samples.items()}
        path.write_text(json.dumps({"samples": samples, "ratios": self.ratios}, indent=1), encoding="utf-8")
