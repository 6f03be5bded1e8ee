"""Texts that are not what their entries commit to: whoever shows texts refuses, and shows nothing of them."""

import json
import pathlib
import shutil
import unittest

from harness import cases, database_tampering, logs
from harness.city import DONE, FAILED, City
from harness.proving import CONTRADICTION, Auditor

KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")
REASON, WORDS, DIFFERENCE = "再集計による訂正", "件数が減らない。", "重大事故の減少を評価"
FORGED = "差し替えた文"


def of_other_words(text: bytes) -> bytes:
    return logs.build([(1, logs.field(text, 1, b"")), (2, FORGED.encode())])


def without_salt(text: bytes) -> bytes:
    """As withdrawn ones are, but with words."""
    return logs.build([(2, FORGED.encode())])


def with_longer_salt(text: bytes) -> bytes:
    """Hashes as before, while a part of the words is taken for salt."""
    salt, words = logs.field(text, 1, b""), logs.field(text, 2, b"")
    return logs.build([(1, salt + words[:3]), (2, words[3:])])


CHANGES = (of_other_words, without_salt, with_longer_salt)


class ChangedTextsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.city.load(manifesto=False)
        cls.auditor = Auditor(cls.city)
        cls.city.ask("actual", "correct", *KPI, "--value", "1,234件", "--reason", REASON)
        cls.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", WORDS)
        cls.city.ask("assessment", "record", *KPI, "--judgement", "delayed", "--difference-reason", DIFFERENCE)
        cls.city.ask_json("sheet", "--plan", "strategy", "--fiscal-year", "2022")
        cls.bundle = cls.auditor.export("bundle")

    def changed(self, change, words: str, log: str = "progress") -> tuple[pathlib.Path, int]:
        """A copy of the bundle in which the text with these words is another one, and the position of its entry."""
        bundle = pathlib.Path(shutil.copytree(self.bundle, self.auditor.folder / self.id() / change.__name__ / words))
        (file,) = (bundle / log).glob("entries-*.binpb")
        entries = logs.read_entries(file.read_bytes())
        (at,) = [at for at, stored in enumerate(entries) if words.encode() in stored]
        entries[at] = logs.build([
            (number, change(value) if number == 3 and words.encode() in value else value)
            for number, value in logs.fields(entries[at])
        ])
        file.write_bytes(logs.write_entries(entries))
        return bundle, at

    def refused(self, bundle: pathlib.Path, at: int, command: str, *words):
        for trust in (self.auditor.trust, []):
            with self.subTest(command=command, words=words, trust=bool(trust)):
                said = self.city.ask(command, bundle, *trust, *words, program="auditor", expect=CONTRADICTION)
                self.assertEqual(said.out, "")
                self.assertIn("TEXT_DIFFERS", said.err)
                self.assertIn(f"of entry {at} ", said.err)
                self.assertNotIn(FORGED, said.err)

    def test_a_reason_is_refused(self):
        for change in CHANGES:
            bundle, at = self.changed(change, REASON)
            self.assertEqual(self.auditor.run("verify", bundle, *self.auditor.trust).returncode, CONTRADICTION)
            self.refused(bundle, at, "query", "--type", "actual_corrected")
            self.refused(bundle, at, "diff")
            self.refused(bundle, at, "diff", "-o", "json")
            self.refused(bundle, at, "replay", "--step")
            self.refused(bundle, at, "replay", "explain", *KPI)
            self.refused(bundle, at, "replay", "log", "show", at)
            self.refused(bundle, at, "explain", *KPI)

    def test_words_are_refused(self):
        for change in CHANGES:
            bundle, at = self.changed(change, WORDS)
            self.refused(bundle, at, "query", "--type", "narrative_recorded")
            self.refused(bundle, at, "diff", "--html", self.auditor.folder / "page.html")
            self.refused(bundle, at, "replay", "narrative", "list", *KPI)
            self.refused(bundle, at, "replay", "log", "show", at)
        self.assertFalse((self.auditor.folder / "page.html").exists())

    def test_a_reason_for_a_difference_is_refused(self):
        for change in CHANGES:
            bundle, at = self.changed(change, DIFFERENCE)
            self.refused(bundle, at, "replay", "explain", *KPI)
            self.refused(bundle, at, "diff")

    def test_a_reason_of_catalog_is_refused(self):
        words = json.loads(self.city.ask("log", "show", "0", "--log", "catalog", role="auditor").out)["texts"][0]
        for change in CHANGES:
            bundle, at = self.changed(change, words, "catalog")
            self.refused(bundle, at, "explain", *KPI)
            self.refused(bundle, at, "replay", "explain", *KPI)
            self.refused(bundle, at, "diff")

    def test_a_sheet_shows_nothing_of_them(self):
        for change in CHANGES:
            for words in (REASON, WORDS, DIFFERENCE):
                bundle, _ = self.changed(change, words)
                for form in ("table", "json", "csv"):
                    done = self.auditor.run("replay", bundle, *self.auditor.trust, "-o", form, "sheet", "--plan", "strategy",
                                            "--fiscal-year", "2022")
                    self.assertIn(done.returncode, (DONE, CONTRADICTION))
                    for shown in (FORGED, words[1:]):
                        self.assertNotIn(shown, done.stdout)

    def test_a_running_service_shows_none(self):
        with City() as city:
            city.load(manifesto=False)
            city.ask("actual", "correct", *KPI, "--value", "1,234件", "--reason", REASON)
            at = city.log_size("progress") - 1
            city.sql("progress", database_tampering.without_triggers() +
                     f"UPDATE entry_text SET text = '{FORGED}' WHERE position = {at};" + database_tampering.with_triggers())
            said = city.ask("log", "show", at, role="auditor", expect=FAILED)
            self.assertEqual(said.out, "")
            self.assertIn("TEXT_DIFFERS", said.err)
            self.assertNotIn(FORGED, said.err)
            self.assertIn("TEXT_DIFFERS", city.ask("explain", *KPI, expect=FAILED).err)


if __name__ == "__main__":
    cases.main()
