"""What is typed and cannot be right: each is refused by name, and no log grows; the messages are
golden/messages/requests.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew)."""

import pathlib
import unittest

from harness import cases
from harness.city import CONFLICT, DENIED, INPUT_REFUSED, DEPLOY, NOT_FOUND, SAMPLE, USAGE, City, run
from harness.documents import with_cell
from harness.golden_messages import Goldens, MessageTest

# Without a figure for 2022, of the department dept-001; and one of another department that has a figure.
AWAITED, RECORDED = "製造業の事業所数", "創業相談件数"
# Positions of this city's logs: how often progress looks at catalog is not the same each time.
POSITIONS = [
    (r"(ログ位置 |position )(?!999999)\d+", r"\1POSITION"),
    (r"(ではなく |大きさは |the log has |etag is )\d+", r"\1POSITION"),
    (r"\d+( までの)", r"POSITION\1"),
]



def setUpModule():
    city = unittest.enterModuleContext(City())
    city.load()
    MessageTest.goldens = unittest.enterModuleContext(Goldens("requests", city))


class RequestTest(MessageTest):
    def record(self, value: str, *more, verb: str = "record", kpi: str = AWAITED, plan: str = "strategy",
               year: str = "2022", code: int = INPUT_REFUSED, **how):
        self.refused("actual", verb, kpi, "--plan", plan, "--fiscal-year", year, "--value", value, "--reason", "試験",
                     *more, code=code, **how)


    def profiles_of_department(self, department: str) -> pathlib.Path:
        """Profiles with a reporter of the department as the caller."""
        caller = f"reporter/{department}/reporter-1"
        certificates = self.city.directory / "certificates"
        run([DEPLOY / "certificates", "--out", certificates, "--client", caller])
        own = certificates / caller.replace("/", "-")
        return self.city.profiles_with(department, (f"{certificates}/planner", own))


class ValueTest(RequestTest):
    def test_words_for_a_number(self):
        self.record("多数")

    def test_a_value_greater_than_can_be_kept(self):
        self.record("99,999,999,999,999,999,999億円")

    def test_a_value_of_twenty_decimals(self):
        self.record("127.12345678901234567890事業所")

    def test_a_value_with_commas_in_wrong_places(self):
        self.record("12,7事業所")

    def test_a_value_in_another_unit(self):
        self.record("187人")

    def test_an_empty_value(self):
        self.record("")

    def test_a_component_that_the_kpi_does_not_have(self):
        self.record("187事業所", "--component", "男性")

    def test_a_component_that_is_left_out(self):
        self.record("78.50歳", kpi="健康寿命")

    def test_a_year_that_is_none(self):
        self.record("187事業所", year="令和四年", code=USAGE)

    def test_a_year_without_end(self):
        self.record("187事業所", year="99999", code=USAGE)

    def test_an_unknown_judgement_word(self):
        self.refused("assessment", "record", AWAITED, "--plan", "strategy", "--fiscal-year", "2022", "--judgement",
                     "ほぼ順調", code=USAGE)

    def test_a_request_id_that_is_no_uuid(self):
        self.record("187事業所", "--request-id", "1234")

    def test_a_value_that_is_left_out(self):
        self.refused("actual", "record", AWAITED, "--plan", "strategy", "--fiscal-year", "2022", code=USAGE)

    def test_an_unknown_command(self):
        self.refused("actuals", "record", code=USAGE)


class WordsTest(RequestTest):
    def record_words(self, *more):
        self.refused("narrative", "record", AWAITED, "--plan", "strategy", "--fiscal-year", "2022", "--kind", "issues", *more,
                     code=INPUT_REFUSED)

    def record_file(self, content: str):
        (self.city.directory / "home" / "words.txt").write_text(content, encoding="utf-8")
        self.record_words("--text-file", "words.txt")

    def test_words_that_are_left_out(self):
        self.record_words()

    def test_empty_words(self):
        self.record_words("--text", "")

    def test_words_of_an_empty_file(self):
        self.record_file("")

    def test_words_that_are_white_space(self):
        self.record_file("\n \u3000\n")

    def test_words_taken_back_without_a_reason(self):
        self.refused("narrative", "retract", AWAITED, "--plan", "strategy", "--fiscal-year", "2022", "--kind", "issues", code=USAGE)


