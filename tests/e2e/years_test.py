"""Years and dates as a Japanese city writes them, in Tokyo's time whatever the machine's zone is."""

import datetime
import json
import unittest

from harness import cases
from harness.city import NOT_FOUND, USAGE, City
from harness.shell import Shell

TOKYO = datetime.timezone(datetime.timedelta(hours=9))
# Between them, an end of day that is not Tokyo's is seen at any hour: until 21:00 there in the first, from 19:00
# on in the second.
ZONES = ("Etc/GMT+12", "Pacific/Kiritimati", "America/New_York")


def setUpModule():
    global SHELL, DAY, BEFORE
    city = unittest.enterModuleContext(City())
    city.load(manifesto=False)
    SHELL = Shell(city, city.directory / "desk")
    created = json.loads(SHELL.must("log", "show", "0", "--log", "catalog"))["entry"]["recordedAt"]
    DAY = datetime.datetime.fromisoformat(created.replace("Z", "+00:00")).astimezone(TOKYO).date()
    BEFORE = DAY - datetime.timedelta(days=1)


def reiwa(day: datetime.date) -> str:
    return f"R{day.year - 2018}.{day.month}.{day.day}"


def in_words(day: datetime.date) -> str:
    return f"令和{day.year - 2018}年{day.month}月{day.day}日"


class FiscalYearTest(unittest.TestCase):
    def evaluation(self, year: str) -> dict:
        return json.loads(SHELL.must("explain", "健康寿命", "--plan", "strategy", "--fiscal-year", year, "-o", "json"))

    def test_is_the_same_in_every_form(self):
        for forms in (
            ("2022", "R4", "r4", "令和4年度", "令和４年度", "2022年度", "FY2022"),
            ("2019", "R1", "H31", "令和元年度", "令和1年度", "平成31年度"),
            ("2018", "H30", "平成30年度"),
            ("2020", "R2", "H32", "平成32年度", "2020(R2)年度", "令和二年度"),
        ):
            evaluations = {form: self.evaluation(form) for form in forms}
            for form in forms:
                self.assertEqual(evaluations[form], evaluations[forms[0]], form)
            self.assertEqual(evaluations[forms[0]]["evaluation"]["name"].rpartition("/")[2], forms[0])

    def test_that_never_was_is_wrong_usage(self):
        for form in ("R0", "令和0年度", "T5", "1868", "4", "soon", "2022-23"):
            answer = SHELL.run("sheet", "--plan", "strategy", "--fiscal-year", form)
            self.assertEqual(answer.code, USAGE, form)
            self.assertIn("令和4年度", answer.err, form)

    def test_is_shown_in_the_readers_way(self):
        sheet = ("sheet", "--plan", "strategy", "--fiscal-year", "R4")
        self.assertIn("令和4年度", SHELL.must(*sheet, "--lang", "ja").splitlines()[0])
        self.assertIn("FY2022", SHELL.must(*sheet, "--lang", "en").splitlines()[0])

    def test_of_a_change_is_taken_in_every_form(self):
        record = ("actual", "record", "健康寿命", "--component", "男性", "--value", "78.9歳", "--validate-only")
        for form in ("2022", "R4", "令和4年度"):
            SHELL.must(*record, "--fiscal-year", form, "--observed", "令和3年")


class DateTest(unittest.TestCase):
    def plan(self, as_of: str, zone: str):
        return SHELL.run("plan", "show", "strategy", "--as-of", as_of, TZ=zone)

    def test_is_its_end_in_tokyo_in_every_zone_and_form(self):
        for zone in ZONES:
            for form in (DAY.isoformat(), reiwa(DAY), in_words(DAY), DAY.strftime("%Y/%m/%d")):
                with self.subTest(zone=zone, form=form):
                    answer = self.plan(form, zone)
                    self.assertEqual(answer.code, 0, answer.err)
            for form in (BEFORE.isoformat(), reiwa(BEFORE), in_words(BEFORE)):
                with self.subTest(zone=zone, form=form):
                    self.assertEqual(self.plan(form, zone).code, NOT_FOUND)

    def test_that_is_in_no_calendar_is_wrong_usage(self):
        for form in ("2023-06-31", "R5.2.29", "令和5年13月1日", "2023-06", "tomorrow"):
            answer = self.plan(form, "America/New_York")
            self.assertEqual(answer.code, USAGE, form)
            self.assertIn("R5.6.1", answer.err, form)

    def test_and_time_are_shown_as_tokyo_has_them(self):
        question = ("explain", "交通事故発生件数", "--fiscal-year", "R4")
        in_tokyo = SHELL.must(*question, TZ="Asia/Tokyo")
        self.assertRegex(in_tokyo, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
        for zone in ZONES:
            self.assertEqual(SHELL.must(*question, TZ=zone), in_tokyo, zone)


if __name__ == "__main__":
    cases.main()
