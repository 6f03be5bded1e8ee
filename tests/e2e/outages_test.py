"""What goes on, and what comes back by itself, when a part is gone."""

import unittest

from harness import cases
from harness.answers import judgements, short
from harness.children import wait_until
from harness.city import DONE, SAMPLE, UNAVAILABLE, City

KPI = "製造業の事業所数"


class OutagesTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.city.load(manifesto=False)

    def record(self, verb: str, value: str, **how):
        return self.city.ask("actual", verb, KPI, "--plan", "strategy", "--fiscal-year", "2022", "--value", value,
                             "--reason", "試験", **how)

    def sheet_answers(self) -> bool:
        answer = self.city.ask("sheet", "--plan", "strategy", "--fiscal-year", "2022", seconds=2, expect=None)
        return answer.code == DONE

    def test_progress_works_while_catalog_is_killed_and_follows_it_again(self):
        city, before = self.city, judgements(self.city.sheet())
        city.kill("catalog")
        self.assertEqual(judgements(city.sheet()), before)
        self.record("record", "188事業所")
        self.assertEqual(short(city.explain(KPI)["evaluation"]["judgement"]), "ON_TRACK")
        answer = city.ask("plan", "list", seconds=2, expect=UNAVAILABLE)
        self.assertTrue(answer.err)

        city.kill("progress")
        city.start("progress")
        self.assertEqual(short(city.explain(KPI)["evaluation"]["judgement"]), "ON_TRACK")

        city.start("catalog")
        city.ask("plan", "create", "later", "--file", SAMPLE / "strategy.toml")
        later = ("sheet", "--plan", "later", "--fiscal-year", "2022")
        wait_until("progress knows the new plan", lambda: city.ask(*later, expect=None).code == DONE)

    def test_postgresql_stopped_is_unavailable_and_recovers_by_itself(self):
        city, before = self.city, judgements(self.city.sheet())
        city.stop_postgres()
        answer = self.record("record", "188事業所", expect=None, seconds=3)
        self.assertEqual(answer.code, UNAVAILABLE, answer.err)
        self.assertIn("STORAGE_UNAVAILABLE", answer.err)
        self.assertTrue(city.children["progress"].is_running())
        self.assertTrue(city.children["catalog"].is_running())

        city.start_postgres()
        wait_until("the sheet is shown again", self.sheet_answers)
        self.assertEqual(judgements(city.sheet()), before)
        wait_until("a figure is recorded again",
                   lambda: self.record("record", "188事業所", expect=None).code == DONE)

    def test_services_killed_in_the_midst_fold_the_same_state(self):
        city, before = self.city, judgements(self.city.sheet())
        sizes = [city.log_size(name) for name in ("catalog", "progress")]
        for name in ("progress", "catalog"):
            city.kill(name)
        for name in ("catalog", "progress"):
            city.start(name)
        self.assertEqual(judgements(city.sheet()), before)
        self.assertEqual([city.log_size(name) for name in ("catalog", "progress")], sizes)

    def test_services_end_cleanly_when_asked(self):
        for name in ("progress", "catalog"):
            self.assertEqual(self.city.terminate(name), 0)


if __name__ == "__main__":
    cases.main()
