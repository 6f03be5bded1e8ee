"""Files that Excel in a Japanese office opens: UTF-8 with a BOM, CP932 on demand, no text that becomes a formula."""

import csv
import io
import json
import re
import unittest

from harness import cases
from harness.city import CONFLICT, FAILED, SAMPLE, USAGE, City
from harness.shell import Shell

BOM = "\ufeff".encode("utf-8")
SHEET = ("sheet", "--plan", "strategy", "--fiscal-year", "R4")
TREE = ("tree", "--plan", "strategy")
NO_CP932 = "诊"


def setUpModule():
    global CITY, SHELL, DESK
    CITY = unittest.enterModuleContext(City())
    CITY.load()
    DESK = CITY.directory / "desk"
    SHELL = Shell(CITY, DESK)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


class Utf8Test(unittest.TestCase):
    def test_csv_file_has_a_bom_and_crlf_and_says_what_standard_output_says(self):
        SHELL.must(*SHEET, "-o", "csv", "--output", "sheet.csv")
        written = (DESK / "sheet.csv").read_bytes()
        self.assertTrue(written.startswith(BOM))
        shown = SHELL.must(*SHEET, "-o", "csv")
        self.assertEqual(written.removeprefix(BOM).decode("utf-8"), shown)
        self.assertEqual(len(rows(shown)), 46)
        self.assertEqual(shown.count("\r\n"), 46)
        self.assertFalse(shown.startswith("\ufeff"))

    def test_extension_says_the_form_where_no_option_does(self):
        SHELL.must(*SHEET, "--output", "again.CSV")
        self.assertEqual((DESK / "again.CSV").read_bytes()[:3], BOM)
        SHELL.must(*SHEET, "--output", "sheet.json")
        self.assertEqual((DESK / "sheet.json").read_text(encoding="utf-8"), SHELL.must(*SHEET, "-o", "json"))
        SHELL.must(*SHEET, "-o", "json", "--output", "json.txt")
        self.assertEqual((DESK / "json.txt").read_bytes(), (DESK / "sheet.json").read_bytes())
        SHELL.must(*SHEET, "--output", "sheet.txt")
        self.assertEqual((DESK / "sheet.txt").read_text(encoding="utf-8"), SHELL.must(*SHEET))


    def test_name_that_promises_another_format_is_refused(self):
        for words in (("--output", "sheet.xlsx"), ("-o", "csv", "--output", "sheet.xlsx"), ("--output", "sheet.pdf"),
                      ("-o", "json", "--output", "other.csv")):
            answer = SHELL.run(*SHEET, *words, "--lang", "en")
            self.assertEqual(answer.code, USAGE, words)
            self.assertIn("--output is not right; expected: a file name that ends in", answer.err)
            self.assertIn(words[-1], answer.err)
            self.assertFalse((DESK / words[-1]).exists())
        # Nothing was recorded either.
        size = CITY.log_size("progress")
        place = ("--plan", "strategy", "--fiscal-year", "2022")
        self.assertEqual(SHELL.run("actual", "correct", "健康寿命", *place, "--component", "男性", "--value", "79.00歳",
                                   "--output", "x.xlsx").code, USAGE)
        self.assertEqual(CITY.log_size("progress"), size)


