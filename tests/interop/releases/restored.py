"""A city whose databases are those of a release's fixture, brought to this build's schema."""

import gzip
import io
import pathlib
import shutil
import subprocess
import tarfile

from harness.children import clean_environment
from harness.city import City
from history import continue_under_next_origin

RELEASES = pathlib.Path(__file__).resolve().parent
RELEASE = RELEASES / "0.1"


class RestoredCity(City):
    """The world is a folder of the release: its dumps, keys and kept checkpoints."""

    def __init__(self, world: pathlib.Path):
        super().__init__()
        self.world = world
        if (world / "checkpoints" / "progress-2").exists():
            continue_under_next_origin(self)

    def _cluster(self, *words) -> str:
        if words[0] == "migrate":
            # Databases and roles are there, and nothing is in them.
            put_back(self.world, self.directory, self.psql)
            self._own("checkpoints")
        return super()._cluster(*words)


def put_back(world: pathlib.Path, directory: pathlib.Path, psql):
    """Restores the world's dumps by the command lines that `psql` makes, and puts its keys and kept checkpoints into the
    folders of the directory."""
    for database in ("catalog", "progress"):
        dump = gzip.decompress((world / f"{database}.sql.gz").read_bytes())
        done = subprocess.run([*psql(database), "--single-transaction", "-f", "-"], input=dump, capture_output=True,
                              env=clean_environment(), cwd="/", check=False)
        if done.returncode != 0:
            raise AssertionError(f"{world.name}: the dump of {database} cannot be restored:\n{done.stderr.decode()}")
    for source, folder in ((world.parent / "keys", "keys"), (world / "checkpoints", "checkpoints")):
        for file in source.iterdir():
            shutil.copyfile(file, directory / folder / file.name)
            # A private key that others can read is refused.
            (directory / folder / file.name).chmod(0o644 if file.suffix == ".vkey" else 0o600)


def unpack(world: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    """The world's bundle, in the folder."""
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress((world / "bundle.tar.gz").read_bytes()))) as archive:
        archive.extractall(folder)
    return folder
