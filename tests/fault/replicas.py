"""A city whose progress runs as several replicas, each with its own way to PostgreSQL, that can be broken."""

import functools
import os
import pathlib
import pwd
import signal
import time

from harness.children import wait_until
from harness.city import City
from proxy import Proxy

SOCKET = ".s.PGSQL.5432"


class ReplicatedCity(City):
    """A City with replicas progress-0, progress-1, … in place of progress. proxies[i] is the way of replica i."""

    def __init__(self, replicas: int):
        self.names = [f"progress-{number}" for number in range(replicas)]
        self.proxies: list[Proxy] = []

    def close(self):
        for name in self.names:
            if name in self.children:
                child = self.children.pop(name)
                os.kill(child.pid, signal.SIGCONT)
                child.end(signal.SIGKILL)
        for proxy in self.proxies:
            proxy.__exit__()
        self.proxies = []
        super().close()

    def _prepare(self):
        super()._prepare()
        self._let_in()
        for name in self.names:
            directory = self.directory / name
            directory.mkdir()
            directory.chmod(0o755)
            proxy = Proxy(directory, self.directory / "socket" / SOCKET)
            self.proxies.append(proxy.__enter__())

    def _let_in(self):
        """PostgreSQL asks who is at the other end of the socket: it is the proxy, so whoever runs the test."""
        if self.user is None:
            return
        tester = pwd.getpwuid(os.getuid()).pw_name
        with open(self.directory / "postgres" / "pg_ident.conf", "a", encoding="utf-8") as file:
            file.write(f'seisaku "{tester}" progress_service\n')
        self.sql("postgres", "SELECT pg_reload_conf()")

    def start(self, name: str):
        for each in self.names if name == "progress" else [name]:
            super().start(each)

    @functools.cache
    def service_command(self, name: str) -> list[str]:
        command = super().service_command(name)
        if name in self.names:
            directory = self.directory / name
            dsn = command.index("--dsn") + 1
            command[dsn] = command[dsn].replace(f"host='{self.directory / 'socket'}'", f"host='{directory}'")
            if str(directory) not in command[dsn]:
                raise AssertionError(f"no host in {command[dsn]}")
        return command

    def stop(self, name: str):
        os.kill(self.children[name].pid, signal.SIGSTOP)

    def go_on(self, name: str):
        os.kill(self.children[name].pid, signal.SIGCONT)

    def kill_postgres(self):
        """As when the machine loses its power, but that the disk's cache is kept."""
        postgres = self.children.pop("postgres")
        workers = _children_of(postgres.pid)
        postgres.end(signal.SIGKILL)
        for worker in workers:
            try:
                os.kill(worker, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it saw its postmaster die
        wait_until("PostgreSQL's processes are gone", lambda: not any(map(_is_running, workers)))


def _children_of(parent: int) -> list[int]:
    return [int(word) for word in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Stopwatch:
    """How long something took, in seconds."""

    def __init__(self):
        self._started = time.monotonic()

    def seconds(self) -> float:
        return time.monotonic() - self._started