class Cp932Test(unittest.TestCase):
    def test_file_holds_the_same_text(self):
        tree = ("tree", "--plan", "manifesto")
        SHELL.must(*tree, "--output", "utf8.csv")
        SHELL.must(*tree, "--output", "cp932.csv", "--encoding", "cp932")
        text = (DESK / "utf8.csv").read_bytes().removeprefix(BOM).decode("utf-8")
        self.assertIn("①", text)
        self.assertEqual((DESK / "cp932.csv").read_bytes(), text.encode("cp932"))

    def refused(self, *more, language: str) -> str:
        answer = SHELL.run(*TREE, "-o", "csv", "--encoding", "cp932", "--lang", language, *more)
        self.assertEqual((answer.code, answer.out), (FAILED, ""))
        return answer.err

    def test_refusal_names_every_cell_and_the_next_step_in_both_languages(self):
        expected = [
            (y, x)
            for y, row in enumerate(rows(SHELL.must(*TREE, "-o", "csv", "--lang", "en")), 1)
            for x, cell in enumerate(row, 1)
            if NO_CP932 in cell
        ]
        self.assertTrue(expected)
        english, japanese = self.refused(language="en"), self.refused(language="ja")
        for error, cell in ((english, r"row (\d+), column (\d+) "), (japanese, r"(\d+)行 (\d+)列")):
            named = [line for line in error.splitlines() if re.search(cell, line)]
            self.assertEqual([tuple(map(int, re.search(cell, line).groups())) for line in named], expected)
            for line in named:
                self.assertIn(NO_CP932, line)
        self.assertIn("leave --encoding out", english)
        self.assertIn("--encoding を付けずに", japanese)

    def test_refusal_leaves_the_file_as_it_was(self):
        self.refused("--output", "new.csv", language="en")
        self.assertFalse((DESK / "new.csv").exists())
        (DESK / "old.csv").write_text("old", encoding="utf-8")
        self.refused("--output", "old.csv", language="en")
        self.assertEqual((DESK / "old.csv").read_text(encoding="utf-8"), "old")
        self.assertEqual([path.name for path in DESK.glob("*old.csv*")], ["old.csv"])

    def test_is_of_csv_alone(self):
        for form in (("-o", "json"), (), ("--output", "x.json")):
            answer = SHELL.run(*TREE, *form, "--encoding", "cp932")
            self.assertEqual(answer.code, USAGE)
            self.assertIn("-o csv", answer.err)


class FormulaTest(unittest.TestCase):
    WORDS = ("=HYPERLINK(\"http://example.invalid\")", "+81 270", "-増加", "@everyone")

    def test_text_is_no_formula_in_a_file_and_as_it_is_everywhere_else(self):
        kinds = ("status", "delay", "issues", "next-steps")
        place = ("健康寿命", "--fiscal-year", "R4")
        for kind, words in zip(kinds, self.WORDS):
            SHELL.must("narrative", "record", *place, "--kind", kind, f"--text={words}")
        SHELL.must("narrative", "list", *place, "--output", "words.csv")
        file = (DESK / "words.csv").read_text(encoding="utf-8-sig")
        shown = SHELL.must("narrative", "list", *place, "-o", "csv")
        for words in self.WORDS:
            self.assertIn(words, [cell for row in rows(shown) for cell in row])
            self.assertIn("'" + words, [cell for row in rows(file) for cell in row])

    def test_findings_are_for_excel_too(self):
        sheet = (SAMPLE / "progress-sheet.txt").read_text(encoding="utf-8")
        (DESK / "sheet.txt").write_text(sheet.replace("待機児童なし", "=待機児童なし"), encoding="utf-8")
        command = ("import", "progress-sheet", "sheet.txt", "--plan", "strategy", "--dry-run", "--findings", "found")
        self.assertEqual(SHELL.run(*command).code, CONFLICT)
        printed = [finding["printed"] for finding in json.loads((DESK / "found.json").read_text(encoding="utf-8"))]
        cells = [row[5] for row in rows((DESK / "found.csv").read_text(encoding="utf-8-sig"))][1:]
        self.assertIn("=待機児童なし", printed)
        self.assertEqual(cells, ["'" + text if text.startswith("=") else text for text in printed])

    def test_no_figure_of_the_sheet_is_changed(self):
        SHELL.must(*SHEET, "--output", "figures.csv")
        self.assertEqual(
            rows((DESK / "figures.csv").read_text(encoding="utf-8-sig")), rows(SHELL.must(*SHEET, "-o", "csv"))
        )


if __name__ == "__main__":
    cases.main()
