"""A week of work, and what auditor makes of it: the services, the bundle alone and what policyctl printed agree, at
the end and as of the end of each day."""

import itertools
import json
import unittest

from harness import cases
from harness.city import DONE, City
from harness.proving import Auditor, alone, facts_of, with_reasons_of_catalog
from neighbour import address
from week import KPI, OF_KPI, SECRET, SHEET_YEAR, YEAR, Command, Week

READS = (
    ("sheet", "--plan", "strategy", "--fiscal-year", YEAR),
    ("sheet", "--plan", "strategy", "--fiscal-year", SHEET_YEAR),
    ("summary", "--plan", "strategy", "--fiscal-year", YEAR),
    ("explain", *OF_KPI),
    ("actual", "history", KPI, "--plan", "strategy"),
    ("narrative", "list", *OF_KPI),
    ("tree", "--plan", "strategy", "--kpis"),
    ("tree", "--plan", "manifesto"),
    ("kpi", "show", KPI, "--plan", "strategy"),
    ("department", "list"),
)
# What catalog answers, whose positions are not progress's.
OF_CATALOG = ("tree", "kpi", "department")


class AuditedWeekTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.city.load()
        cls.auditor = Auditor(cls.city)
        cls.week = Week(cls.city, cls.auditor, READS)
        cls.week.run()
        cls.addClassCleanup(cls.week.people.hang_up)
        cls.city.start("progress-1")
        cls.bundle = cls.auditor.export("bundle")

    def alone(self, command: str, *words) -> str:
        done = alone(command, self.bundle, *self.auditor.trust, *words)
        self.assertEqual(done.returncode, DONE, f"{command} {words}: {done.stderr}")
        return done.stdout

    def test_is_a_week(self):
        done = [command for day in self.week.days for command in day.done]
        self.assertEqual(len(self.week.days), 8)  # with the eve, on which the documents were there
        self.assertGreater(sum(command.entries for command in done), 500)
        self.assertGreaterEqual(len({command.actor for command in done}), 7)

    def test_services_and_bundle_are_proven_alike(self):
        since = [word for day in self.week.days for note in day.notes.values() for word in ("--since", note)]
        live = self.auditor.verify("--live", *since)
        exported = json.loads(self.alone("verify", "-o", "json", *since))
        self.assertTrue(live["proven"] and exported["proven"])
        self.assertEqual(facts_of(exported), facts_of(live))
        for log in exported["logs"]:
            self.assertEqual(log["provenSize"], log["size"])
            self.assertEqual(int(log["size"]), self.week.days[-1].sizes[log["log"]])
            kept = {point["from"]: point for point in log["checkpoints"]}
            for day in self.week.days:
                point = kept[str(day.notes[log["log"]])]
                self.assertEqual((int(point["size"]), point["holds"]), (day.sizes[log["log"]], True), day.name)
                self.assertEqual([each["cosigner"] for each in point["cosignatures"]], ["isesaki.example/auditor"])
        self.assertEqual(exported["logs"][1]["textsWithdrawn"], "1")

    def test_replays_what_was_printed_at_the_end(self):
        for words, said in self.week.days[-1].said.items():
            with self.subTest(words=words):
                self.assertEqual(self.alone("replay", *words), with_reasons_of_catalog(self.city, said))

    def test_replays_what_was_printed_on_each_day(self):
        for day in self.week.days:
            for words in READS:
                with self.subTest(day=day.name, words=words):
                    now = self.city.ask(*words, "--as-of", day.time).out
                    told = with_reasons_of_catalog(self.city, now)
                    self.assertEqual(self.alone("replay", "--to", day.time, *words), told)
                    if words[0] not in OF_CATALOG:
                        self.assertEqual(self.alone("replay", "--to", day.sizes["progress"], *words), told)
                    # The one text that was there on the day and was withdrawn later.
                    if SECRET in day.said[words]:
                        self.assertNotIn(SECRET, now)
                    else:
                        self.assertEqual(now, day.said[words])

    def test_departments_bear_the_name_of_their_day(self):
        for words in (READS[0], ("kpi", "list", "--plan", "strategy"), ("department", "list")):
            for day in self.week.days:
                name = "産業誘致課" if day.name == "sunday" else "企業誘致課"
                said = {self.city.ask(*words, "--as-of", day.time).out, self.alone("replay", "--to", day.time, *words)}
                if words[0] not in OF_CATALOG:
                    said |= {self.city.ask(*words, "--as-of", day.sizes["progress"]).out,
                             self.alone("replay", "--to", day.sizes["progress"], *words)}
                self.assertEqual(len(said), 1, (day.name, words))
                self.assertIn(name, said.pop(), (day.name, words))

    def test_what_was_withdrawn_was_shown_until_then_and_is_nowhere_now(self):
        shown = {day.name for day in self.week.days for said in day.said.values() if SECRET in said}
        self.assertLessEqual({"tuesday", "wednesday"}, shown)
        self.assertTrue(shown.isdisjoint({"friday", "saturday", "sunday"}))
        for file in self.bundle.rglob("*"):
            self.assertFalse(file.is_file() and SECRET.encode() in file.read_bytes(), file)

    def test_the_changes_of_a_day_are_those_that_were_made(self):
        for before, day in itertools.pairwise(self.week.days):
            with self.subTest(day=day.name):
                told = json.loads(self.alone("diff", "--from", before.sizes["progress"], "--to", day.sizes["progress"],
                                             "-o", "json"))
                changed = [Command(one["log"], one["actor"], one["requestId"], int(one["changes"][0]["position"]),
                                   len(one["changes"])) for one in told]
                self.assertEqual(changed, day.done)
                by_time = self.alone("diff", "--from", before.time, "--to", day.time, "-o", "json")
                self.assertEqual(json.loads(by_time), told)

    def test_every_change_is_told_with_its_reason(self):
        told = json.loads(self.alone("diff", "-o", "json"))
        reasons = {(change["event"], change.get("reason")) for one in told for change in one["changes"]}
        self.assertLessEqual({
            ("target_set", "中間見直し 0"), ("target_set", "中間見直し 3"), ("rule_set", "市の基準の公表"),
            ("kpi_retired", "調査の廃止"), ("department_updated", "組織改編"), ("actual_corrected", "週末の再確認"),
            ("text_redacted", "個人名が含まれていたため"),
        }, reasons)
        table = self.alone("query", "--type", "target_set")
        self.assertIn("中間見直し 0", table)

    def test_an_explanation_tells_why_a_target_was_changed(self):
        changed = self.week.figures[2]
        of_kpi = (changed.title, "--plan", "strategy", "--fiscal-year", YEAR)
        self.assertIn("中間見直し 0", self.alone("explain", *of_kpi))
        self.assertIn("中間見直し 0", self.alone("replay", "explain", *of_kpi))
        self.assertEqual(self.alone("replay", "explain", *of_kpi),
                         with_reasons_of_catalog(self.city, self.city.ask("explain", *of_kpi).out))

    def test_every_replica_holds_what_the_logs_add_up_to(self):
        replica = f"progress={address(self.city, 'progress-1')}"
        done = self.auditor.run("-o", "json", "compare", "--live", "--replica", replica)
        self.assertEqual(done.returncode, DONE, done.stderr)
        compared = json.loads(done.stdout)
        self.assertEqual([(one["log"], one["agrees"]) for one in compared],
                         [("catalog", True), ("progress", True), ("progress", True)])
        state = json.loads(self.alone("replay", "-o", "json"))
        for one in compared:
            replayed = state[one["log"]]
            self.assertEqual((one["size"], one["reported"]), (replayed["size"], replayed["stateDigest"]))


if __name__ == "__main__":
    cases.main()
