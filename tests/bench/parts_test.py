"""Of a run of benchmarks: one part that fails leaves the others alone, and ratios are of rounds that go either way."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "e2e")]

from harness import cases  # noqa: E402
from measuring.parts import run_parts  # noqa: E402
from measuring.table import Results, Sample  # noqa: E402


def measured(rate: float):
    return lambda results: results.add("appends", Sample(rate=rate, p99_ms=2.5))


def failing(results: Results):
    results.add("what came before", Sample(rate=7))
    raise AttributeError("Results has no attribute rate")


class PartsTest(unittest.TestCase):
    def run_parts(self, parts: dict, file: pathlib.Path | None = None) -> tuple[list[str], str]:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            failed = run_parts(parts, file)
        return failed, said.getvalue()

    def test_a_part_that_fails_leaves_the_others_alone(self):
        failed, said = self.run_parts({"first": measured(1), "broken": failing, "last": measured(3)})
        self.assertEqual(failed, ["broken"])
        self.assertIn("--- first: done", said)
        self.assertIn("--- broken: FAILED", said)
        self.assertIn("--- last: done", said)
        self.assertTrue(said.endswith("3 parts, 1 failed: broken\n"), said)

    def test_a_part_that_fails_says_where_and_prints_what_it_has(self):
        _, said = self.run_parts({"broken": failing})
        self.assertIn("AttributeError: Results has no attribute rate", said)
        self.assertIn("in failing", said)
        self.assertRegex(said, r"(?m)^what came before +7 +7 +7$")

    def test_a_table_stands_before_the_next_part_begins(self):
        def next_part(_):
            self.assertIn("appends ", sys.stdout.getvalue().partition("--- first: done")[2])

        failed, said = self.run_parts({"first": measured(1), "next": next_part})
        self.assertEqual(failed, [], said)

    def test_the_file_has_every_part_that_is_done(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "figures.json"

            def looks(_):
                self.assertEqual(list(json.loads(file.read_text(encoding="utf-8"))), ["first", "broken"])

            failed, said = self.run_parts({"first": measured(1), "broken": failing, "looks": looks}, file)
            self.assertEqual(failed, ["broken"], said)
            written = json.loads(file.read_text(encoding="utf-8"))
        self.assertEqual(list(written), ["first", "broken", "looks"])
        self.assertIsNone(written["first"]["error"])
        self.assertEqual(written["first"]["samples"]["appends"][0]["rate"], 1)
        self.assertIn("AttributeError", written["broken"]["error"])


class ResultsTest(unittest.TestCase):
    def rounds(self, results: Results, ours: list[float], peer: list[float]):
        """Measures both in turns; returns who was asked, in order."""
        asked = []

        def rate(name: str, values):
            def measure() -> Sample:
                asked.append(name)
                return Sample(rate=next(values))

            return measure

        turns = {"ours": rate("ours", iter(ours)), "peer": rate("peer", iter(peer))}
        with contextlib.redirect_stdout(io.StringIO()):
            for number in range(len(ours)):
                results.take_turns(number, turns)
        return asked

    def printed(self, results: Results) -> str:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            results.print()
        return said.getvalue()

    def test_every_second_round_goes_the_other_way(self):
        asked = self.rounds(Results(), [1, 1, 1], [1, 1, 1])
        self.assertEqual(asked, ["ours", "peer", "peer", "ours", "ours", "peer"])

    def test_a_ratio_is_the_median_of_the_rounds_with_its_spread(self):
        results = Results()
        # The machine is ten times as fast in the second round: that says nothing about the two.
        self.rounds(results, [50, 900, 80], [100, 1000, 100])
        results.compare("ours beside the peer", "ours", "peer", 0.9)
        row = results.ratios[0]
        self.assertEqual((row["median"], row["least"], row["most"], row["number"]), (0.8, 0.5, 0.9, 3))
        self.assertIn("0.800 ×  0.500 to 0.900 in 3", self.printed(results))
        self.assertIn("(at least 0.9)  MISSED", self.printed(results))

    def test_one_round_is_enough(self):
        results = Results()
        self.rounds(results, [30], [20])
        results.compare("ours beside the peer", "ours", "peer", 1)
        self.assertIn("1.500 ×  1.500 to 1.500 in 1", self.printed(results))

    def test_what_was_not_measured_is_not_compared(self):
        results = Results()
        self.rounds(results, [1], [1])
        results.compare("ours beside nobody", "ours", "nobody", 1)
        self.assertEqual(results.ratios, [])

    def test_a_figure_has_its_spread_and_its_limit(self):
        results = Results()
        results.figure("slowest", [7, 4, 5], "ms", at_most=5)
        results.figure("fold", 10, "entries/s", at_least=20)
        self.assertRegex(self.printed(results), r"slowest +5\.00 ms +4\.00 to 7\.00 in 3 +\(at most 5\)  reached")
        self.assertRegex(self.printed(results), r"fold +10\.00 entries/s +\(at least 20\)  MISSED")

    def test_nothing_done_is_no_rate(self):
        with self.assertRaisesRegex(AssertionError, "appends: nothing was done"):
            measured(0)(Results())


if __name__ == "__main__":
    cases.main()
