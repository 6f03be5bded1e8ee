"""Writes the fixture of a release: a city's logs, as the programs of that release leave them, with what they say of
them. Run once for each release, with its programs:

    SEISAKU_BINARY_DIR=TREE SEISAKU_PYTHON_STUBS=build/interop/python \\
        tests/interop/with_grpc_python tests/interop/releases/make_release.py tests/interop/releases/0.1

TREE/bin holds the programs. The folder is new or empty."""

import gzip
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile

import pins
from harness.city import PROGRAMS, City, run
from history import History


class Maker:
    def __init__(self, city: City, out: pathlib.Path):
        self.city, self.out = city, out
        self.history = History(city)
        self.sizes: list[dict[str, int]] = []

    def run(self):
        self.history.begin()
        self.keep("quickstart", "progress")
        for chapter in (self.history.plans_are_made, self.history.everything_is_revised):
            chapter()
            self.end_chapter()
        self.city.back_up("progress")
        self.history.settle()
        self.history.things_end()
        self.end_chapter()
        self.pin("whole", "progress", self.sizes)
        self.history.goes_on_elsewhere()
        continued = [dict(at, progress=at["progress"] + 1) for at in self.sizes[:2]] + [self.sizes_now("progress_2")]
        self.pin("continued", "progress_2", continued)

    def sizes_now(self, progress: str = "progress") -> dict[str, int]:
        return {"catalog": self.city.log_size("catalog"), "progress": self.city.log_size(progress)}

    def end_chapter(self):
        self.sizes.append(self.sizes_now())

    def pin(self, world: str, progress: str, sizes: list[dict[str, int]]):
        """What the services say, what they hold, and what follows from it."""
        folder = self.keep(world, progress)
        pinned = {"heads": pins.heads(self.city, sizes)}
        (folder / "pinned.json").write_text(json.dumps(pinned, indent=2) + "\n", encoding="utf-8")
        trust = folder / "trust.vkeys"
        names = ("catalog", "progress", "progress-2") if world == "continued" else ("catalog", "progress")
        trust.write_text("".join((self.out / "keys" / f"{name}.key.vkey").read_text() for name in names))
        bundle = self.city.directory / f"{world}-bundle"
        run([PROGRAMS / "auditor", "export", "--profiles", self.city.profiles, "--trust", trust, "--out", bundle])
        write_json(folder / "answers.json.gz", pins.answers(self.city, sizes))
        write_json(folder / "replayed.json.gz", pins.replayed(bundle, trust, sizes))
        pack(bundle, folder / "bundle.tar.gz")

    def keep(self, world: str, progress: str) -> pathlib.Path:
        """Dumps and kept checkpoints of both services, which do not run meanwhile, and the keys."""
        for service in ("progress", "catalog"):
            self.city.terminate(service)
        folder = self.out / world
        folder.mkdir(parents=True)
        (folder / "checkpoints").mkdir()
        for service, database in (("catalog", "catalog"), ("progress", progress)):
            write_packed(folder / f"{service}.sql.gz", self.dump(database))
            name = database.replace("_", "-")
            shutil.copyfile(self.city.directory / "checkpoints" / name, folder / "checkpoints" / name)
        shutil.copytree(self.city.directory / "keys", self.out / "keys", dirs_exist_ok=True)
        for service in ("catalog", "progress"):
            self.city.start(service)
        return folder

    def dump(self, database: str) -> bytes:
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        command = [*as_user, f"{self.city._postgres_programs()}/pg_dump", self.city._dsn(database)]
        text = subprocess.run(command, check=True, capture_output=True, cwd="/").stdout
        # Newer versions frame a dump with these two, which older ones cannot read.
        lines = (line for line in text.splitlines(True) if not line.startswith((b"\\restrict", b"\\unrestrict")))
        return b"".join(lines)


def write_packed(file: pathlib.Path, content: bytes):
    file.write_bytes(gzip.compress(content, 9, mtime=0))


def pack(folder: pathlib.Path, file: pathlib.Path):
    """The folder's files, without whose and since when they were."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                content = each.read_bytes()
                info = tarfile.TarInfo(str(each.relative_to(folder)))
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
    write_packed(file, packed.getvalue())


def write_json(file: pathlib.Path, value):
    write_packed(file, (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode())


def main():
    out = pathlib.Path(sys.argv[1]).resolve()
    with City() as city:
        Maker(city, out).run()


if __name__ == "__main__":
    main()
