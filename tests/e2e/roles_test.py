"""Who may do what, and what a change leaves in the log."""

import unittest

from harness import cases
from harness.answers import short
from harness.city import CONFLICT, DENIED, DEPLOY, NOT_FOUND, UNAVAILABLE, City, run

# Of the department dept-001 (企業誘致課), which is the first in the document, and of another.
OWN, OTHERS = "製造業の事業所数", "創業相談件数"


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.load(manifesto=False)


def record(kpi: str, value: str, role: str, verb: str = "record", **how):
    return CITY.ask("actual", verb, kpi, "--plan", "strategy", "--fiscal-year", "2022", "--value", value,
                    "--reason", "試験", role=role, **how)


class ReporterTest(unittest.TestCase):
    def test_records_the_figures_of_the_own_department(self):
        record(OWN, "187事業所", "reporter")
        explanation = CITY.explain(OWN)
        (actual,) = [entry for entry in explanation["provenance"] if entry["input"] == "actual"]
        self.assertEqual(actual["actor"], "seisaku://isesaki/reporter/dept-001/reporter-1")
        self.assertNotIn("source", actual)
        self.assertEqual(short(explanation["evaluation"]["judgement"]), "MOSTLY_ON_TRACK")

    def test_is_denied_another_department(self):
        before = CITY.log_size("progress")
        refused = record(OTHERS, "29件", "reporter", "correct", expect=DENIED)
        self.assertIn("reason", refused.err)
        self.assertEqual(CITY.log_size("progress"), before)

    def test_may_not_change_plans(self):
        CITY.ask("plan", "create", "mine", "--file", DEPLOY / "sample" / "isesaki" / "manifesto.toml",
                 role="reporter", expect=DENIED)

    def test_may_not_read_the_raw_log(self):
        CITY.ask("log", "list", role="reporter", expect=DENIED)

    def test_reads_the_sheet(self):
        CITY.ask("sheet", "--plan", "strategy", "--fiscal-year", "2022", role="reporter")


class AuditorTest(unittest.TestCase):
    def test_reads_sheet_and_log(self):
        CITY.ask("sheet", "--plan", "strategy", "--fiscal-year", "2022", role="auditor")
        CITY.ask("log", "list", role="auditor")
        CITY.ask("log", "show", "0", role="auditor")

    def test_cannot_record(self):
        before = CITY.log_size("progress")
        for verb in ("record", "correct"):
            record(OTHERS, "29件", "auditor", verb, expect=DENIED)
        self.assertEqual(CITY.log_size("progress"), before)


class PlannerTest(unittest.TestCase):
    def test_second_record_of_a_figure_is_a_conflict(self):
        before = CITY.log_size("progress")
        record(OTHERS, "29件", "planner", expect=CONFLICT)
        self.assertEqual(CITY.log_size("progress"), before)

    def test_retracted_figure_is_awaited_again_and_stays_in_the_history(self):
        kpi = "災害時協力協定締結数"
        CITY.ask("actual", "retract", kpi, "--plan", "strategy", "--fiscal-year", "2022", "--reason", "誤登録")
        evaluation = CITY.explain(kpi)["evaluation"]
        self.assertEqual([short(code) for code in evaluation["codes"]], ["ACTUAL_MISSING"])
        record(kpi, "80件", "planner")
        self.assertEqual(short(CITY.explain(kpi)["evaluation"]["judgement"]), "ON_TRACK")

    def test_component_is_recorded_by_its_name(self):
        for component, value in (("男性", "78.50歳"), ("女性", "80.70歳")):
            CITY.ask("actual", "record", "健康寿命", "--plan", "strategy", "--fiscal-year", "2022", "--component",
                     component, "--value", value, "--provisional", "--reason", "算出された")
        evaluation = CITY.explain("健康寿命")["evaluation"]
        self.assertEqual(short(evaluation["judgement"]), "ON_TRACK")
        self.assertIn("PROVISIONAL", [short(code) for code in evaluation["codes"]])

    def test_unknown_kpi_is_not_found(self):
        record("ない指標", "1件", "planner", expect=NOT_FOUND)


class StrangerTest(unittest.TestCase):
    def test_certificate_of_another_authority_opens_nothing(self):
        stranger = CITY.directory / "stranger"
        run([DEPLOY / "certificates", "--out", stranger])
        profiles = CITY.profiles.read_text(encoding="utf-8")
        own = str(CITY.directory / "certificates")
        forged = profiles.replace(f"{own}/planner", f"{stranger}/planner")
        self.assertNotEqual(forged, profiles)
        file = CITY.directory / "stranger.toml"
        file.write_text(forged, encoding="utf-8")
        answer = CITY.ask("plan", "list", profiles=file, seconds=2, expect=None)
        self.assertIn(answer.code, (DENIED, UNAVAILABLE))


class LogTest(unittest.TestCase):
    def test_names_the_actor_of_each_entry(self):
        listed = CITY.ask("log", "list", "--log", "catalog").out
        self.assertIn("seisaku://isesaki/planner/planner-1", listed)

    def test_database_of_the_other_service_is_closed(self):
        allowed = CITY.sql("postgres", "SELECT has_database_privilege('catalog_service', 'progress', 'CONNECT'), "
                           "has_database_privilege('progress_service', 'catalog', 'CONNECT'), "
                           "has_database_privilege('catalog_service', 'catalog', 'CONNECT')")
        self.assertEqual(allowed, "f|f|t")

    def test_service_role_cannot_change_an_entry(self):
        for service in ("catalog", "progress"):
            allowed = CITY.sql(service, f"SELECT has_table_privilege('{service}_service', 'entry', 'UPDATE'), "
                               f"has_table_privilege('{service}_service', 'entry', 'DELETE'), "
                               f"has_table_privilege('{service}_service', 'entry', 'INSERT')")
            self.assertEqual(allowed, "f|f|t")


if __name__ == "__main__":
    cases.main()
