"""What whoever runs a city does to its logs while their services do not run (deploy/runbooks)."""

import base64
import contextlib
import json
import pathlib
import re
import subprocess

from harness import logs
from harness.children import Child, clean_environment, wait_until
from harness.city import PROGRAMS, City, run


class Operator:
    """Of one city."""

    def __init__(self, city: City):
        self.city = city
        self._options: dict[str, dict[str, object]] = {}  # of services that are not started as usual

    # --- seisaku-admin ---

    def admin(self, *words, expect: int = 0) -> str:
        """seisaku-admin as the user who may connect to the databases: all that it prints."""
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        done = subprocess.run([*as_user, str(self.city.programs / "seisaku-admin"), *map(str, words)],
                              capture_output=True, encoding="utf-8", env=clean_environment(), cwd="/", timeout=120)
        if done.returncode != expect:
            raise AssertionError(f"seisaku-admin {words}: {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def dsn(self, database: str) -> str:
        return self.city._cluster("dsn", database, f"{service_of(database)}_service").strip()

    def key(self, name: str) -> pathlib.Path:
        return self.city.directory / "keys" / f"{name}.key"

    def vkey(self, name: str) -> pathlib.Path:
        return self.city.directory / "keys" / f"{name}.key.vkey"

    def kept(self, service: str) -> pathlib.Path:
        """The checkpoint that the service keeps outside PostgreSQL."""
        return self.city.directory / "checkpoints" / service

    def keygen(self, origin: str, name: str) -> pathlib.Path:
        run([PROGRAMS / "seisaku-admin", "keygen", "--origin", origin, "--out", self.key(name)])
        self.city._own("keys")
        return self.key(name)

    def refill(self, service: str, folder, *more, **how) -> str:
        return self.admin("refill", "--database", self.dsn(service), "--bundle", folder, "--log-key", self.key(service),
                          *more, **how)

    def seal_by(self, name: str, database: str) -> str:
        """What the key of this name would seal the database's head with, in SQL: as its thief can."""
        origin, size, recorded_at = self.city.sql(
            database, "SELECT origin || ' ' || size || ' ' || recorded_at FROM log_head").split()
        note = self.kept(service_of(database)).read_text().splitlines()
        if note[:2] != [origin, size]:
            raise AssertionError(f"the kept checkpoint is not of {origin} with {size} entries: {note}")
        sealed = f"seisaku head seal v1\n{origin}\n{size}\n{note[2]}\n{recorded_at}\n"
        bytes_of_line = base64.b64decode(logs.sign(sealed, self.key(name)).split()[-1])
        return f"'\\x{bytes_of_line.hex()}'"

    why = "移行前の記録を確認した"

    def seal(self, service: str, *more, key: str | None = None, reason: str = why, **how) -> str:
        return self.admin("seal", "--database", self.dsn(service), "--log-key", self.key(key or service),
                          "--checkpoint-file", self.kept(service), "--reason", reason, *more, **how)

    def accept(self, service: str, **how) -> str:
        """Looks, and accepts what was shown."""
        return self.seal(service, *self.expecting(self.seal(service, **how)), **how)

    @staticmethod
    def expecting(looked: str) -> list[str]:
        """The words with which the command that looked is to be repeated."""
        return re.search(r"^--expect \S+ --yes$", looked, re.MULTILINE).group().split()

    # --- databases ---

    def new_database(self, name: str):
        """A migrated and empty one, which the service's role may connect to. The service is what stands before "_"."""
        service = service_of(name)
        self.city.sql("postgres", f"CREATE DATABASE {name} OWNER {service}_owner TEMPLATE template0")
        self.city.sql("postgres", f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self.city.sql("postgres", f"GRANT CONNECT ON DATABASE {name} TO {service}_service")
        self.admit_to(name)
        administrator = self.city._cluster("dsn", name, "postgres").strip()
        self.admin("migrate", "--dsn", administrator, "--owner", f"{service}_owner", "--service-role", f"{service}_service")

    def admit_to(self, database: str):
        access = self.city.directory / "postgres" / "pg_hba.conf"
        access.write_text(f"local {database} all peer map=seisaku\n" + access.read_text())
        self.city.sql("postgres", "SELECT pg_reload_conf()")

    def rows(self, database: str, table: str) -> str:
        return self.city.sql(database, f"SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM {table} AS t")

    def all_rows(self, database: str) -> dict[str, str]:
        return {table: self.rows(database, table) for table in ("entry", "entry_text", "tile", "log_head")}

    def entries(self, database: str, beginning: int = 0) -> str:
        return self.city.sql(database, "SELECT string_agg(encode(sha256(bytes), 'hex'), '' ORDER BY position) "
                             f"FROM entry WHERE position >= {beginning}")

    # --- services ---

    def start(self, service: str, **options: object):
        """Starts a service with these options, beside its usual ones or instead of them; also the next times."""
        self._set(service, options)
        self.city.start(service)

    def refused(self, service: str, runbook: str = "", **options: object) -> dict[str, str]:
        """What the service says that does not start; it names the runbook."""
        self._set(service, options)
        log = self.city.directory / "logs" / f"{service}-refused.log"
        log.unlink(missing_ok=True)
        child = Child(self.city.service_command(service), log, self.city.user)
        wait_until(f"{service} ends", lambda: not child.is_running(), on_timeout=child.last_words)
        if child.end(0) == 0 or runbook not in child.last_words():
            raise AssertionError(f"{service} ended as if nothing were wrong:\n{child.last_words()}")
        return self.city.logged(log.stem, "cannot serve")[-1]

    def _set(self, service: str, options: dict[str, object]):
        self._options[service] = options
        usual = type(self.city).service_command

        def command(name: str) -> list[str]:
            words = usual(self.city, name)
            for option, value in self._options.get(name, {}).items():
                words = with_option(words, f"--{option.replace('_', '-')}", value)
            return words

        self.city.service_command = command

    def shown(self, position: int, service: str = "progress") -> dict:
        """An entry as an auditor sees it."""
        return json.loads(self.city.ask("log", "show", position, "--log", service, role="auditor").out)


def service_of(database: str) -> str:
    return database.partition("_")[0]


def with_option(words: list[str], option: str, value: object) -> list[str]:
    if option in words:
        at = words.index(option)
        words = words[:at] + words[at + 2 :]
    return [*words, option, str(value)]


@contextlib.contextmanager
def holding(city: City, database: str, statement: str):
    """A transaction of the superuser that has executed the statement stays open."""
    session = subprocess.Popen(city.psql(database), env=clean_environment(), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        session.stdin.write(f"BEGIN; {statement}; SELECT 'held';\n")
        session.stdin.flush()
        while session.stdout.readline().strip() != "held":
            if session.poll() is not None:
                raise AssertionError(f"{statement}: {session.returncode}")
        yield
    finally:
        session.stdin.close()
        session.wait(30)
        session.stdout.close()


def waits_for_lock(city: City, database: str):
    """Returns when somebody waits for what another transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    wait_until("it waits for the lock", lambda: city.sql(database, waiting) != "0")
