"""Bundles, keys and checkpoints that somebody made on purpose: nothing that auditor opens holds it up, and nothing is
read whole that is larger than it may be."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import unittest

from harness import cases
from harness.children import clean_environment
from harness.city import DONE, FAILED, INPUT_REFUSED, PROGRAMS
from harness.proving import CONTRADICTION, KPI, Auditor, worked_city

SECONDS = 60  # a verification of this city takes one
SPARSE = 40 << 30
MEMORY = 1 << 30  # of addresses, for the heap; twice what a verification of this city takes


def bounded():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def fifo(path: pathlib.Path):
    path.unlink()
    os.mkfifo(path)


def link_beside(path: pathlib.Path):
    """The right content, somewhere else."""
    elsewhere = path.with_name(f"{path.name}.elsewhere")
    path.rename(elsewhere)
    path.symlink_to(elsewhere.name)


def link_to_device(path: pathlib.Path):
    path.unlink()
    path.symlink_to("/dev/zero")


def link_to_itself(path: pathlib.Path):
    path.unlink()
    path.symlink_to(path.name)


def device(path: pathlib.Path):
    path.unlink()
    if os.getuid() == 0:
        os.mknod(path, 0o020666, os.makedev(1, 5))
    else:
        os.mkfifo(path)  # only root makes devices


def folder(path: pathlib.Path):
    path.unlink()
    path.mkdir()


def sparse(path: pathlib.Path):
    """What was there, and then zeros that are nowhere."""
    os.truncate(path, SPARSE)


def hole(path: pathlib.Path):
    """Nothing but zeros."""
    path.write_bytes(b"")
    os.truncate(path, SPARSE)


OBJECTS = (fifo, link_beside, link_to_device, link_to_itself, device, folder, sparse, hole)


class HostileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(worked_city())
        cls.auditor = Auditor(cls.city)
        cls.since = cls.auditor.witness()
        cls.bundle = cls.auditor.export("bundle")
        cls.evidence = cls.auditor.folder / "evidence.json"
        done = cls.run_bounded("explain", cls.bundle, *KPI, *cls.auditor.trust, "--evidence", cls.evidence)
        assert done.returncode == DONE, done.stderr

    @classmethod
    def run_bounded(cls, *words) -> subprocess.CompletedProcess:
        """auditor, which may take so long and so much memory."""
        command = [PROGRAMS / "auditor", "--profiles", cls.city.profiles, *words]
        return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True,
                              encoding="utf-8", env=clean_environment(), timeout=SECONDS, check=False,
                              preexec_fn=bounded)

    def copy(self) -> pathlib.Path:
        made = self.auditor.folder / "hostile"
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(self.bundle, made)
        self.addCleanup(shutil.rmtree, made, ignore_errors=True)
        return made

    def files(self) -> list[pathlib.Path]:
        """One of each kind: of all tiles one that is full and one of the right edge."""
        of_log = self.bundle / "catalog"
        names = ("manifest.json", "checkpoint", "entries-0.binpb", "tile/0/000")
        return [*(of_log / name for name in names), next(of_log.glob("tile/0/*.p/*")), self.bundle / "contracts.binpb"]

    def test_a_bundle_of_anything_but_files_is_refused_at_once(self):
        for file in self.files():
            for make in OBJECTS:
                with self.subTest(file=file.name, what=make.__name__):
                    made = self.copy()
                    make(made / file.relative_to(self.bundle))
                    done = self.run_bounded("verify", made, *self.auditor.trust, *self.since)
                    self.assertEqual(done.returncode, CONTRADICTION, done.stdout + done.stderr)
                    self.assertIn("LOG_VIOLATED", done.stderr)

    def test_nor_is_it_replayed(self):
        for name in ("manifest.json", "checkpoint", "entries-0.binpb"):
            for make in OBJECTS:
                with self.subTest(file=name, what=make.__name__):
                    made = self.copy()
                    make(made / "progress" / name)
                    done = self.run_bounded("replay", made, *self.auditor.trust)
                    self.assertIn(done.returncode, (FAILED, INPUT_REFUSED), done.stdout + done.stderr)
                    self.assertRegex(done.stderr, "BUNDLE_UNUSABLE|BUNDLE_INVALID")

    def test_a_folder_that_is_a_link_is_the_readers_own_choice(self):
        link = self.auditor.folder / "link"
        link.symlink_to(self.bundle)
        self.addCleanup(link.unlink)
        self.assertEqual(self.run_bounded("verify", link, *self.auditor.trust, *self.since).returncode, DONE)

    def test_what_a_manifest_says_is_not_believed(self):
        def changed(**fields):
            made = self.copy()
            file = made / "progress" / "manifest.json"
            file.write_text(json.dumps(json.loads(file.read_text()) | fields))
            return made

        entries = {"name": "entries-0.binpb", "start": "0"}
        told = {
            "a size of 2^63": {"size": str(1 << 63)},
            "a size below": {"size": "3"},
            "a name above": {"files": [{"name": "../catalog/entries-0.binpb", "start": "0"}]},
            "a name anywhere": {"files": [{"name": "/dev/zero", "start": "0"}]},
            "another name": {"files": [{"name": "checkpoint", "start": "0"}]},
            "the same file again": {"files": [entries, entries]},
            "files at the end": {"files": [entries, {"name": f"entries-{1 << 62}.binpb", "start": str(1 << 62)}]},
            "a million files": {"files": [entries] * 1_000_000},
            "no files": {"files": []},
        }
        for about, fields in told.items():
            with self.subTest(about):
                made = changed(**fields)
                done = self.run_bounded("verify", made, *self.auditor.trust, *self.since)
                self.assertEqual(done.returncode, CONTRADICTION, done.stdout + done.stderr)
                done = self.run_bounded("replay", made, *self.auditor.trust)
                self.assertIn(done.returncode, (FAILED, INPUT_REFUSED), done.stdout + done.stderr)

    def test_of_a_damaged_log_not_everything_is_kept_in_memory(self):
        entry = b"\x08\x00"  # of position 0, and nothing else
        entries = 3_000_000
        made = self.auditor.folder / "damaged"
        (made / "progress").mkdir(parents=True)
        (made / "progress" / "entries-0.binpb").write_bytes((bytes([len(entry)]) + entry) * entries)
        (made / "progress" / "manifest.json").write_text(json.dumps({
            "format": "seisaku-forensic/1", "origin": "x.example/progress", "size": str(entries),
            "files": [{"name": "entries-0.binpb"}], "damages": [{"code": "ENTRY_REPEATED", "position": "1"}] * 400}))
        done = self.run_bounded("-o", "json", "verify", made, *self.auditor.trust)
        self.assertEqual(done.returncode, CONTRADICTION, done.stderr)
        (log,) = json.loads(done.stdout)["logs"]
        self.assertTrue(all(damage["recomputed"] for damage in log["damages"]))
        found = 400 + len(log["unlisted"]) + int(log["moreUnlisted"])
        self.assertGreaterEqual(found, entries - 1)
        self.assertIn(f"{found - 1} more", done.stderr)
        self.assertIn(log["moreUnlisted"], self.run_bounded("verify", made, *self.auditor.trust).stdout)

    def test_what_is_named_on_the_command_line_is_a_file(self):
        places = {
            "trust.vkeys": lambda file: ("verify", self.bundle, "--trust", file),
            "accepted.note": lambda file: ("verify", self.bundle, *self.auditor.trust, "--since", file),
            "evidence.json": lambda file: ("verify", file, *self.auditor.trust),
            "profiles.toml": lambda file: ("--profiles", file, "verify", "--live", *self.auditor.trust),
        }
        sources = {"trust.vkeys": self.auditor.trust[1], "accepted.note": self.since[1],
                   "evidence.json": self.evidence, "profiles.toml": self.city.profiles}
        named = self.auditor.folder / "named"
        named.mkdir()
        for name, words in places.items():
            for make in OBJECTS:
                if make is link_beside:
                    continue  # whoever names a link means what it leads to
                with self.subTest(file=name, what=make.__name__):
                    file = named / name
                    shutil.copy(sources[name], file)
                    make(file)
                    done = self.run_bounded(*words(file))
                    shutil.rmtree(file) if file.is_dir() else file.unlink()
                    self.assertNotEqual(done.returncode, DONE, done.stdout)
                    self.assertGreater(done.returncode, 0, done.stderr)  # it ended by itself

    def test_so_are_a_witnesss_keys(self):
        for option in ("cosigner_key", "log_vkey", "certificate", "key", "ca"):
            for make in (fifo, link_to_device, device, folder, hole):
                with self.subTest(file=option, what=make.__name__):
                    file = self.auditor.folder / "key"
                    file.write_text("")
                    make(file)
                    state = self.auditor.folder / "witness-of-none"
                    command = self.city.witness_command("progress", state, **{option: file})
                    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=clean_environment(),
                                          timeout=SECONDS, check=False, preexec_fn=bounded)
                    shutil.rmtree(file) if file.is_dir() else file.unlink()
                    self.assertIn(done.returncode, (FAILED, INPUT_REFUSED), done.stderr)


if __name__ == "__main__":
    cases.main()
