"""The services under load, with TLS, without, and without a tree of hashes."""

import contextlib
import json
import pathlib
import shutil
import subprocess
import time

from harness.children import clean_environment, wait_until
from harness.city import PROGRAMS, City, run
from measuring.processes import cpu_seconds
from measuring.scale import YEARS
from measuring.table import Sample

BATCH = 1000


class BenchCity(City):
    """A city of one kind of programs: "seisaku" are those that are installed, "plain" ones do not speak TLS, and
    "unhashed" ones hash nothing besides. The caller's are from this build always. `other` is another build tree: the
    servers' programs and how they are set up (deploy/ beside the tree) are those of that build."""

    def __init__(self, kind: str = "seisaku", other: pathlib.Path | None = None):
        self.kind = kind
        self.built = PROGRAMS
        if other is not None:
            self.built = other / "bin"
            self.deploy = other.parent / "deploy"

    def _place_programs(self):
        self.programs = self.directory / "bin"
        self.programs.mkdir()
        shutil.copy(self.built / "seisaku-admin", self.programs)
        for service in ("catalog", "progress"):
            shutil.copy(self.built / f"{self.kind}-{service}", self.programs / f"seisaku-{service}")

    def address(self, service: str) -> str:
        return (self.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip()

    def certificate_flags(self, role: str) -> list[str]:
        if self.kind != "seisaku":
            return []
        folder = self.directory / "certificates"
        return ["--certificate", f"{folder}/{role}.crt", "--key", f"{folder}/{role}.key", "--ca", f"{folder}/ca.crt"]

    def loadgen(self, load: str, **how) -> dict:
        """One run of loadgen; its figures."""
        return self.start_loadgen(load, **how)()

    def start_loadgen(self, load: str, service: str = "progress", role: str = "planner", **options):
        """Starts a run; what is returned waits for its end and returns its figures."""
        flags = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        command = [PROGRAMS / "loadgen", load, "--address", self.address(service), *self.certificate_flags(role), *flags]
        child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 encoding="utf-8", env=clean_environment())

        def figures() -> dict:
            out, err = child.communicate()
            if child.returncode != 0:
                raise AssertionError(f"loadgen {load}: {out}{err}{self.last_words(service)}")
            return json.loads(out) if out else {}

        return figures

    def last_words(self, service: str) -> str:
        """What the service has logged last, and whether it is there."""
        child = self.children[service]
        lines = child.log.read_text(encoding="utf-8").splitlines()
        return "\n".join([f"{service} {'runs' if child.is_running() else 'has ended'}; its last lines:", *lines[-5:]])

    def restart(self, service: str) -> float:
        """How long it takes from the start of the process until it serves, in seconds."""
        self.terminate(service)
        began = time.monotonic()
        self.start(service)
        return time.monotonic() - began

    def memory(self, service: str, field: str) -> float:
        """MiB: Rss counts shared libraries in full; Anonymous is the process's own."""
        lines = pathlib.Path(f"/proc/{self.children[service].pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) / 1024

    def copy_out(self) -> Sample:
        """Binary COPY of progress's whole log to nowhere, which is as fast as it can be read."""
        size = self.log_size("progress")
        query = "COPY (SELECT position, bytes FROM entry ORDER BY position) TO STDOUT (FORMAT binary)"
        cpu, began = self.cpu(), time.monotonic()
        run([*self.psql("progress"), "-o", "/dev/null", "-c", query])
        return Sample(rate=size / (time.monotonic() - began), cpu_per_1000=1000 * (self.cpu() - cpu) / size)

    @contextlib.contextmanager
    def snapshot(self, database: str):
        """A transaction that sees the database as it is now, and stays open."""
        session = subprocess.Popen(self.psql(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        try:
            session.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT size FROM log_head;\n")
            session.stdin.flush()
            if not session.stdout.readline().strip().isdigit():
                raise AssertionError("no snapshot was taken")
            yield
        finally:
            session.communicate()

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
        self.slots = kpis * YEARS - 1
        city.loadgen("city", service="catalog", kpis=kpis)
        self.refusal = ""
        wait_until("progress has the last KPI from catalog", self._last_slot_is_taken, 120, lambda: self.refusal)

    def _last_slot_is_taken(self) -> bool:
        try:
            self.city.loadgen("record", kpis=self.kpis, first_slot=self.slots, calls=1, in_flight=1)
        except AssertionError as error:
            if '"failed":1' not in str(error):
                raise
            self.refusal = str(error)
            return False
        return True

    def fill_first_year(self):
        """A figure for each KPI in the year that has targets."""
        self.run("batch", BATCH, in_flight=2, batch=BATCH, calls=-(-self.kpis // BATCH))

    def fill(self, entries: int):
        """Until progress's log has so many, by batches."""
        missing = entries - self.city.log_size("progress")
        if missing > 0:
            self.run("batch", BATCH, in_flight=2, batch=BATCH, calls=-(-missing // BATCH))

    def run(self, load: str, per_call: int = 1, **options) -> Sample:
        before = self.city.cpu()
        figures = self.city.loadgen(load, kpis=self.kpis, first_slot=self.next_slot, **options)
        spent = self.city.cpu() - before
        if load in ("record", "batch"):
            self.next_slot += figures["begun"] * per_call
        if self.next_slot + per_call > self.slots:
            raise AssertionError(f"loadgen {load}: {self.kpis} KPIs have no room for more figures, so it may have ended early")
        return to_sample(figures, spent, per_call)


def to_sample(figures: dict, cpu: float, per_call: int = 1) -> Sample:
    """What loadgen says; `cpu` is what the servers took for it, the warm-up included."""
    items = figures["items_per_second"] * figures["seconds"]
    return Sample(
        rate=figures["items_per_second"],
        p50_ms=figures["p50_ms"],
        p99_ms=figures["p99_ms"],
        # A stream begins no calls, and has no warm-up.
        cpu_per_1000=1000 * cpu / max(1, figures["begun"] * per_call or items),
        failed=figures["failed"],
    )
