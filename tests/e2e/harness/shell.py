"""policyctl as staff run it: in a folder and an environment of their own, without the harness's options."""

import pathlib
import shlex
import subprocess

from harness.children import clean_environment
from harness.city import DEPLOY, PROGRAMS, Answer, City


class Shell:
    """`folder` is where it runs; `deploy` there leads to the repository's, as the examples say."""

    def __init__(self, city: City, folder: pathlib.Path):
        self.folder = folder
        self._profiles = city.profiles
        folder.mkdir(exist_ok=True)
        (folder / "deploy").symlink_to(DEPLOY)

    def run(self, *words, **environment: str) -> Answer:
        """The words after `policyctl`. Its output is kept as bytes that stand for themselves (Latin-1) where
        they are not UTF-8."""
        named = {"SEISAKU_PROFILES": str(self._profiles), "HOME": str(self.folder)}
        done = subprocess.run(
            [PROGRAMS / "policyctl", *(str(word) for word in words)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=clean_environment(**(named | environment)),
            cwd=self.folder,
            timeout=120,
            check=False,
        )
        return Answer(done.returncode, _text(done.stdout), _text(done.stderr))

    def run_line(self, line: str, **environment: str) -> Answer:
        """A whole command line: policyctl plan list."""
        program, *words = shlex.split(line)
        if program != "policyctl":
            raise AssertionError(f"{line}: not a command line of policyctl")
        return self.run(*words, **environment)

    def must(self, *words, **environment: str) -> str:
        """Standard output of what has to succeed."""
        answer = self.run(*words, **environment)
        if answer.code != 0:
            raise AssertionError(f"policyctl {shlex.join(map(str, words))}: {answer.code}\n{answer.out}{answer.err}")
        return answer.out


def _text(output: bytes) -> str:
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError:
        return output.decode("latin-1")
