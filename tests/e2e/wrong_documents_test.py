"""Documents that are not what they should be: each is refused, or taken with a finding, by name; the messages are
golden/messages/documents.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew). No log grows by what is refused."""

import pathlib
import unittest

from harness import cases
from harness.city import INCOMPLETE, INPUT_REFUSED, DONE, FAILED, NOT_FOUND, SAMPLE, City
from harness.documents import MANIFESTO, SHEET, line_of, with_cell
from harness.golden_messages import Goldens, MessageTest

FARMERS = "新規就農者数"
INDUSTRY = "製造品出荷額等"


def setUpModule():
    city = unittest.enterModuleContext(City())
    city.load()
    MessageTest.goldens = unittest.enterModuleContext(Goldens("documents", city))


class DocumentTest(MessageTest):
    def write(self, name: str, content: str | bytes) -> pathlib.Path:
        file = self.city.directory / "home" / name
        file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return file

    def sheet(self, name: str, content: str | bytes, *more, code: int = INPUT_REFUSED, plan: str = "strategy", **how):
        """The content as a sheet: what its import says."""
        self.write(name, content)
        self.refused("import", "progress-sheet", name, "--plan", plan, *more, code=code, **how)

    def costs_its_row(self, name: str, content: str):
        """The content as a sheet of which only a row is left out. What the sample itself has is said elsewhere."""
        own = r"(\d\| \S+\.txt:.*\[(PROVISIONAL_NAME|SWAPPED|NUMBER_DAMAGED|QUALITATIVE_TARGET|NOT_IN_CP932)\]\n)+"
        self.sheet(name, content, code=INCOMPLETE, hidden=[(own, "1| OF THE SAMPLE\n")])

    def manifesto(self, name: str, content: str | bytes, **how):
        self.write(name, content)
        self.refused("import", "manifesto", name, "--plan", "manifesto", code=INPUT_REFUSED, **how)


