"""deploy/quickstart over the data of a release: the logs stay as they are, byte for byte."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from harness import cases
from harness.children import clean_environment, server_user
from harness.city import DEPLOY, PROGRAMS, run
from restored import RELEASE, put_back

SERVICES = ("catalog", "progress")


def setUpModule():
    # Whoever ends the test ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="seisaku-e2e-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.data, home = self.directory / "data", self.directory / "home"
        home.mkdir()
        self.home = str(home)
        self.user = server_user() if os.getuid() == 0 else None
        self.addCleanup(self.quickstart, "--reset", "--yes", expect=None)

    def quickstart(self, *words: str, expect: int | None = 0) -> str:
        """What it printed."""
        user = ["--user", self.user] if self.user else []
        command = [DEPLOY / "quickstart", "--data", self.data, "--programs", PROGRAMS, *user, *words]
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", env=clean_environment(HOME=self.home), timeout=300)
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    def cluster(self, *words: str) -> str:
        user = ["--user", self.user] if self.user else []
        return run([DEPLOY / "cluster", "--data", self.data, *user, *words])

    def psql(self, database: str) -> list[str]:
        as_user = ["setpriv", f"--reuid={self.user}", "--clear-groups"] if self.user else []
        return [*as_user, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.cluster("dsn", database, "postgres").strip()]

    def log(self, database: str) -> list[str]:
        """The head's size, and the hash of each entry with its place."""
        return run([*self.psql(database), "-c", "SELECT size::text FROM log_head UNION ALL (SELECT position || ' ' || "
                    "encode(sha256(bytes), 'hex') FROM entry ORDER BY position)"]).split("\n")

    def lay_out(self):
        """The data folder as quickstart of the release left it, stopped."""
        for folder in ("keys", "checkpoints"):
            (self.data / folder).mkdir(parents=True)
        (self.data / ".seisaku-data").touch()
        for command in ("create", "start", "databases"):
            self.cluster(command)
        put_back(RELEASE / "quickstart", self.data, self.psql)
        if self.user:
            run(["chown", "-R", f"{self.user}:", self.data / "keys", self.data / "checkpoints"])
        before = {name: self.log(name) for name in SERVICES}
        self.cluster("stop")
        return before

    def test_adds_nothing(self):
        before = self.lay_out()
        for name in SERVICES:
            self.assertGreater(len(before[name]), 100)
        first = self.quickstart()
        self.assertIn("there already", first)
        self.assertEqual({name: self.log(name) for name in SERVICES}, before)
        self.quickstart("--stop")
        self.quickstart()
        self.assertEqual({name: self.log(name) for name in SERVICES}, before)


if __name__ == "__main__":
    cases.main()
