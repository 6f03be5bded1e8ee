"""Texts that may not be kept are deleted; nothing else is, and everybody sees that they were."""

import json
import unittest

from harness import cases
from harness.city import DENIED, DONE, FAILED, NOT_FOUND, City
from harness.proving import Auditor

KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")
SECRET = "山田太郎さんの連絡による"
WITHDRAWN = {"en": "(the text was withdrawn)", "ja": "（この文は削除されました）"}


class RedactionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.city.load(manifesto=False)

    def redact(self, position: int, *more: str, role: str = "operator", expect: int = DONE):
        return self.city.ask("log", "redact", position, "--reason", "個人名", *more, role=role, expect=expect)

    def stored(self) -> str:
        """What the log of progress consists of, texts aside."""
        return self.city.sql("progress", "SELECT string_agg(encode(sha256(bytes), 'hex'), '' ORDER BY position) "
                             "FROM entry WHERE position < %d" % self.size)

    def shown(self, position: int) -> dict:
        return json.loads(self.city.ask("log", "show", position, role="auditor").out)

    def test_a_reason_is_gone_and_its_place_says_so(self):
        self.city.ask("actual", "correct", *KPI, "--value", "1,234件", "--reason", SECRET)
        self.size = self.city.log_size("progress")
        position = self.size - 1
        self.assertIn(SECRET, self.city.ask("explain", *KPI).out)
        before, sheet = self.stored(), self.city.sheet()

        self.redact(position, role="planner", expect=DENIED)
        self.redact(position, "--validate-only")
        self.assertIn(SECRET, self.city.ask("explain", *KPI).out)
        self.redact(position)

        for language, words in WITHDRAWN.items():
            explanation = self.city.ask("explain", *KPI, language=language).out
            self.assertIn(words, explanation)
            self.assertNotIn(SECRET, explanation)
        self.assertEqual(self.shown(position)["texts"], [None])
        said = self.shown(self.size)
        self.assertEqual(said["entry"]["type"], "seisaku.log.v1.LogEvent/text_redacted")
        self.assertIn("/operator/", said["entry"]["actor"])
        self.assertEqual(said["texts"], ["個人名"])
        self.assertEqual(self.city.sql("progress", f"SELECT count(*) FROM entry_text WHERE text = '{SECRET}'"), "0")

        self.assertEqual(self.stored(), before)
        self.assertEqual(self.city.sheet()["rows"], sheet["rows"])
        self.assertIn("withdrawn before", self.redact(position).out)
        self.assertEqual(self.city.log_size("progress"), self.size + 1)
        for name in ("progress", "catalog"):
            self.city.terminate(name)
        for name in ("catalog", "progress"):
            self.city.start(name)
        self.assertEqual(self.city.sheet()["rows"], sheet["rows"])

    def test_register_says_which_text_of_which_entry_was_withdrawn_whose_when_and_why(self):
        place = ("--plan", "strategy", "--fiscal-year", "2022")
        self.city.ask("assessment", "record", KPI[0], *place, "--judgement", "順調", "--difference-reason", SECRET,
                      "--reason", "別の理由")
        position = self.city.log_size("progress") - 1
        entry = self.shown(position)
        index = entry["texts"].index(SECRET)
        self.redact(position, "--index", index)
        said = self.city.log_size("progress") - 1
        withdrawal = self.shown(said)
        expected = {
            "position": str(position), "index": index, "text": "difference_reason", "event": "assessment_recorded",
            "resource": entry["entry"]["resource"], "recordedAt": entry["entry"]["recordedAt"],
            "actor": entry["entry"]["actor"],
        }
        self.assertEqual(withdrawal["withdrawn"], expected)
        listed = self.city.ask("log", "list", "--from", said, role="auditor").out
        self.assertIn(f"text_redacted (entry {position}, text {index}: difference_reason)", listed)

        # And a text of catalog.
        of_catalog = int(self.city.sql("catalog", "SELECT position FROM entry_text ORDER BY position LIMIT 1"))
        self.redact(of_catalog, "--log", "catalog")
        auditor = Auditor(self.city)
        bundle = auditor.export("register")
        for kind in ("text_redacted", "文の削除"):
            done = auditor.run("-o", "json", "query", bundle, *auditor.trust, "--type", kind)
            self.assertEqual(done.returncode, DONE, done.stderr)
            found = {(one["log"], change["withdrawn"]["position"]): (one, change) for one in json.loads(done.stdout)
                     for change in one["changes"]}
            self.assertIn(("catalog", str(of_catalog)), found)
            one, change = found["progress", str(position)]
            self.assertEqual(change["withdrawn"], expected)
            self.assertEqual((one["recordedAt"], one["actor"]), (withdrawal["entry"]["recordedAt"], withdrawal["entry"]["actor"]))
            self.assertEqual((one["reason"], change["reason"], change["words"]), ("個人名", "個人名", []))
        table = auditor.run("--lang", "ja", "query", bundle, *auditor.trust, "--type", "文の削除").stdout
        (line,) = [line for line in table.splitlines() if line.split()[1:2] == [str(said)] and line.startswith("progress")]
        for part in ("/operator/", "個人名", str(position), "市の評価の登録: 自動判定と異なる理由", entry["entry"]["resource"],
                     entry["entry"]["actor"]):
            self.assertIn(part, line)
        csv = auditor.run("--lang", "en", "-o", "csv", "query", bundle, *auditor.trust, "--type", "text_redacted").stdout
        self.assertIn(f"assessment_recorded: difference_reason,{entry['entry']['resource']}", csv)
        of_kpi = auditor.run("-o", "json", "query", bundle, *auditor.trust, "--type", "文の削除", "--kpi", KPI[0]).stdout
        self.assertEqual({one["log"] for one in json.loads(of_kpi)}, {"progress"})
        told = auditor.run("--lang", "ja", "diff", bundle, *auditor.trust).stdout
        self.assertIn(f"ログ位置{position}の文{index}（市の評価の登録: 自動判定と異なる理由）", told)
        self.assertNotIn(SECRET, told)

    def test_words_are_gone_from_the_list(self):
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", SECRET)
        self.redact(self.city.log_size("progress") - 1)
        for language, words in WITHDRAWN.items():
            listed = self.city.ask("narrative", "list", *KPI, language=language).out
            self.assertIn(words, listed)
            self.assertNotIn(SECRET, listed)
        # They may be said again.
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "件数が減らない。")
        self.assertIn("件数が減らない。", self.city.ask("narrative", "list", *KPI).out)

    def test_progress_follows_a_catalog_that_withdrew_a_text(self):
        texts = self.city.sql("catalog", "SELECT position FROM entry_text ORDER BY position LIMIT 1")
        self.redact(int(texts), "--log", "catalog")
        size = self.city.log_size("catalog")
        self.city.ask("plan", "create", "other", "--file", self.plan_file())
        self.assertGreater(self.city.log_size("catalog"), size)
        self.city.ask_json("sheet", "--plan", "other", "--fiscal-year", "2022")

    def plan_file(self):
        file = self.city.directory / "home" / "plan.toml"
        file.write_text('title = "別の計画"\nlevels = ["政策"]\n', encoding="utf-8")
        return file

    def test_what_is_not_there_is_said_in_the_readers_language(self):
        answer = self.redact(self.city.log_size("progress") + 5, expect=NOT_FOUND)
        self.assertIn("TEXT_NOT_FOUND", answer.err)
        self.assertNotEqual(answer.code, FAILED)


if __name__ == "__main__":
    cases.main()
