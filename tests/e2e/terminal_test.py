"""Nothing that somebody wrote reaches a terminal as it is: not from the services, a bundle, a document or a file's name."""

import os
import pty
import re
import subprocess
import threading
import unittest

from harness import cases
from harness.children import clean_environment
from harness.city import City
from harness.proving import Auditor

# What a title, a reason and words may hold: the services refuse C0 and C1 controls there.
TURNED = "\u202E\u2066題\u200B\uFEFF\u2028"
SHOWN = "⟨U+202E⟩⟨U+2066⟩題⟨U+200B⟩⟨U+FEFF⟩⟨U+2028⟩"
ESCAPE = "\x1b[31m\x9b7m"
KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")
# The program's own: it clears its line of progress.
OWN = "\r\x1b[K"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]")


class TerminalTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.city.load(manifesto=False)
        cls.home = cls.city.directory / "home"
        file = cls.home / "plan.toml"
        file.write_text(f'title = "{TURNED}"\nlevels = ["{TURNED}"]\n', encoding="utf-8")
        cls.city.ask("plan", "create", "hostile", "--file", file)
        cls.city.ask("actual", "correct", *KPI, "--value", "1,234件", "--reason", TURNED + "\n公式評価 ")
        cls.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", TURNED)
        cls.city.ask("assessment", "record", *KPI, "--judgement", "順調", "--difference-reason", TURNED)
        cls.city.ask_json("sheet", "--plan", "strategy", "--fiscal-year", "2022")
        cls.auditor = Auditor(cls.city)
        cls.bundle = cls.auditor.export("bundle")

    def on_terminal(self, *words, program: str = "policyctl", role: str | None = None) -> str:
        """Both outputs, as a terminal gets them."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            self.city.command(*words, program=program, role=role), stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
            env=clean_environment(HOME=str(self.home)), cwd=self.home,
        )
        os.close(slave)
        got = bytearray()

        def read():
            try:
                while piece := os.read(master, 65536):
                    got.extend(piece)
            except OSError:  # the other end is closed
                pass

        reader = threading.Thread(target=read)
        reader.start()
        process.wait(timeout=60)
        reader.join(timeout=60)
        os.close(master)
        return got.decode("utf-8").replace(OWN, "")

    def clean(self, *words, **how) -> str:
        with self.subTest(words=words):
            said = self.on_terminal(*words, **how)
            self.assertTrue(said)
            self.assertIsNone(UNSEEN.search(said), repr(said))
            return said
        return ""

    def test_answers_in_every_form(self):
        for form in ("table", "json", "csv"):
            for words in (("plan", "list"), ("plan", "show", "hostile"), ("narrative", "list", *KPI), ("explain", *KPI),
                          ("sheet", "--plan", "strategy", "--fiscal-year", "2022")):
                self.clean("-o", form, *words)
        self.assertIn(SHOWN, self.clean("plan", "list"))
        self.assertIn(SHOWN, self.clean("-o", "csv", "plan", "list"))
        self.assertIn("\\u202e\\u2066題\\u200b\\ufeff\\u2028", self.clean("-o", "json", "plan", "list"))

    def test_a_reason_of_several_lines_makes_no_line_that_looks_like_another(self):
        said = self.clean("explain", *KPI).replace("\r\n", "\n")
        self.assertRegex(said, rf"\n  Reason +{re.escape(SHOWN)}\n +公式評価")

    def test_raw_entries(self):
        position = self.city.log_size("progress") - 2
        self.assertIn("\\u202e\\u2066題", self.clean("log", "show", position, role="auditor"))
        self.clean("log", "list", role="auditor")

    def test_a_bundle(self):
        for words in (("diff",), ("query", "--type", "narrative_recorded"), ("replay", "--step"), ("replay", "plan", "list")):
            said = self.clean(words[0], self.bundle, *self.auditor.trust, *words[1:], program="auditor")
            self.assertIn("⟨U+202E⟩", said)
        page = self.auditor.folder / "page.html"
        self.city.ask("diff", self.bundle, *self.auditor.trust, "--html", page, program="auditor")
        self.assertIsNone(UNSEEN.search(page.read_text(encoding="utf-8")))

    def test_names_of_files_and_documents(self):
        name = f"{ESCAPE}{TURNED[:2]}.txt"
        self.assertIn("␛[31m", self.clean("import", "manifesto", name, "--plan", "hostile"))
        (self.home / name).write_text(f"政策\t施策\t内容\n1\t{ESCAPE}\n", encoding="utf-8")
        self.assertIn("␛[31m", self.clean("import", "manifesto", name, "--plan", "hostile"))
        self.clean("diff", f"bundle{ESCAPE}", program="auditor")
        self.clean("plan", "show", f"x{TURNED}")
        self.clean("plan", "list", "--output", f"/nowhere/{ESCAPE}.csv")
        self.clean(f"dance{ESCAPE}")

    def test_machines_get_every_byte(self):
        self.assertIn(TURNED, self.city.ask("-o", "csv", "plan", "list").out)
        plans = self.city.ask_json("plan", "list")["plans"]
        self.assertIn(TURNED, [plan["title"] for plan in plans])
        file = self.home / "plans.csv"
        self.city.ask("plan", "list", "--output", file)
        self.assertIn(TURNED, file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    cases.main()