class FileTest(DocumentTest):
    def test_there_is_no_such_file(self):
        self.refused("import", "progress-sheet", "nowhere.txt", "--plan", "strategy", code=INPUT_REFUSED)

    def test_a_folder_is_no_file(self):
        (self.city.directory / "home" / "folder").mkdir(exist_ok=True)
        self.refused("import", "progress-sheet", "folder", "--plan", "strategy", code=INPUT_REFUSED)

    def test_an_empty_file(self):
        self.sheet("empty.txt", b"")

    def test_an_empty_file_as_a_manifesto(self):
        self.manifesto("empty.txt", b"")

    def test_a_file_of_line_ends_only(self):
        self.sheet("blank.txt", "\r\n\t\t\r\n")

    def test_a_binary_file(self):
        self.sheet("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)))

    def test_a_binary_file_as_a_manifesto(self):
        self.manifesto("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256)))

    def test_a_workbook_of_excel(self):
        self.sheet("sheet.xlsx", b"PK\x03\x04\x14\x00\x06\x00\x08\x00[Content_Types].xml" + bytes(40))

    def test_an_old_workbook_of_excel(self):
        self.sheet("sheet.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(40))

    def test_a_portable_document(self):
        self.sheet("sheet.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")

    def test_text_in_utf16(self):
        self.sheet("unicode.txt", SHEET.encode("utf-16"))

    def test_a_file_that_is_too_large(self):
        self.sheet("large.txt", SHEET * 600)


class KindTest(DocumentTest):
    def test_neither_document(self):
        self.sheet("minutes.txt", "会議録\n令和5年6月1日\t総務課\n")

    def test_neither_document_as_a_manifesto(self):
        self.manifesto("minutes.txt", "会議録\n令和5年6月1日\t総務課\n")

    def test_a_manifesto_instead_of_a_sheet(self):
        self.sheet("manifesto.txt", MANIFESTO)

    def test_a_sheet_instead_of_a_manifesto(self):
        self.manifesto("sheet.txt", SHEET)

    def test_a_sheet_without_a_column(self):
        self.sheet("no-actuals.txt", SHEET.replace("\t令和4年度実績値\t", "\tその他\t"))

    def test_a_sheet_with_targets_of_no_year(self):
        self.sheet("no-year.txt", SHEET.replace("\t目標値(令和6年度)\t", "\t最終目標値\t"))

    def test_a_sheet_with_two_columns_of_one_year(self):
        self.sheet("twice.txt", SHEET.replace("\t目標値(令和6年度)\t", "\t目標値(令和4年度)\t"))

    def test_a_sheet_with_actuals_of_two_years(self):
        self.sheet("two-years.txt", SHEET.replace("\t令和4年度目標値\t", "\t令和3年度実績値\t"))

    def test_a_sheet_of_another_year_than_is_said(self):
        self.sheet("sheet.txt", SHEET, "--fiscal-year", "R5")

    def test_a_sheet_into_the_manifesto_plan(self):
        self.sheet("sheet.txt", SHEET, plan="manifesto")

    def test_a_plan_that_is_not_there(self):
        self.sheet("sheet.txt", SHEET, code=NOT_FOUND, plan="stratgey")


class EncodingTest(DocumentTest):
    # 诊, a misread 診, is the one character of the sample that CP932 does not have.
    CP932 = SHEET.replace("诊", "診").encode("cp932")

    def test_cp932_is_converted_and_named(self):
        self.write("cp932.txt", MANIFESTO.encode("cp932"))
        self.refused("import", "manifesto", "cp932.txt", "--plan", "manifesto", code=DONE)

    def test_cp932_reads_as_the_same_text(self):
        self.city.ask("plan", "create", "cp932", "--file", SAMPLE / "strategy.toml")
        answer = self.city.import_sheet(self.write("cp932.txt", self.CP932), "cp932")
        self.assertIn("ENCODING_CONVERTED", answer.out)
        titles = [[row["kpi"]["title"] for row in self.city.sheet(plan)["rows"]] for plan in ("cp932", "strategy")]
        self.assertEqual(titles[0], [title.replace("诊", "診") for title in titles[1]])

    def test_cp932_that_is_cut_off_in_a_character(self):
        at = self.CP932.index("雇用の創出".encode("cp932"))
        self.sheet("cp932-cut.txt", self.CP932[: at + 1])

    def test_cut_off_in_a_character(self):
        at = SHEET.encode("utf-8").index("雇用の創出".encode("utf-8"))
        self.sheet("cut.txt", SHEET.encode("utf-8")[: at + 2])

    def test_cut_off_in_a_character_of_a_manifesto(self):
        at = MANIFESTO.encode("utf-8").index("市民サービス".encode("utf-8"))
        self.manifesto("cut.txt", MANIFESTO.encode("utf-8")[: at + 2])

    def test_a_damaged_byte_in_the_middle(self):
        self.sheet("damaged.txt", SHEET.encode("utf-8").replace("企業誘致課".encode("utf-8"), b"\xe4\xbc\xff\x81", 1))


class RowTest(DocumentTest):
    def test_cut_off_in_a_row(self):
        lines = SHEET.split("\n")
        at = line_of(FARMERS)
        self.sheet("cut-row.txt", "\n".join([*lines[:at], "\t".join(lines[at].split("\t")[:7])]))

    def test_a_row_broken_in_two(self):
        self.sheet("broken.txt", SHEET.replace("順調に進捗\t", "順調に進捗\n", 1))

    def test_an_unknown_judgement_word(self):
        self.costs_its_row("judgement.txt", with_cell(FARMERS, "順調に進捗", "ほぼ順調"))

    def test_two_cells_that_read_like_the_judgement(self):
        self.sheet("ambiguous.txt", with_cell(FARMERS, "127人", "進捗の遅れ"))

    def test_the_same_kpi_twice_with_different_figures(self):
        lines = SHEET.split("\n")
        at = line_of(FARMERS)
        again = lines[at].replace("127人", "131人")
        self.assertNotEqual(again, lines[at])
        self.sheet("twice.txt", "\n".join([*lines[: at + 1], again, *lines[at + 1 :]]))

    def test_a_value_that_is_no_number(self):
        self.costs_its_row("words.txt", with_cell(FARMERS, "127人", "多数"))

    def test_a_value_with_commas_in_wrong_places(self):
        self.costs_its_row("commas.txt", with_cell(FARMERS, "127人", "12,7人"))

    def test_a_value_that_is_a_range(self):
        self.costs_its_row("range.txt", with_cell(FARMERS, "127人", "120～130人"))

    def test_a_value_greater_than_can_be_kept(self):
        self.costs_its_row("great.txt", with_cell(INDUSTRY, "10,060億円 (令和2年)", "99,999,999,999,999,999,999億円 (令和2年)"))

    def test_a_value_of_twenty_decimals(self):
        self.costs_its_row("fine.txt", with_cell(FARMERS, "127人", "127.12345678901234567890人"))

    def test_several_mistakes_at_once(self):
        text = with_cell(FARMERS, "127人", "多数").replace("10,060億円", "10060.1234567億円", 1)
        self.costs_its_row("several.txt", text)


class TextTest(DocumentTest):
    """HTML and SQL are text like any other: kept byte for byte."""

    NAME = "<b onclick=\"alert('x')\">就農者</b>'); DROP TABLE entry; -- &amp; %s {0}"

    def test_html_and_sql_in_a_name_are_just_text(self):
        self.city.ask("plan", "create", "markup", "--file", SAMPLE / "strategy.toml")
        catalog, progress = self.sizes()
        file = self.write("markup.txt", SHEET.replace(FARMERS, self.NAME, 1))
        self.city.import_sheet(file, "markup")
        self.assertGreater(self.city.log_size("catalog"), catalog)
        self.assertGreater(self.city.log_size("progress"), progress)
        titles = [row["kpi"]["title"] for row in self.city.sheet("markup")["rows"]]
        self.assertEqual(titles.count(self.NAME), 1)
        self.assertEqual(len(titles), 41)
        after = self.sizes()
        self.message("kpi", "show", self.NAME, "--plan", "markup", code=DONE, hidden=[(r"(?<=etag)( +)\d+", r"\1POSITION")])
        self.city.import_sheet(file, "markup")
        self.assertEqual(self.sizes(), after)


class SidecarTest(DocumentTest):
    def confirm(self, content: str | bytes, code: int = INPUT_REFUSED):
        self.write("answers.toml", content)
        self.sheet("sheet.txt", SHEET, "--confirm", "answers.toml", code=code)

    def test_confirmations_that_are_no_toml(self):
        self.confirm(f'[kpi."{FARMERS}"]\ndirection = increase\n')

    def test_confirmations_with_an_unknown_direction(self):
        self.confirm(f'[kpi."{FARMERS}"]\ndirection = "増加"\n')

    def test_confirmations_with_an_unknown_key(self):
        self.confirm(f'[kpi."{FARMERS}"]\nunit = "人"\n')

    def test_confirmations_that_are_not_there(self):
        self.sheet("sheet.txt", SHEET, "--confirm", "nowhere.toml", code=INPUT_REFUSED)


class OutputTest(DocumentTest):
    def test_findings_into_a_folder_that_is_not_there(self):
        self.sheet("sheet.txt", SHEET, "--dry-run", "--findings", "nowhere/findings", code=FAILED)


if __name__ == "__main__":
    cases.main()
