"""An auditor of a city: what is exported, witnessed and verified of it."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import uuid

from harness.children import clean_environment
from harness.city import DONE, PROGRAMS, City, run

CONTRADICTION = 8
KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")


def worked_city(keys_of: City | None = None, corrected: str = "1,234件", manifesto: bool = True) -> City:
    """A city with the sample's documents in which staff have worked: a correction, a repeat, a withdrawn text."""

    class Worked(City):
        def __enter__(self):
            super().__enter__()
            self.load(manifesto=manifesto)
            request_id = str(uuid.uuid4())
            for _ in range(2):
                self.ask("actual", "correct", *KPI, "--value", corrected, "--reason", "山田さんの連絡による",
                         "--request-id", request_id)
            self.ask("log", "redact", self.log_size("progress") - 1, "--reason", "個人名")
            self.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "件数が減らない。")
            self.ask_json("sheet", "--plan", "strategy", "--fiscal-year", "2022")
            return self

    return Worked(keys_of)


def alone(*words) -> subprocess.CompletedProcess:
    """auditor with no network, no environment and an empty PATH."""
    unshare = ["unshare", "-n"] if os.getuid() == 0 else ["unshare", "-rn"]
    command = [*unshare, "env", "-i", "PATH=", PROGRAMS / "auditor", "--lang", "en", *words]
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True,
                          encoding="utf-8", cwd="/", timeout=120)


def with_reasons_of_catalog(city: City, explanation: str) -> str:
    """What an explanation says where catalog's texts are at hand; the services say where they are."""

    def reason(found: re.Match) -> str:
        entry = city.ask_json("log", "show", found[1], "--log", "catalog", role="auditor")
        (text,) = entry["texts"]
        return text

    return re.sub(r"policyctl log show (\d+) --log catalog shows it", reason, explanation)


def facts_of(report: dict) -> list[dict]:
    """What `auditor verify` found in each log, wherever it read it."""
    names = ("log", "origin", "size", "commands", "root", "folded", "textsWithdrawn", "catalogCopy")
    return [{name: log.get(name) for name in names} for log in report["logs"]]


class Auditor:
    """Runs auditor's commands against a city."""

    def __init__(self, city: City):
        self.city = city
        self.folder = city.directory / "auditor"
        self.folder.mkdir(exist_ok=True)
        keys = self.folder / "trust.vkeys"
        names = ("catalog", "progress", "auditor")
        keys.write_text("".join((city.directory / "keys" / f"{name}.key.vkey").read_text() for name in names))
        self.trust = ["--trust", keys]
        self.program = PROGRAMS / "auditor"
        if city.programs != PROGRAMS:
            self.program = pathlib.Path(shutil.copy(self.program, city.programs))

    def run(self, *words) -> subprocess.CompletedProcess:
        """auditor with the words, as the user who may read the databases."""
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        command = [*as_user, self.program, "--profiles", self.city.profiles, *words]
        return subprocess.run([str(word) for word in command], capture_output=True, encoding="utf-8",
                              env=clean_environment(), timeout=120)

    def verify(self, *words, expect: int = DONE) -> dict:
        """The report in JSON."""
        done = self.run("-o", "json", "verify", *words, *self.trust)
        if done.returncode != expect:
            raise AssertionError(f"auditor verify: {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def report(self, *words) -> tuple[int, dict]:
        """Exit code and report, whatever they are."""
        done = self.run("-o", "json", "verify", *words, *self.trust)
        if not done.stdout:
            raise AssertionError(f"auditor verify said nothing: {done.returncode}\n{done.stderr}")
        return done.returncode, json.loads(done.stdout)

    def say(self, *words) -> str:
        """The report for people, of a log that is as it should be."""
        options = [word for word in words if str(word).startswith("--lang")]
        done = self.run(*(["--lang", words[-1]] if options else []), "verify",
                        *(words[:-2] if options else words), *self.trust)
        if done.returncode != DONE:
            raise AssertionError(f"auditor verify: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def export(self, name: str, *words) -> pathlib.Path:
        folder = self.folder / name
        run([PROGRAMS / "auditor", "export", "--profiles", self.city.profiles, *self.trust, "--out", folder, *words])
        return folder

    def databases(self) -> list:
        return [word for name in ("catalog", "progress") for word in ("--database", self.city._dsn(name))]

    def witness(self) -> list:
        """Both logs' checkpoints are accepted and cosigned; the options that name them."""
        options = []
        for service in ("catalog", "progress"):
            state = self.folder / f"witness-{service}"
            run(self.city.witness_command(service, state))
            options += ["--since", state / "accepted.note"]
        return options

    def copy(self, folder: pathlib.Path, name: str) -> pathlib.Path:
        return pathlib.Path(shutil.copytree(folder, self.folder / name))

    def replace(self, folder: pathlib.Path, by: pathlib.Path):
        self.remove(folder)
        shutil.copytree(by, folder)

    def remove(self, folder: pathlib.Path):
        shutil.rmtree(folder)
