"""A city for one test program: PostgreSQL, certificates, keys and both services, made with what
deploy/quickstart is made of, on ports that the system gives, in a directory that is deleted afterwards."""

import functools
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass

from harness.children import Child, clean_environment, server_user, wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DEPLOY = REPOSITORY / "deploy"
SAMPLE = DEPLOY / "sample" / "isesaki"
PROGRAMS = pathlib.Path(os.environ.get("SEISAKU_BINARY_DIR", REPOSITORY / "build")) / "bin"
ROLES = ("planner", "reporter", "auditor", "operator")
SERVICE_PROGRAMS = ("seisaku-catalog", "seisaku-progress", "seisaku-admin")

DONE, FAILED, USAGE, INPUT_REFUSED, NOT_FOUND, CONFLICT, DENIED, UNAVAILABLE = range(8)
INCOMPLETE = 9  # an import left a row or a value out


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def run(command: list, **environment: str) -> str:
    """Standard output of a command that has to succeed."""
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=clean_environment(**environment),
    )
    if done.returncode != 0:
        raise AssertionError(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class City:
    """Used as a context: made on entering, ended and deleted on leaving. Its keys and certificates are its own, or
    those of another city, which makes its logs and services claim to be that city's."""

    keys_of: "City | None" = None
    deploy = DEPLOY  # what makes it
    hosts: dict[str, str] = {}  # where services listen, but for this host's loopback

    def __init__(self, keys_of: "City | None" = None):
        self.keys_of = keys_of

    def __enter__(self) -> "City":
        # Short, because a socket's path has at most 107 bytes.
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="seisaku-e2e-", dir="/tmp"))
        self.directory.chmod(0o755)
        self.user = server_user()
        self.children: dict[str, Child] = {}
        self.callers = list(ROLES)  # each has a certificate and a profile of this name
        try:
            self._prepare()
            self.start("catalog")
            self.start("progress")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Ends every child, the services before PostgreSQL, and deletes the directory."""
        for name in sorted(self.children, key=lambda name: (name == "postgres", name == "catalog")):
            self.children.pop(name).end(signal.SIGQUIT if name == "postgres" else signal.SIGKILL)
        # PostgreSQL's own children may outlive it by a moment, and write.
        wait_until(f"{self.directory} is deleted", self._deleted)

    def _deleted(self) -> bool:
        shutil.rmtree(self.directory, ignore_errors=True)
        return not self.directory.exists()

    # --- making it ---

    def _prepare(self):
        for folder in ("run", "logs", "keys", "checkpoints", "home"):
            (self.directory / folder).mkdir()
        self._own("run", "logs", "checkpoints")
        self._cluster("create")
        self.start_postgres()
        self._cluster("databases")
        self._place_programs()
        self._cluster("migrate", self.programs / "seisaku-admin")
        if self.keys_of is not None:
            for folder in ("keys", "certificates"):
                shutil.copytree(self.keys_of.directory / folder, self.directory / folder, dirs_exist_ok=True)
        run([self.deploy / "certificates", "--out", self.directory / "certificates"])
        for name in ("catalog", "progress"):
            origin = self._library("services", f"log_origin {name}").strip()
            key = self.directory / "keys" / f"{name}.key"
            run([PROGRAMS / "seisaku-admin", "keygen", "--origin", origin, "--out", key])
        cosigner = self._library("services", "cosigner_name").strip()
        key = self.directory / "keys" / "auditor.key"
        run([PROGRAMS / "seisaku-admin", "keygen", "--cosigner", cosigner, "--out", key])
        self._own("certificates", "keys")
        self.profiles = self.directory / "profiles.toml"
        self._write_profiles()

    def _write_profiles(self):
        self.profiles.write_text(self._library("profiles", "print_profiles"), encoding="utf-8")

    def admit(self, *callers: str):
        """Gives more callers ("reporter/dept-002/sato") a certificate and a profile each, named after them with "-"
        for "/"."""
        named = (word for caller in callers for word in ("--client", caller))
        run([self.deploy / "certificates", "--out", self.directory / "certificates", *named])
        self.callers += [caller.replace("/", "-") for caller in callers]
        self._write_profiles()

    def _own(self, *folders: str):
        if self.user is not None:
            run(["chown", "-R", f"{self.user}:", *(self.directory / folder for folder in folders)])

    def _place_programs(self):
        """Where the servers' user cannot reach the build, the programs are copied."""
        self.programs = PROGRAMS
        if self.user is None:
            return
        reachable = ["setpriv", f"--reuid={self.user}", "--clear-groups", "test", "-x", PROGRAMS / "seisaku-admin"]
        if subprocess.run([str(word) for word in reachable], check=False).returncode != 0:
            self.programs = self.directory / "bin"
            self.programs.mkdir()
            for program in SERVICE_PROGRAMS:
                shutil.copy(PROGRAMS / program, self.programs)

    def _cluster(self, *words) -> str:
        user = ["--user", self.user] if self.user else []
        return run([self.deploy / "cluster", "--data", self.directory, *user, *words])

    def _library(self, part: str, command: str) -> str:
        """What a function of deploy/lib prints, with the variables that quickstart gives it."""
        script = f"""
            set -euo pipefail
            DATA={shlex.quote(str(self.directory))} RUN=$DATA/run LOGS=$DATA/logs CHECKPOINTS=$DATA/checkpoints CITY=isesaki
            PROGRAMS={shlex.quote(str(getattr(self, "programs", PROGRAMS)))} AS_OWNER=() CERTIFIED_ROLES=({" ".join(self.callers)})
            for part in owner cluster {part}; do source {shlex.quote(str(self.deploy / "lib"))}/$part.bash; done
            {command}"""
        return run(["bash", "-c", script])

    # --- running it ---

    def start_postgres(self):
        programs = self._postgres_programs()
        # SIGQUIT is PostgreSQL's "stop now".
        self.children["postgres"] = Child(
            [f"{programs}/postgres", "-D", f"{self.directory}/postgres", "-c", "recovery_init_sync_method=syncfs"],
            self.directory / "logs" / "postgres.log",
            self.user,
            signal.SIGQUIT,
        )
        ready = [f"{programs}/pg_isready", "-q", "-h", f"{self.directory}/socket"]
        self._wait_for("postgres", lambda: subprocess.run(ready, check=False).returncode == 0)

    def stop_postgres(self):
        self.children.pop("postgres").end(signal.SIGINT)

    def start(self, name: str):
        """Starts a service, at the port that it had before if it ran before; returns when it takes calls."""
        self.begin(name)
        self._wait_for(name, (self.directory / "run" / f"{name}.address").exists)

    def begin(self, name: str):
        """The same without waiting for it."""
        address = self.directory / "run" / f"{name}.address"
        port = address.read_text(encoding="utf-8").strip().rpartition(":")[2] if address.exists() else "0"
        listen = f"{self.hosts.get(name, '127.0.0.1')}:{port}"
        command = [*self.service_command(name), "--listen", listen]
        address.unlink(missing_ok=True)
        self.children[name] = Child(command, self.directory / "logs" / f"{name}.log", self.user)

    def service_command(self, name: str) -> list[str]:
        """How a service is started, but where it listens. "progress-1" is another replica of progress."""
        service, _, replica = name.partition("-")
        print_command = f"service_command {service} && printf '%s\\0' \"${{SERVICE_COMMAND[@]}}\""
        command = self._library("services", print_command).split("\0")[:-1]
        if replica:
            command[command.index("--address-file") + 1] = str(self.directory / "run" / f"{name}.address")
            command[command.index("--metrics-address-file") + 1] = str(self.directory / "run" / f"{name}.metrics")
            command[command.index("--checkpoint-file") + 1] += f"-{replica}"
        return command

    # --- what monitors ask ---

    def page(self, name: str, page: str, seconds: float = 10) -> tuple[int, str]:
        address = (self.directory / "run" / f"{name}.metrics").read_text(encoding="utf-8").strip()
        try:
            with urllib.request.urlopen(f"http://{address}{page}", timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def sample(self, name: str, sample: str) -> float | None:
        """The value of a sample as it stands on the page: a name with its labels."""
        for line in self.page(name, "/metrics")[1].splitlines():
            if line.startswith(f"{sample} "):
                return float(line.rpartition(" ")[2])
        return None

    def kill(self, name: str):
        self.children.pop(name).end(signal.SIGKILL)

    def terminate(self, name: str) -> int:
        return self.children.pop(name).end(signal.SIGTERM)

    def back_up(self, name: str):
        """A cold copy of a service's database."""
        self.terminate(name)
        self.sql("postgres", f"CREATE DATABASE {name}_backup TEMPLATE {name}")
        self.start(name)

    def restore(self, name: str):
        """Ends a service; its database is again what it was when it was backed up."""
        self.terminate(name)
        self.sql("postgres", f"DROP DATABASE {name}")
        self.sql("postgres", f"ALTER DATABASE {name}_backup RENAME TO {name}")
        self.sql("postgres", f"GRANT CONNECT ON DATABASE {name} TO {name}_service")

    def refused(self, name: str) -> dict[str, str]:
        """What a service says that is started on a restored log, and ends."""
        log = self.directory / "logs" / f"{name}-refused.log"
        log.unlink(missing_ok=True)
        child = Child(self.service_command(name), log, self.user)
        wait_until(f"{name} ends", lambda: not child.is_running(), on_timeout=child.last_words)
        if child.end(0) == 0 or "deploy/runbooks/restored-log.md" not in child.last_words():
            raise AssertionError(f"{name} ended as if nothing were wrong:\n{child.last_words()}")
        return self.logged(log.stem, "cannot serve")[-1]

    def logged(self, name: str, message: str) -> list[dict[str, str]]:
        """The lines with this message in the log of a service (or in another one of that folder)."""
        text = (self.directory / "logs" / f"{name}.log").read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"] == message]

    def _wait_for(self, name: str, is_ready):
        child = self.children[name]

        def settled() -> bool:
            if not child.is_running():
                raise AssertionError(f"{name} ended at once:\n{child.last_words()}")
            return is_ready()

        wait_until(f"{name} is ready", settled, 60, child.last_words)

    # --- asking it ---

    def profiles_with(self, name: str, *replaced: tuple[object, object]) -> pathlib.Path:
        """The city's profiles with these texts replaced, as a file for ask(profiles=…)."""
        text = self.profiles.read_text(encoding="utf-8")
        for before, after in replaced:
            if str(before) not in text:
                raise AssertionError(f"{before} is not in the profiles:\n{text}")
            text = text.replace(str(before), str(after))
        file = self.directory / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def command(
        self, *words, role: str | None = None, seconds: int = 30, profiles=None, language: str = "en",
        program: str = "policyctl",
    ) -> list[str]:
        """The command line of policyctl, or of auditor, with the words."""
        command = [PROGRAMS / program, "--lang", language, "--profiles", profiles or self.profiles]
        command += ["--timeout", seconds, *(["--profile", role] if role is not None else [])]
        return [str(word) for word in (*command, *words)]

    def ask(
        self,
        *words,
        role: str | None = None,
        expect: int | None = DONE,
        seconds: int = 30,
        profiles=None,
        language: str = "en",
        program: str = "policyctl",
    ) -> Answer:
        """Runs policyctl, or auditor, whose calls may take so many seconds each; fails where the exit code is not `expect`
        (None: any)."""
        done = subprocess.run(
            self.command(*words, role=role, seconds=seconds, profiles=profiles, language=language, program=program),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=clean_environment(HOME=str(self.directory / "home")),
            cwd=self.directory / "home",
            timeout=120,
        )
        answer = Answer(done.returncode, done.stdout, done.stderr)
        if expect is not None and answer.code != expect:
            raise AssertionError(
                f"{program} {shlex.join(map(str, words))}: exit code {answer.code}, not {expect}\n"
                f"{answer.out}{answer.err}"
            )
        return answer

    def ask_json(self, *words, role: str | None = None) -> dict:
        return json.loads(self.ask("-o", "json", *words, role=role).out)

    def witness_command(self, service: str, state: pathlib.Path, **other: object) -> list[str]:
        """The command line of `auditor witness` for a service's log, with these options instead of its own."""
        keys, certificates = self.directory / "keys", self.directory / "certificates"
        options = {
            "address": (self.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip(),
            "certificate": certificates / "auditor.crt",
            "key": certificates / "auditor.key",
            "ca": certificates / "ca.crt",
            "log_vkey": keys / f"{service}.key.vkey",
            "origin": f"isesaki.example/{service}",
            "cosigner_key": keys / "auditor.key",
            "state": state,
        } | other
        words = (word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value)))
        return [str(PROGRAMS / "auditor"), "witness", *words]

    def log_size(self, service: str) -> int:
        """How many entries a service's log has, by its signed checkpoint."""
        return int(self.sql(service, "SELECT size FROM log_head"))

    def sql(self, database: str, statement: str) -> str:
        return run([*self.psql(database), "-c", statement]).strip()

    def psql(self, database: str) -> list[str]:
        """psql as the superuser; it ends at the first error."""
        as_user = ["setpriv", f"--reuid={self.user}", "--clear-groups"] if self.user else []
        program = f"{self._postgres_programs()}/psql"
        return [*as_user, program, "-XAtq", "-v", "ON_ERROR_STOP=1", self._dsn(database)]

    @functools.cache
    def _postgres_programs(self) -> str:
        return self._library("cluster", "cluster_programs").strip()

    @functools.cache
    def _dsn(self, database: str) -> str:
        return self._cluster("dsn", database, "postgres").strip()

    # --- filling it ---

    def load(self, manifesto: bool = True):
        """Both documents, as quickstart puts them in."""
        if manifesto:
            self.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
            self.ask("import", "manifesto", SAMPLE / "manifesto.txt", "--plan", "manifesto")
        self.ask("plan", "create", "strategy", "--file", SAMPLE / "strategy.toml")
        self.import_sheet()

    def import_sheet(self, file: pathlib.Path = SAMPLE / "progress-sheet.txt", plan: str = "strategy", *more, **how):
        confirm = SAMPLE / "strategy.confirm.toml"
        return self.ask("import", "progress-sheet", file, "--plan", plan, "--confirm", confirm, *more, **how)

    def sheet(self, plan: str = "strategy", year: int = 2022) -> dict:
        return self.ask_json("sheet", "--plan", plan, "--fiscal-year", year)

    def explain(self, kpi: str, plan: str = "strategy") -> dict:
        return self.ask_json("explain", kpi, "--plan", plan, "--fiscal-year", 2022)
