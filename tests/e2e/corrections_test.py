"""What staff correct and take back, and what stays as it was where they do not say otherwise."""

import unittest

from harness import cases
from harness.city import INPUT_REFUSED, SAMPLE, City

YEAR = ("--plan", "strategy", "--fiscal-year", "2022")
# Printed as 10,060億円 (令和2年); and a KPI in words, whose target is met.
OF_ANOTHER_YEAR = "製造品出荷額等"


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.load(manifesto=False)


class WordsTest(unittest.TestCase):
    KIND = ("健康寿命", *YEAR, "--kind", "issues")

    def listed(self) -> list[str]:
        narratives = CITY.ask_json("narrative", "list", "健康寿命", *YEAR).get("narratives", [])
        return [one["text"] for one in narratives if one["kind"] == "NARRATIVE_KIND_ISSUES"]

    def test_are_taken_back_by_a_command_of_its_own(self):
        CITY.ask("narrative", "record", *self.KIND, "--text", "若い世代の関心が低い。")
        self.assertEqual(self.listed(), ["若い世代の関心が低い。"])
        taken_back = CITY.ask_json("narrative", "retract", *self.KIND, "--reason", "別の指標の文章だったため")
        self.assertEqual(taken_back["receipt"]["entries"], 1)
        self.assertTrue(taken_back["narrative"]["retracted"])
        self.assertEqual(self.listed(), [])
        again = CITY.ask("narrative", "retract", *self.KIND, "--reason", "もう一度")
        self.assertEqual(again.out, "there are no words to take back: unchanged\n")


class PlanTest(unittest.TestCase):
    def test_that_nobody_names_is_the_only_one_or_asked_for(self):
        profiles = CITY.profiles_with("no-plan.toml", ('plan = "strategy"\n', ""))
        CITY.ask("sheet", "--fiscal-year", "2022", profiles=profiles)
        for other in ("second", "third", "fourth"):
            CITY.ask("plan", "create", other, "--file", SAMPLE / "strategy.toml")
            answer = CITY.ask("sheet", "--fiscal-year", "2022", profiles=profiles, expect=None)
            self.assertIn("PLAN_UNCLEAR", answer.err, other)
            self.assertIn(other, answer.err)


class FigureTest(unittest.TestCase):
    def correct(self, kpi: str, value: str, *more: str) -> dict:
        answer = CITY.ask_json("actual", "correct", kpi, *YEAR, "--value", value, "--reason", "再集計", *more)
        return answer["actual"]

    def test_keeps_the_period_that_it_is_about(self):
        kept = {"calendarYear": 2020}
        self.assertEqual(self.correct(OF_ANOTHER_YEAR, "10,061億円")["value"]["observedPeriod"], kept)
        of_another = self.correct(OF_ANOTHER_YEAR, "10,062億円", "--observed", "令和3年")
        self.assertEqual(of_another["value"]["observedPeriod"], {"calendarYear": 2021})
        self.assertEqual(self.correct(OF_ANOTHER_YEAR, "10,063億円")["value"]["observedPeriod"], {"calendarYear": 2021})
        # The reporting year is what a figure is about where nothing else is said.
        of_the_year = self.correct(OF_ANOTHER_YEAR, "10,064億円", "--observed", "令和4年度")
        self.assertNotIn("observedPeriod", of_the_year["value"])

    def test_keeps_that_it_is_provisional(self):
        provisional = self.correct("新技術・新製品等の開発数", "7件", "--provisional")
        self.assertTrue(provisional["provisional"])
        self.assertTrue(self.correct("新技術・新製品等の開発数", "8件")["provisional"])
        final = self.correct("新技術・新製品等の開発数", "8件", "--final")
        self.assertFalse(final.get("provisional", False))
        self.assertEqual(final["value"]["number"]["value"], {"value": "8"})
        self.assertFalse(self.correct("新技術・新製品等の開発数", "9件").get("provisional", False))

    def test_is_the_same_request_when_it_is_sent_again(self):
        request = ("--request-id", "0192f4a0-0000-7000-8000-0000000000c1")
        first = CITY.ask_json("actual", "correct", "創業相談件数", *YEAR, "--value", "90件", "--reason", "再集計", *request)
        again = CITY.ask_json("actual", "correct", "創業相談件数", *YEAR, "--value", "90件", "--reason", "再集計", *request)
        self.assertTrue(again["receipt"]["repeated"])
        self.assertEqual(first["actual"], again["actual"])

    def test_in_words_keeps_whether_they_meet_the_target(self):
        rows = CITY.sheet()["rows"]
        (kpi,) = [row["kpi"] for row in rows if row["kpi"]["direction"] == "DIRECTION_QUALITATIVE"][:1]
        words = "待機児童はほぼなし"
        for more, met in (("--met",), True), (("--provisional",), True), (("--not-met",), False), (("--final",), False):
            with self.subTest(more=more, met=met):
                self.assertEqual(self.correct(kpi["title"], words, *more).get("qualitativeMet", False), met)

    def test_in_other_words_says_whether_they_meet_the_target(self):
        (kpi,) = [row["kpi"] for row in CITY.sheet()["rows"] if row["kpi"]["direction"] == "DIRECTION_QUALITATIVE"][:1]
        change = ("actual", "correct", kpi["name"], *YEAR, "--value", "待機児童2人ほど", "--reason", "再集計")
        answer = CITY.ask(*change, expect=INPUT_REFUSED)
        self.assertIn("--met or --not-met", answer.err)
        self.assertTrue(self.correct(kpi["title"], "待機児童なし")["qualitativeMet"])  # the target's words


if __name__ == "__main__":
    cases.main()
