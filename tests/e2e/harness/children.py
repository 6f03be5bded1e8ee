"""Processes that end with the test, and waiting that ends."""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def server_user() -> str | None:
    """The user that servers run as: PostgreSQL refuses to be root. None: whoever runs the test."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("neither postgres nor nobody is a user here")


def unpacked(program: str) -> str:
    """A program that deploy/packages unpacks where it is not installed."""
    found = shutil.which(program, path="/usr/bin:/usr/sbin:/usr/local/lib/seisaku-tests")
    if found is None:
        raise AssertionError(f"no {program}: run deploy/packages test")
    return found


class Child:
    """A process of the test, ended by its id; should the test die, the kernel ends it."""

    def __init__(self, command: list[str], log: pathlib.Path, user: str | None, last_will: int = signal.SIGKILL):
        self.log = log
        identity = {}
        if user is not None:
            entry = pwd.getpwnam(user)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=clean_environment(),
                start_new_session=True,
                preexec_fn=lambda: _libc.prctl(PR_SET_PDEATHSIG, last_will),
                **identity,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def signal(self, number: int):
        self._process.send_signal(number)

    def end(self, how: int, seconds: float = 30) -> int:
        """Sends the signal and returns the exit code; after the time it is killed."""
        if self.is_running():
            self._process.send_signal(how)
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise AssertionError(f"process {self.pid} did not end in {seconds} s:\n{self.last_words()}")

    def last_words(self) -> str:
        return "".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines(True)[-20:])


def clean_environment(**more: str) -> dict[str, str]:
    """Nothing of the caller's own settings for PostgreSQL or this project."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "SEISAKU_", "XDG_", "LC_")) and name not in ("LANG", "LANGUAGE")
    }
    return kept | {"LC_ALL": "C.UTF-8"} | more


def wait_until(what: str, condition: Callable[[], bool], seconds: float = 30, on_timeout: Callable[[], str] = str):
    """Polls until the condition holds; fails when the time is over."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}\n{on_timeout()}")
        time.sleep(0.02)
