"""Both documents as they are shown after the import: trees, sheet, summary, explanations."""

import csv
import io
import itertools
import unittest
from fractions import Fraction

from harness import cases
from harness.answers import drawn, golden, golden_rows, nodes_of, number, short, target_of
from harness.city import NOT_FOUND, SAMPLE, USAGE, City


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.load()


class ManifestoTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.nodes = nodes_of(CITY.ask_json("tree", "--plan", "manifesto"))

    def test_has_8_33_and_143_items_on_its_three_levels(self):
        depths = [depth for depth, _ in self.nodes]
        self.assertEqual([depths.count(level) for level in range(3)], [8, 33, 143])
        self.assertEqual(len(depths), 184)

    def test_keeps_every_number_and_name_byte_for_byte(self):
        printed = []
        for line in (SAMPLE / "manifesto.txt").read_bytes().decode("utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) == 6 and cells[0].isdigit():
                printed.append(tuple(zip(cells[0::2], cells[1::2])))
        self.assertEqual(len(printed), 143)
        path: list = [None, None, None]
        shown = []
        for depth, node in self.nodes:
            path[depth:] = [(node["number"], node["title"])] + [None] * (2 - depth)
            if depth == 2:
                shown.append(tuple(path))
        self.assertEqual(shown, printed)

    def test_table_shows_every_name(self):
        table = CITY.ask("tree", "--plan", "manifesto").out
        for _, node in self.nodes:
            self.assertIn(node["title"], table)


class StrategyTest(unittest.TestCase):
    def test_tree_is_the_expected_one(self):
        self.maxDiff = None
        tree = CITY.ask_json("tree", "--plan", "strategy")
        self.assertMultiLineEqual(drawn(tree), golden("strategy-tree.txt"))

    def test_41_kpis_stand_under_their_goals(self):
        tree = CITY.ask_json("tree", "--plan", "strategy", "--kpis")
        goals = [
            sum("kpi" in item for item in items)
            for is_goal, items in itertools.groupby(tree["items"], lambda item: "node" in item and not item.get("depth"))
            if not is_goal
        ]
        self.assertEqual(goals, [15, 11, 15])

    def test_table_shows_the_names(self):
        table = CITY.ask("tree", "--plan", "strategy").out
        for line in golden("strategy-tree.txt").splitlines():
            self.assertIn(line.split(" | ")[1].removesuffix(" (provisional)"), table)


class SheetTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sheet = CITY.sheet()
        cls.expected = {}
        for row in golden_rows():
            cls.expected.setdefault((row["line"], row["kpi"]), []).append(row)

    def each_row(self, check):
        """Calls check(row, the golden rows of its components) for every row of the sheet."""
        self.assertEqual(len(self.sheet["rows"]), 41)
        for row, (key, parts) in zip(self.sheet["rows"], self.expected.items(), strict=True):
            with self.subTest(line=key[0], kpi=key[1]):
                self.assertEqual(row["kpi"]["title"], key[1])
                check(row, parts)

    def test_inputs_are_the_printed_ones(self):
        def check(row, parts):
            kpi, components = row["kpi"], row["evaluation"]["components"]
            self.assertEqual(short(kpi["direction"]), parts[0]["direction"])
            self.assertEqual(kpi.get("components", []), [part["component"] for part in parts if part["component"]])
            self.assertEqual([c.get("component", "") for c in components], [p["component"] for p in parts])
            for component, part in zip(components, parts):
                self.assertIn(component["target"]["printed"], part["target"])
                self.assertEqual(component["target"], target_of(kpi, 2022, part["component"]))
                if part["actual"] == "-":
                    self.assertNotIn("actual", component)
                else:
                    self.assertIn(component["actual"]["value"]["printed"], part["actual"])

        self.each_row(check)

    def test_rates_are_exact(self):
        def check(row, parts):
            for component, part in zip(row["evaluation"]["components"], parts):
                expected = [Fraction(part[name]) if part[name] else None for name in ("numerator", "denominator", "rate")]
                shown = [number(component.get(name)) for name in ("numerator", "denominator", "ratePercent")]
                self.assertEqual(shown, expected)
            rates = [Fraction(part["rate"]) for part in parts if part["rate"]]
            self.assertEqual(number(row["evaluation"].get("ratePercent")), min(rates, default=None))

        self.each_row(check)

    def test_judgements_and_codes_are_the_expected_ones(self):
        def check(row, parts):
            evaluation = row["evaluation"]
            self.assertEqual(short(evaluation["judgement"]), parts[0]["judgement"])
            self.assertEqual([short(code) for code in evaluation.get("codes", [])], parts[0]["codes"].split())
            for component in evaluation["components"]:
                self.assertEqual(short(component["judgement"]), parts[0]["judgement"])

        self.each_row(check)

    def test_official_assessments_stand_as_printed(self):
        def check(row, parts):
            official = row["evaluation"]["official"]
            self.assertEqual(official["printed"], parts[0]["official"])
            self.assertEqual([short(cause) for cause in official.get("causes", [])], parts[0]["causes"].split())
            self.assertEqual(row["evaluation"].get("differs", False), parts[0]["differs"] == "yes")

        self.each_row(check)

    def test_rule_and_target_revision_are_named(self):
        def check(row, _):
            evaluation = row["evaluation"]
            self.assertEqual(evaluation["rule"]["method"], "ratio/1")
            self.assertEqual(evaluation["ruleVersion"], 1)
            self.assertEqual(evaluation["targetRevision"], 1)

        self.each_row(check)

    def test_every_input_was_read_from_its_line(self):
        def check(row, parts):
            explanation = CITY.explain(row["kpi"]["name"])
            cells = {
                (entry["input"], entry.get("component", "")): entry["source"]
                for entry in explanation["provenance"]
                if "source" in entry
            }
            for part in parts:
                for name in ("target", "actual"):
                    if part[name] == "-":
                        continue
                    source = cells[(name, part["component"])]
                    self.assertEqual(source["document"], "progress-sheet.txt")
                    self.assertEqual(source["line"], int(part["line"]))
                    self.assertEqual(source["printed"], part[name])
            self.assertEqual(cells[("official", "")]["line"], int(parts[0]["line"]))
            self.assertEqual(cells[("official", "")]["printed"], parts[0]["official"])

        self.each_row(check)

    def test_table_shows_every_row_with_its_figures(self):
        table = CITY.ask("sheet", "--plan", "strategy", "--fiscal-year", "2022").out
        for (_, kpi), parts in self.expected.items():
            self.assertIn(kpi, table)
            for part in parts:
                self.assertIn(part["component"], table)
                if part["rate"]:
                    self.assertIn(part["rate"], table)
                for department in part["departments"].split():
                    self.assertIn(department, table)
        for goal in ("しごとの創生", "ひとの創生", "まちの創生"):
            self.assertIn(goal, table)

    def test_csv_has_every_row(self):
        text = CITY.ask("-o", "csv", "sheet", "--plan", "strategy", "--fiscal-year", "2022").out
        records = list(csv.reader(io.StringIO(text), strict=True))
        self.assertEqual({len(record) for record in records}, {len(records[0])})
        for (_, kpi), parts in self.expected.items():
            rows = [record for record in records if kpi in record]
            self.assertGreaterEqual(len(rows), 1, kpi)
            for department in parts[0]["departments"].split():
                self.assertTrue(any(department in field for field in rows[0]), department)

    def test_another_year_has_no_figures(self):
        for row in CITY.sheet(year=2024)["rows"]:
            self.assertEqual(short(row["evaluation"]["judgement"]), "NOT_EVALUABLE")

    def test_unknown_plan_is_not_found(self):
        CITY.ask("sheet", "--plan", "nothing", "--fiscal-year", "2022", expect=NOT_FOUND)

    def test_year_that_is_none_is_wrong_usage(self):
        CITY.ask("sheet", "--plan", "strategy", "--fiscal-year", "soon", expect=USAGE)


class SummaryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.answer = CITY.ask_json("summary", "--plan", "strategy", "--fiscal-year", "2022")

    def counts(self, which: str) -> list[tuple]:
        names = ("onTrack", "mostlyOnTrack", "delayed", "notEvaluable")
        return [tuple(entry[which].get(name, 0) for name in names) for entry in self.answer["nodes"]]

    def test_goals_come_in_order_and_the_plan_last(self):
        titles = [entry.get("node", {}).get("title", "") for entry in self.answer["nodes"]]
        self.assertEqual(titles[:3], ["しごとの創生", "ひとの創生", "まちの創生"])
        self.assertEqual(len(titles), 4)
        self.assertEqual([entry["derived"]["kpis"] for entry in self.answer["nodes"]], [15, 11, 15, 41])

    def test_official_counts_are_the_citys(self):
        self.assertEqual([row[1:3] for row in self.counts("official")[:3]], [(1, 7), (0, 6), (2, 8)])
        self.assertEqual(self.counts("official")[3], (14, 3, 21, 3))

    def test_derived_counts_are_the_rules(self):
        self.assertEqual([row[1:3] for row in self.counts("derived")[:3]], [(0, 8), (0, 6), (3, 7)])
        self.assertEqual(self.counts("derived")[3], (14, 3, 21, 3))

    def test_two_differ_and_three_await_their_figure(self):
        self.assertEqual([entry.get("differing", 0) for entry in self.answer["nodes"]], [1, 0, 1, 2])
        self.assertEqual(self.answer["nodes"][3].get("awaitingActual", 0), 3)

    def test_csv_can_be_read(self):
        text = CITY.ask("-o", "csv", "summary", "--plan", "strategy", "--fiscal-year", "2022").out
        records = list(csv.reader(io.StringIO(text), strict=True))
        self.assertGreaterEqual(len(records), 5)
        self.assertEqual({len(record) for record in records}, {len(records[0])})


class ExplainTest(unittest.TestCase):
    def explained(self, kpi: str, *words: str) -> dict:
        """The answer; the words of the table must hold `words`."""
        table = CITY.ask("explain", kpi, "--plan", "strategy", "--fiscal-year", "2022").out
        for word in ("ratio/1", "progress-sheet.txt", "seisaku://isesaki/planner/", *words):
            self.assertIn(word, table)
        answer = CITY.explain(kpi)
        inputs = {entry["input"] for entry in answer["provenance"]}
        self.assertLessEqual({"target", "rule", "official", "direction"}, inputs)
        for entry in answer["provenance"]:
            self.assertTrue(entry["recordedAt"].endswith("Z"))
            self.assertEqual(entry["actor"], "seisaku://isesaki/planner/planner-1")
            self.assertIn(entry["log"], ("catalog", "progress"))
        return answer

    def test_fewer_accidents_are_better(self):
        answer = self.explained("交通事故発生件数", "1,220件 (令和4年)", "1,143件 (令和4年)", "106.7", "55")
        part = answer["evaluation"]["components"][0]
        self.assertEqual((number(part["numerator"]), number(part["denominator"])), (1220, 1143))
        self.assertTrue(part["met"])

    def test_missing_components_are_named(self):
        answer = self.explained("健康寿命", "男性", "女性", "78.46", "80.66", "男性 78.46歳 女性 80.66歳")
        self.assertEqual(short(answer["evaluation"]["judgement"]), "NOT_EVALUABLE")
        self.assertEqual([short(code) for code in answer["evaluation"]["codes"]], ["ACTUAL_MISSING"])

    def test_scaled_units_are_compared(self):
        answer = self.explained("コミュニティバス利用者数", "33万人", "244,765人", "74.2")
        part = answer["evaluation"]["components"][0]
        self.assertEqual((number(part["numerator"]), number(part["denominator"])), (244765, 330000))

    def test_words_are_met_as_recorded(self):
        answer = self.explained("保育施設待機児童数", "待機児童なし")
        part = answer["evaluation"]["components"][0]
        self.assertTrue(part["met"])
        self.assertNotIn("ratePercent", part)

    def test_differing_periods_are_warned_of(self):
        answer = self.explained("特定健康診査実施率", "43.2% (令和3年度)", "53.0%", "81.5")
        self.assertEqual([short(code) for code in answer["evaluation"]["codes"]], ["OBSERVED_PERIODS_DIFFER"])
        self.assertEqual(
            answer["evaluation"]["components"][0]["actual"]["value"]["observedPeriod"], {"fiscalYear": 2021}
        )

    def test_unknown_kpi_is_not_found(self):
        CITY.ask("explain", "ない指標", "--plan", "strategy", "--fiscal-year", "2022", expect=NOT_FOUND)


class FormatsTest(unittest.TestCase):
    def test_every_list_is_json_and_csv(self):
        for words in (
            ("plan", "list"),
            ("kpi", "list", "--plan", "strategy"),
            ("kpi", "show", "--plan", "strategy", "交通事故発生件数"),
            ("tree", "--plan", "manifesto"),
            ("log", "list"),
        ):
            with self.subTest(words=words):
                self.assertIsInstance(CITY.ask_json(*words), dict)
                records = list(csv.reader(io.StringIO(CITY.ask("-o", "csv", *words).out), strict=True))
                self.assertGreater(len(records), 1)
                self.assertEqual({len(record) for record in records}, {len(records[0])})

    def test_plans_are_listed(self):
        plans = CITY.ask_json("plan", "list")["plans"]
        self.assertEqual([plan["name"] for plan in plans], ["plans/manifesto", "plans/strategy"])

    def test_log_is_listed_from_its_first_entry_and_shown(self):
        for service in ("catalog", "progress"):
            listed = CITY.ask("log", "list", "--log", service).out
            self.assertIn("seisaku://isesaki/", listed)
            self.assertTrue(CITY.ask("log", "show", "0", "--log", service).out)


if __name__ == "__main__":
    cases.main()
