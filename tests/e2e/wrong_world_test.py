"""Imports that the world cuts off: Ctrl-C, PostgreSQL stopped. Commands are whole or absent: of a first import either
nothing is there, or catalog's part, or all of it; progress's part is never there by half. The same command finishes the
work. The messages are golden/messages/world.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew)."""

import math
import signal
import subprocess
import unittest

from harness import cases
from harness.answers import judgements
from harness.children import clean_environment, wait_until
from harness.city import DONE, SAMPLE, UNAVAILABLE, Answer, City
from harness.gate import Gate
from harness.golden_messages import LANGUAGES, Goldens, MessageTest

# Bytes; either service is sent much more.
SOME_OF_A_CALL = 4000
INTERRUPTED = 128 + signal.SIGINT
SHEET = SAMPLE / "progress-sheet.txt"
# Positions of this city's logs.
POSITIONS = [(r"(?<=position )\d+|(?<=位置 )\d+", "POSITION")]


def setUpModule():
    city = unittest.enterModuleContext(City())
    city.load(manifesto=False)
    MessageTest.goldens = unittest.enterModuleContext(Goldens("world", city))


class WorldTest(MessageTest):
    def plan(self, name: str) -> str:
        """A plan that nothing was imported into, and that progress knows."""
        self.city.ask("plan", "create", name, "--file", SAMPLE / "strategy.toml")
        wait_until("progress knows the plan", lambda: self.city.ask(
            "sheet", "--plan", name, "--fiscal-year", "2022", expect=None).code == DONE)
        return name

    def gate(self, service: str, limit: float) -> Gate:
        address = (self.city.directory / "run" / f"{service}.address").read_text(encoding="utf-8").strip()
        return self.enterContext(Gate(address, limit))

    def gate_half_way(self, service: str, plan: str) -> Gate:
        """A gate that shuts when the service has a part of what an import writes. What it sends before, a dry run
        sends too."""
        gate = self.gate(service, math.inf)
        profiles = self.profiles_through(service, gate, f"{plan}-dry")
        self.city.ask(*self.words(plan), "--dry-run", profiles=profiles)
        return self.gate(service, gate.passed + SOME_OF_A_CALL)

    def profiles_through(self, service: str, gate: Gate, name: str):
        line = f'{service}_address_file = "{self.city.directory}/run/{service}.address"'
        return self.city.profiles_with(name, (line, f'{service} = "{gate.address}"'))

    def words(self, plan: str) -> tuple:
        return "import", "progress-sheet", SHEET, "--plan", plan, "--confirm", SAMPLE / "strategy.confirm.toml"

    def start(self, plan: str, profiles, language: str) -> subprocess.Popen:
        command = self.city.command(*self.words(plan), language=language, profiles=profiles)
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
            env=clean_environment(HOME=str(self.city.directory / "home")),
        )

    def end_of(self, process: subprocess.Popen) -> Answer:
        out, err = process.communicate(timeout=60)
        return Answer(process.returncode, out, err)

    def has_figures(self, plan: str) -> bool:
        rows = self.city.sheet(plan).get("rows", [])
        return any("actual" in part for row in rows for part in row["evaluation"].get("components", []))

    def finish(self, plan: str):
        """The same command finishes the work; then the plan is what it would have been, and nothing is doubled."""
        self.city.import_sheet(plan=plan)
        self.assertEqual(judgements(self.city.sheet(plan)), judgements(self.city.sheet("strategy")))
        after = self.sizes()
        self.city.import_sheet(plan=plan)
        self.assertEqual(self.sizes(), after)
        history = self.city.ask_json("actual", "history", "新規就農者数", "--plan", plan)
        self.assertEqual(len(history["actuals"]), 1)


class CtrlCTest(WorldTest):
    def interrupted(self, service: str, grown: bool):
        """Ctrl-C while the service has half of what is to be written."""
        answers = {}
        for language in LANGUAGES:
            plan = self.plan(f"{service}-{language}")
            catalog = self.city.log_size("catalog")
            gate = self.gate_half_way(service, plan)
            process = self.start(plan, self.profiles_through(service, gate, plan), language)
            self.assertTrue(gate.held.wait(60))
            process.send_signal(signal.SIGINT)
            answers[language] = self.end_of(process)
            self.assertEqual(answers[language].code, INTERRUPTED, answers[language].err)
            gate.cut()
            self.assertEqual(self.city.log_size("catalog") > catalog, grown)
            self.assertFalse(self.has_figures(plan))
        self.finish(plan)
        self.compare(self.words("PLAN"), answers, hidden=[(f"{service}-(ja|en)", "PLAN")])

    def test_ctrl_c_while_catalog_has_half(self):
        self.interrupted("catalog", grown=False)

    def test_ctrl_c_while_progress_has_half(self):
        self.interrupted("progress", grown=True)

    def test_ctrl_c_before_anything_was_sent(self):
        answers = {}
        for language in LANGUAGES:
            before = self.sizes()
            gate = self.gate("catalog", 0)
            process = self.start("strategy", self.profiles_through("catalog", gate, f"early-{language}"), language)
            self.assertTrue(gate.held.wait(60))
            process.send_signal(signal.SIGINT)
            answers[language] = self.end_of(process)
            self.assertEqual(answers[language].code, INTERRUPTED, answers[language].err)
            self.assertEqual(self.sizes(), before)
        self.compare(self.words("strategy"), answers)


class PostgresqlTest(WorldTest):
    def test_postgresql_stopped_while_progress_has_half(self):
        answers = {}
        for language in LANGUAGES:
            plan = self.plan(f"stopped-{language}")
            catalog, progress = self.sizes()
            gate = self.gate_half_way("progress", plan)
            process = self.start(plan, self.profiles_through("progress", gate, plan), language)
            self.assertTrue(gate.held.wait(60))
            self.assertGreater(self.city.log_size("catalog"), catalog)
            # Else it could be this that fails, and not what was sent.
            wait_until("progress follows catalog", lambda: self.city.log_size("progress") > progress)
            self.city.stop_postgres()
            gate.open()
            answers[language] = self.end_of(process)
            self.assertEqual(answers[language].code, UNAVAILABLE, answers[language].err)
            self.city.start_postgres()
            wait_until("the services are back", lambda: self.city.ask(
                *self.words(plan), "--dry-run", seconds=2, expect=None).code == DONE)
            self.finish(plan)
        self.compare(self.words("PLAN"), answers, hidden=[("stopped-(ja|en)", "PLAN"), *POSITIONS])


if __name__ == "__main__":
    cases.main()
