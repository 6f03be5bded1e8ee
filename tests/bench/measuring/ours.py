"""The services under load, with TLS and without."""

import json
import shutil
import subprocess

from harness.children import clean_environment
from harness.city import PROGRAMS, City
from measuring.processes import cpu_seconds
from measuring.table import Sample


class BenchCity(City):
    """A city whose services speak TLS, or, linked with another transport, do not."""

    def __init__(self, tls: bool):
        self.tls = tls

    def _place_programs(self):
        self.programs = self.directory / "bin"
        self.programs.mkdir()
        shutil.copy(PROGRAMS / "seisaku-admin", self.programs)
        for service in ("catalog", "progress"):
            shutil.copy(PROGRAMS / f"{'seisaku' if self.tls else 'plain'}-{service}", self.programs / f"seisaku-{service}")

    def address(self, service: str) -> str:
        return (self.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip()

    def certificate_flags(self, role: str) -> list[str]:
        if not self.tls:
            return []
        folder = self.directory / "certificates"
        return ["--certificate", f"{folder}/{role}.crt", "--key", f"{folder}/{role}.key", "--ca", f"{folder}/ca.crt"]

    def loadgen(self, load: str, service: str = "progress", role: str = "planner", **options) -> dict:
        """One run of loadgen; its figures."""
        flags = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        command = [PROGRAMS / "loadgen", load, "--address", self.address(service), *self.certificate_flags(role), *flags]
        done = subprocess.run([str(word) for word in command], capture_output=True, encoding="utf-8",
                              env=clean_environment())
        if done.returncode != 0:
            raise AssertionError(f"loadgen {load}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def cpu(self) -> float:
        """Of the servers so far."""
        services = sum(cpu_seconds(self.children[name].pid) for name in ("catalog", "progress"))
        return services + cpu_seconds(self.children["postgres"].pid, with_children=True)


class Figures:
    """Puts figures into one slot after the other, so that none is there already."""

    def __init__(self, city: BenchCity, kpis: int):
        self.city = city
        self.kpis = kpis
        self.next_slot = 0
        city.loadgen("city", service="catalog", kpis=kpis)

    def run(self, load: str, per_call: int = 1, **options) -> Sample:
        before = self.city.cpu()
        figures = self.city.loadgen(load, kpis=self.kpis, first_slot=self.next_slot, **options)
        spent = self.city.cpu() - before
        self.next_slot += figures["begun"] * per_call
        return to_sample(figures, spent, per_call)


def to_sample(figures: dict, cpu: float, per_call: int = 1) -> Sample:
    return Sample(
        rate=figures["items_per_second"] if figures["items_per_second"] else figures["calls_per_second"],
        p50_ms=figures["p50_ms"],
        p99_ms=figures["p99_ms"],
        cpu_per_1000=1000 * cpu / max(1, figures["calls"] * per_call),
        failed=figures["failed"],
    )