class NameTest(RequestTest):
    def test_an_unknown_kpi(self):
        self.record("1件", kpi="ない指標", code=NOT_FOUND)

    def test_an_unknown_kpi_by_its_id(self):
        self.record("1件", kpi="kpi-999", code=NOT_FOUND)

    def test_an_unknown_plan(self):
        self.record("187事業所", plan="stratgey", code=NOT_FOUND)

    def test_an_unknown_plan_to_read(self):
        self.refused("sheet", "--plan", "stratgey", "--fiscal-year", "2022", code=NOT_FOUND)

    def test_a_plan_id_that_cannot_be_one(self):
        self.refused("plan", "create", "総合戦略", "--file", SAMPLE / "strategy.toml", code=INPUT_REFUSED)

    def test_a_plan_of_the_same_id_and_other_content(self):
        self.refused("plan", "create", "strategy", "--file", SAMPLE / "manifesto.toml", code=CONFLICT)

    def test_html_and_sql_as_a_kpi(self):
        self.record("1件", kpi="<script>alert(1)</script>'; DROP TABLE entry; --", code=NOT_FOUND)

    def test_a_department_that_is_not_there(self):
        """Callers bring their department in their certificate."""
        self.record("29件", verb="correct", kpi=RECORDED, code=DENIED, profiles=self.profiles_of_department("dept-999"))


class PlanFileTest(RequestTest):
    def create(self, content: str):
        (self.city.directory / "home" / "plan.toml").write_text(content, encoding="utf-8")
        self.refused("plan", "create", "other", "--file", "plan.toml", code=INPUT_REFUSED)

    def test_a_plan_file_that_is_no_toml(self):
        self.create('title = 総合戦略\nlevels = ["政策"]\n')

    def test_a_plan_file_without_levels(self):
        self.create('title = "総合戦略"\n')

    def test_a_plan_file_with_a_band_that_is_no_number(self):
        self.create('title = "総合戦略"\nlevels = ["政策"]\n[rule]\nmethod = "ratio/1"\non_track_percent = "全部"\n'
                    'mostly_on_track_percent = "97"\nreason = "試験"\n')

    def test_a_plan_file_that_is_not_there(self):
        self.refused("plan", "create", "other", "--file", "nowhere.toml", code=INPUT_REFUSED)


class TwiceTest(RequestTest):
    def test_a_figure_that_is_recorded_already(self):
        self.record("29件", kpi=RECORDED, code=CONFLICT, hidden=POSITIONS)

    def test_a_stale_etag(self):
        self.record("29件", "--etag", "0", verb="correct", kpi=RECORDED, code=CONFLICT,
                    hidden=POSITIONS)

    def test_a_request_id_with_another_body(self):
        used = "6f1c2f6e-8f9a-4b4e-9d7c-0a2f64f7c001"
        self.city.ask("plan", "create", "once", "--file", SAMPLE / "strategy.toml", "--request-id", used)
        self.refused("plan", "create", "twice", "--file", SAMPLE / "strategy.toml", "--request-id", used,
                     code=INPUT_REFUSED)

    def test_a_correction_of_what_is_not_recorded(self):
        self.record("187事業所", verb="correct", code=CONFLICT)


class RoleTest(RequestTest):
    def test_a_role_that_may_not(self):
        self.record("187事業所", role="auditor", code=DENIED)

    def test_a_role_that_may_not_change_plans(self):
        self.refused("plan", "create", "mine", "--file", SAMPLE / "manifesto.toml", role="reporter", code=DENIED)

    def test_a_role_that_may_not_import(self):
        file = self.city.directory / "home" / "changed.txt"
        file.write_text(with_cell("新規就農者数", "127人", "128人"), encoding="utf-8")
        self.refused("import", "progress-sheet", "changed.txt", "--plan", "strategy", "--overwrite", "再集計",
                     role="auditor", code=DENIED)

    def test_a_department_that_may_not(self):
        self.record("29件", verb="correct", kpi=RECORDED, role="reporter", code=DENIED)

    def test_a_role_that_may_not_read_the_raw_log(self):
        self.refused("log", "list", role="reporter", code=DENIED)


class RedactionTest(RequestTest):
    def redact(self, position: int, *more, code: int, role: str = "operator"):
        self.refused("log", "redact", position, "--log", "catalog", "--reason", "試験", *more, role=role, code=code)

    def test_a_text_that_is_not_there(self):
        self.redact(0, "--index", "7", code=NOT_FOUND)

    def test_a_text_that_only_an_operator_withdraws(self):
        self.redact(0, role="planner", code=DENIED)


class ReadTest(RequestTest):
    def test_a_log_position_beyond_the_end(self):
        self.refused("sheet", "--plan", "strategy", "--fiscal-year", "2022", "--as-of", "999999", code=INPUT_REFUSED,
                     hidden=POSITIONS)

    def test_a_day_that_is_none(self):
        self.refused("sheet", "--plan", "strategy", "--fiscal-year", "2022", "--as-of", "R5.2.30", code=USAGE)

    def test_an_entry_that_is_not_there(self):
        self.refused("log", "show", "999999", role="auditor", code=INPUT_REFUSED, hidden=POSITIONS)


if __name__ == "__main__":
    cases.main()
