"""deploy/quickstart itself, but for packages and build: the programs are the ones that were built."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from harness import cases
from harness.answers import golden_rows
from harness.children import clean_environment, server_user, wait_until
from harness.city import DEPLOY, PROGRAMS, run

QUICKSTART = DEPLOY / "quickstart"


def setUpModule():
    # Whoever ends the test ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


class QuickstartTest(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="seisaku-e2e-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        # Spaces and Japanese in its name, and too deep for a socket.
        self.data = self.directory / ("市 " + "d" * 70) / "data"
        self.home = self.directory / "home"
        self.home.mkdir()
        self.addCleanup(self.quickstart, "--reset", "--yes", expect=None)

    @staticmethod
    def as_user() -> list[str]:
        return ["--user", server_user()] if os.getuid() == 0 else []

    def quickstart(self, *words: str, expect: int | None = 0, programs=PROGRAMS) -> str:
        """What it printed."""
        user = self.as_user()
        done = subprocess.run(
            [str(word) for word in (QUICKSTART, "--data", self.data, "--programs", programs, *user, *words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=clean_environment(HOME=str(self.home)),
            timeout=300,
        )
        if expect is not None:
            self.assertEqual(done.returncode, expect, done.stdout)
        return done.stdout

    def policyctl(self, *words: str) -> str:
        """As the user who ran quickstart: without a word about profiles."""
        return subprocess.run(
            [PROGRAMS / "policyctl", *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=clean_environment(HOME=str(self.home)),
            check=True,
        ).stdout

    def witness(self, service: str) -> str:
        """What an auditor sees who uses the key that quickstart made."""
        keys, certificates = self.data / "keys", self.data / "certificates"
        address = (self.data / "run" / f"{service}.address").read_text(encoding="utf-8").strip()
        command = [
            PROGRAMS / "auditor", "witness", "--address", address, "--origin", f"isesaki.example/{service}",
            "--log-vkey", keys / f"{service}.key.vkey", "--cosigner-key", keys / "auditor.key",
            "--certificate", certificates / "auditor.crt", "--key", certificates / "auditor.key",
            "--ca", certificates / "ca.crt", "--state", self.home / f"witness-{service}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, encoding="utf-8", env=clean_environment(), check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_goes_from_nothing_to_the_sheet_and_away_again(self):
        first = self.quickstart()
        for row in golden_rows():
            self.assertIn(row["kpi"], first)
            self.assertIn(row["rate"], first)
        self.assertIn("[10/10]", first)
        self.assertIn("--stop", first)
        self.assertIn("running", self.quickstart("--status"))
        log = self.policyctl("log", "list")
        self.assertTrue(log)
        for key in self.data.rglob("*.key"):
            self.assertEqual(key.stat().st_mode & 0o777, 0o600, key)

        for service in ("catalog", "progress"):
            self.assertIn("the first checkpoint seen", self.witness(service))

        again = self.quickstart()
        self.assertIn("running already", again)
        self.assertIn("there already", again)
        self.assertEqual(self.policyctl("log", "list"), log)

        self.quickstart("--stop")
        self.assertNotIn("running", self.quickstart("--status", expect=1))
        self.quickstart()
        self.assertEqual(self.policyctl("log", "list"), log)
        for service in ("catalog", "progress"):
            self.assertIn("accepted before", self.witness(service))

        self.assertTrue(self.data.exists())
        self.quickstart("--reset", expect=2)
        self.assertIn("running", self.quickstart("--status"))
        self.quickstart("--reset", "--yes")
        self.assertFalse(self.data.exists())
        self.assertFalse((self.home / ".config" / "seisaku" / "profiles.toml").is_symlink())

    def sql(self, statement: str):
        """As the superuser of the private cluster, on progress's database."""
        command = [DEPLOY / "cluster", "--data", self.data, *self.as_user(), "dsn", "progress", "postgres"]
        dsn = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.strip()
        as_user = ["setpriv", f"--reuid={server_user()}", "--clear-groups"] if os.getuid() == 0 else []
        subprocess.run([*as_user, "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", dsn, "-c", statement], check=True, cwd="/",
                       capture_output=True)

    def test_status_says_what_is_wrong_with_a_log(self):
        self.quickstart()
        self.quickstart("--stop")
        self.assertNotIn("LOG_", self.quickstart("--status", expect=1))
        self.quickstart()
        # Under a service that runs: it finds out with the next change.
        self.sql("UPDATE log_head SET recorded_at = recorded_at + 1")
        record = ["narrative", "record", "交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022",
                  "--kind", "issues", "--text", "x"]
        subprocess.run([PROGRAMS / "policyctl", "--timeout", "5", *record], stdin=subprocess.DEVNULL,
                       capture_output=True, env=clean_environment(HOME=str(self.home)), check=False)
        wait_until("progress knows", lambda: "LOG_CORRUPT" in self.quickstart("--status", expect=None))
        said = self.quickstart("--status", expect=1)
        self.assertRegex(said, r"progress +running")
        self.assertIn("LOG_CORRUPT: its log is not what was committed", said)
        # One that refuses to start.
        self.quickstart("--stop")
        self.quickstart(expect=1)
        said = self.quickstart("--status", expect=1)
        self.assertRegex(said, r"progress +stopped\n +LOG_CORRUPT: ")
        self.sql("UPDATE log_head SET recorded_at = recorded_at - 1")
        self.quickstart()
        self.assertNotIn("LOG_CORRUPT", self.quickstart("--status"))

    def folders(self) -> list[pathlib.Path]:
        """Of the user that runs the servers."""
        return [self.data / name for name in ("run", "logs", "checkpoints", "certificates", "keys", "postgres")]

    def as_owner(self, script: str):
        as_user = ["setpriv", f"--reuid={server_user()}", "--clear-groups"] if os.getuid() == 0 else []
        subprocess.run([*as_user, "bash", "-euc", script], check=True, cwd="/")

    def test_root_writes_and_reads_through_no_link_of_the_servers_user(self):
        self.quickstart()
        for folder in self.folders():
            self.assertEqual(folder.owner(), server_user() or folder.owner())
            for file in folder.rglob("*"):
                self.assertEqual(file.owner(), folder.owner(), file)
        self.quickstart("--stop")
        secret = self.directory / "secret"
        secret.mkdir(mode=0o700)
        victims = [secret / str(number) for number in range(16)]
        for victim in victims:
            victim.write_text(f"{victim.name} of root's own\n", encoding="utf-8")
            victim.chmod(0o600)
        before = {file: (file.read_bytes(), file.stat()) for file in victims}
        # As earlier builds left it: everything, and so the folder itself, is that user's.
        if os.getuid() == 0:
            run(["chown", "-R", "-h", f"{server_user()}:", self.data])
        names = ["run/catalog.pid", "run/catalog.stamp", "run/catalog.port", "run/progress.pid", "run/progress.port.new",
                 "certificates/planner.crt", "certificates/operator.key", "keys/trust.vkeys", "keys/trust.vkeys.new",
                 ".lock", "profiles.toml", "profiles.toml.new", "socket-directory", "bin/seisaku-admin",
                 "steps/01-packages.log", "steps/05-certificates-and-keys.log"]  # fmt: skip
        for victim, name in zip(victims, names, strict=True):
            self.as_owner(f"cd '{self.data}' && rm -f '{name}' && ln -s '{victim}' '{name}'")
        if os.getuid() == 0:
            said = self.quickstart()
            self.assertEqual(self.data.owner(), "root")
            self.as_owner(f"cd '{self.data}/logs' && ln -sf '{victims[0]}' catalog.log && rm -f ../run/catalog.stamp")
            said += self.quickstart(expect=1)
            self.assertNotIn("of root's own", said)
            for file in self.data.rglob("*"):
                if file.is_file() and not file.is_symlink():
                    self.assertNotIn(b"of root's own", file.read_bytes(), file)
            self.as_owner(f"rm '{self.data}/logs/catalog.log'")
        for file, (content, status) in before.items():
            self.assertEqual(file.read_bytes(), content, file)
            self.assertEqual((file.stat().st_uid, file.stat().st_mode), (status.st_uid, status.st_mode), file)
        self.assertEqual(sorted(secret.iterdir()), sorted(victims))

    def test_root_wants_a_place_of_its_own(self):
        """Where somebody else may put links in the way, nothing is written at all."""
        others = self.directory / "others"
        others.mkdir()
        if os.getuid() == 0:
            shutil.chown(others, server_user())
            self.data = others / "data"
            self.assertIn("others than root can change what is in", self.quickstart(expect=1))
        self.assertEqual(list(others.iterdir()), [])

    def test_sound_data_is_never_advised_to_be_deleted(self):
        self.quickstart()
        log = self.policyctl("log", "list")
        trust = self.data / "keys" / "trust.vkeys"
        whole = trust.read_text(encoding="utf-8")
        postmaster = self.data / "postgres" / "postmaster.pid"
        of_before = postmaster.read_text(encoding="utf-8")

        # The socket's folder goes away, as with /tmp; and the list of keys was cut off while it was written.
        far = pathlib.Path((self.data / "socket-directory").read_text(encoding="utf-8").strip())
        self.assertTrue(far.is_dir())
        shutil.rmtree(far)
        trust.write_text("", encoding="utf-8")
        self.quickstart()
        self.assertEqual(sorted(trust.read_text(encoding="utf-8").splitlines()), sorted(whole.splitlines()))
        self.assertEqual(self.policyctl("log", "list"), log)
        trust.write_text(whole[: len(whole) * 2 // 3], encoding="utf-8")

        # After a crash another process has got the number of the one that is gone.
        self.quickstart("--stop")
        user = {"user": server_user()} if os.getuid() == 0 else {}
        for folder, expected in ((self.data / "postgres", 1), (pathlib.Path("/"), 0)):
            with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd=folder, **user) as other:
                _, _, rest = of_before.partition("\n")
                postmaster.write_text(f"{other.pid}\n{rest}", encoding="utf-8")
                said = self.quickstart(expect=expected)
            if expected:
                self.assertIn(f"still use {self.data}/postgres: {other.pid}", said)
                self.assertNotIn("--reset", said)
                self.assertIn("nothing was deleted", said)
        self.assertEqual(sorted(trust.read_text(encoding="utf-8").splitlines()), sorted(whole.splitlines()))
        self.assertEqual(self.policyctl("log", "list"), log)

    def test_what_runs_is_seen_where_root_may_look_at_nobodys_processes(self):
        """As in a container without CAP_SYS_PTRACE. PostgreSQL ends itself where it misses postmaster.pid."""
        blind = ["setpriv", "--bounding-set=-sys_ptrace", "--inh-caps=-all"] if os.getuid() == 0 else []
        seeing = [DEPLOY / "cluster", "--data", self.directory / "city", *self.as_user()]
        cluster = [*blind, *seeing]
        for command in ("create", "start"):
            run([*cluster, command])
        self.addCleanup(run, [*seeing, "stop"])
        postmaster = self.directory / "city" / "postgres" / "postmaster.pid"
        before = postmaster.read_text(encoding="utf-8")
        run([*cluster, "status"])
        self.assertEqual(run([*cluster, "start"]), "")
        self.assertEqual(postmaster.read_text(encoding="utf-8"), before)

    def test_failure_names_the_step_its_log_and_what_to_do(self):
        broken = self.directory / "programs"
        broken.mkdir()
        for program in ("seisaku-catalog", "seisaku-progress", "seisaku-admin", "policyctl"):
            shutil.copy(PROGRAMS / program, broken)
        (broken / "seisaku-progress").write_text("#!/bin/sh\necho 'no such thing'\nexit 1\n", encoding="utf-8")
        said = self.quickstart(programs=broken, expect=1)
        self.assertIn('Step "services" failed', said)
        self.assertIn("no such thing", said)
        self.assertIn("What to do:", said)
        # What is done stays done, and the next run goes on from there.
        self.assertIn("running already", self.quickstart())

    def test_says_how_to_seal_an_older_log(self):
        """Of which no checkpoint was kept; the command that it prints works as it stands."""
        self.quickstart()
        pid = int((self.data / "run" / "progress.pid").read_text().split()[0])
        os.kill(pid, signal.SIGTERM)
        wait_until("progress has stopped", lambda: not pathlib.Path(f"/proc/{pid}").exists())
        for kept in ("progress", "progress.sealed"):
            (self.data / "checkpoints" / kept).unlink()
        user = ["--user", server_user()] if os.getuid() == 0 else []
        dsn = run([DEPLOY / "cluster", "--data", self.data, *user, "dsn", "progress", "postgres"]).strip()
        as_user = ["setpriv", f"--reuid={server_user()}", "--clear-groups"] if user else []
        run([*as_user, "psql", "-XAtq", dsn, "-c", "UPDATE log_head SET seal = NULL"])
        said = self.quickstart(expect=1)
        (command,) = [line for line in said.splitlines() if " seal --database " in line]
        accept = run(["bash", "-c", command]).splitlines()[-1]
        self.assertRegex(accept, r"^--expect \S+ --yes$")
        run(["bash", "-c", f"{command} {accept}"])
        self.quickstart()

    def test_what_was_said_before_the_build_stays_in_a_file(self):
        said = self.directory / "said"
        lines = "".join(f"[{number}/40] x.o\n" for number in range(1, 41))
        handed_on = subprocess.run(["bash", "-euc", '. "$1"; exec 3>"$2"; say before; ninja_progress; say after', "bash",
                                    DEPLOY / "lib" / "steps.bash", said], input=lines, capture_output=True, encoding="utf-8",
                                   check=True)
        self.assertEqual(handed_on.stdout, lines)
        self.assertEqual(said.read_text(encoding="utf-8"), "before\n20% 40% 60% 80% 100% after\n")

    def test_what_cannot_be_noted_as_running_is_ended(self):
        """As on a full disk: it would run for ever, and keep the next one from its place."""
        (self.directory / "service.pid.new").mkdir()  # in the way
        command = ["sleep", f"1000.{os.getpid()}"]
        script = 'AS_OWNER=() RUN=$1; . "$2/owner.bash"; . "$2/process.bash"; shift 2; launch service "$RUN/log" "$@"'
        done = subprocess.run(["bash", "-euc", script, "bash", self.directory, DEPLOY / "lib", *command], check=False)
        self.assertNotEqual(done.returncode, 0)

        def running() -> list[int]:
            found = []
            for file in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                with contextlib.suppress(OSError):
                    if command[1].encode() in file.read_bytes():
                        found.append(int(file.parent.name))
            return found

        self.addCleanup(lambda: [os.kill(pid, signal.SIGKILL) for pid in running()])
        wait_until("it has ended", lambda: not running())

    def test_builds_with_a_number_of_jobs(self):
        """In a copy whose cmake only notes how it was called, and fails as a compiler would."""
        copy, path = self.directory / "copy", self.directory / "path"
        shutil.copytree(DEPLOY, copy / "deploy")
        path.mkdir()
        cmake = path / "cmake"
        cmake.write_text('#!/bin/sh\necho "cmake $*"\n[ "$1" = --preset ] || { echo "x.cc:1: error: no"; exit 1; }\n')
        cmake.chmod(0o755)
        user = ["--user", server_user()] if os.getuid() == 0 else []
        for jobs, expected in (([], r"--parallel [1-9][0-9]* --target"), (["--jobs", "3"], "--parallel 3 --target")):
            done = subprocess.run(
                [copy / "deploy" / "quickstart", "--data", self.data, *user, *jobs],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                env=clean_environment(HOME=str(self.home), PATH=f"{path}:{os.environ['PATH']}"),
                check=False,
            )
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, expected)
            self.assertIn("cmake --preset release", done.stderr)
            self.assertIn('Step "build" failed', done.stderr)
            self.assertIn("x.cc:1: error: no", done.stderr)

    def test_leaves_a_directory_alone_that_it_did_not_make(self):
        self.data.mkdir(parents=True)
        (self.data / "precious").write_text("kept", encoding="utf-8")
        self.assertIn("was not made by this program", self.quickstart(expect=1))
        self.quickstart("--reset", "--yes")
        self.assertEqual((self.data / "precious").read_text(encoding="utf-8"), "kept")
        self.assertEqual(len(list(self.data.iterdir())), 1)


if __name__ == "__main__":
    cases.main()
