"""The commands of the operators' runbooks, in order and as they stand there, but for names and places."""

import os
import shutil
import subprocess
import unittest

from harness import cases
from harness.children import clean_environment
from harness.city import DEPLOY, SAMPLE, City, run
from harness.operating import Operator
from harness.proving import Auditor


def commands_of(runbook: str) -> list[str]:
    """The lines of its examples; those that go on are one."""
    found, inside = [], False
    for line in (DEPLOY / "runbooks" / runbook).read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside and line:
            found.append(line)
    return found


class RunbooksTest(unittest.TestCase):
    """Of catalog's log."""

    def setUp(self):
        self.city = self.enterContext(City())
        self.operator = Operator(self.city)
        self.auditor = Auditor(self.city)  # copies its program where the servers' user can reach it
        self.append("early")
        self.folder = self.city.directory / "operator"
        self.folder.mkdir()
        for name in ("catalog.key", "catalog.key.vkey"):
            shutil.copy(self.city.directory / "keys" / name, self.folder)
        self.city._own(self.folder.name, "keys", "auditor", "certificates")
        administrator = self.city._cluster("dsn", "postgres", "postgres").strip()
        self.names = [
            ("DSN of the service role", "DSN"),
            ("'DSN of catalog_forged'", self.quoted(self.operator.dsn("catalog_forged"))),
            ("'OLD DSN'", self.quoted(self.operator.dsn("catalog"))),
            ("'NEW DSN'", self.quoted(self.operator.dsn("catalog_2"))),
            ("'DSN'", self.quoted(self.operator.dsn("catalog"))), ("'ADMINISTRATOR'", self.quoted(administrator)),
            ("KEPT_FILE", str(self.operator.kept("catalog"))), ("OLD.key.vkey", "catalog.key.vkey"),
            ("LOG.key", "catalog.key"), ("PROFILES.toml", str(self.city.profiles)), ("WHY", "理由"), ("[--yes]", "--yes"),
            ("city.example/", "isesaki.example/"), ("/bundles/2026-11-20", f"{self.folder}/bundle"),
            ("trust.vkeys", str(self.auditor.trust[1])),
        ]

    def quoted(self, text: str) -> str:
        return '"' + text + '"'

    def administrator_of(self, database: str) -> tuple[str, str]:
        return "'ADMINISTRATOR to the new database'", self.quoted(self.city._cluster("dsn", database, "postgres").strip())

    def append(self, plan: str):
        self.city.ask("plan", "create", plan, "--file", SAMPLE / "strategy.toml")

    def do(self, commands: list[str], *names: tuple[str, str]) -> str:
        """All that they print; each has to succeed."""
        said = ""
        path = ":".join((str(self.city.programs), self.city._postgres_programs(), os.environ["PATH"]))
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        for command in commands:
            for before, after in (*names, *self.names):
                command = command.replace(before, after)
            done = subprocess.run([*as_user, "bash", "-c", command], capture_output=True, encoding="utf-8",
                                  cwd=self.folder, env=clean_environment(PATH=path), timeout=120)
            said += done.stdout + done.stderr
            self.assertEqual(done.returncode, 0, f"{command}\n{said}")
        return said

    def test_sealed_head(self):
        self.city.terminate("catalog")
        note = self.operator.kept("catalog").read_text()
        self.city.start("catalog")
        self.append("late")
        self.city.terminate("catalog")
        self.city.sql("catalog", "UPDATE log_head SET seal = NULL")
        self.operator.kept("catalog.sealed").unlink()
        self.operator.kept("catalog").write_text(note)
        look, accept, *anew = commands_of("sealed-head.md")
        looked = self.do([look])
        self.assertIn("Nothing was written", looked)
        self.assertIn("1 were accepted", self.do([accept], ("SIZE:ROOT", self.operator.expecting(looked)[1])))
        # And way out B: what the kept checkpoint vouches for, in a new database.
        self.operator.admit_to("catalog_forged")
        self.do(anew, self.administrator_of("catalog"))
        self.assertEqual(str(self.city.log_size("catalog")), note.split("\n")[1])
        self.city.start("catalog")

    def test_log_key(self):
        self.city.terminate("catalog")
        *change, verify, diff = commands_of("log-key.md")
        self.assertIn("names the log's next key", self.do(change))
        next_key = self.folder / "catalog-2.key"
        self.operator.start("catalog", log_key=next_key, previous_log_key=self.operator.key("catalog"))
        trust = self.auditor.trust[1]
        trust.write_text(trust.read_text() + next_key.with_suffix(".key.vkey").read_text())
        state = self.auditor.folder / "witness-catalog"
        run([*self.city.witness_command("catalog", state), "--log-vkey", next_key.with_suffix(".key.vkey")])
        bundle = self.auditor.export("bundle")
        self.city._own("auditor")
        self.do([verify, diff], ("witness-catalog/", f"{state}/"), ("BUNDLE", str(bundle)), ("POSITION --to POSITION", "0 --to 1"))

    def test_restored_log(self):
        export, look, refill, migrate, keygen, anew = commands_of("restored-log.md")
        self.city.back_up("catalog")
        self.do([export])
        self.append("lost")
        self.city.restore("catalog")
        self.assertEqual(self.operator.refused("catalog", "restored-log.md")["reason"], "LOG_ROLLED_BACK")
        self.do([look, refill])
        self.operator.new_database("catalog_2")
        self.do([migrate], self.administrator_of("catalog_2"))
        self.assertIn("at least 1 are lost", self.do([keygen, anew]))
        self.operator.start("catalog", dsn=self.operator.dsn("catalog_2"), origin="isesaki.example/catalog-2",
                            log_key=self.folder / "catalog-2.key", checkpoint_file=self.operator.kept("catalog-2"))


if __name__ == "__main__":
    cases.main()
