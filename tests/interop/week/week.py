"""A week of a city, as its people do it through policyctl and the RPCs: figures and their corrections, refusals,
repeats, a later sheet, changes of plans, a text withdrawn; services that are started again each night, and a second
replica for two days. What was done, and what the services showed at the end of each day, is kept to compare."""

import decimal
import pathlib
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from harness.answers import target_of
from harness.city import CONFLICT, DENIED, INPUT_REFUSED, City
from harness.documents import SHEET
from harness.proving import Auditor
from people import Command, People
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.resources_pb2 import Department, EvaluationRule, Kpi, Node, Target
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.changes_pb2 import CorrectActual
from seisaku.progress.v1.resources_pb2 import Actual, Narrative, NarrativeKind, OfficialAssessment
from seisaku.type.v1.judgement_pb2 import Direction, Judgement
from seisaku.type.v1.value_pb2 import ComponentValue, Decimal, Quantity, Value

PLAN = "plans/strategy"
SHEET_YEAR, YEAR, NEXT_YEAR = 2023, 2024, 2025
KPI = "交通事故発生件数"
OF_KPI = (KPI, "--plan", "strategy", "--fiscal-year", YEAR)
SECRET = "山田太郎さんの連絡による"
PLANNER, SECOND_PLANNER, OPERATOR = "planner/tanaka", "planner/suzuki", "operator/yamamoto"
# Whose figures a person of the department records; the others are the planners' to record.
REPORTING = {"企業誘致課": "sato", "商工労働課": "ito", "文化観光課": "kato", "健康づくり課": "ono", "安心安全課": "abe"}


@dataclass
class Figure:
    """One that is owed for the year, and where its last revision stands."""

    kpi: str
    title: str
    component: str
    unit: str
    target: decimal.Decimal
    who: str
    position: int = 0

    def actual(self, percent: int, year: int = YEAR, **more) -> Actual:
        """So many percent of the target."""
        return Actual(kpi=self.kpi, reporting_year=year, component=self.component,
                      value=value(self.target * percent / 100, self.unit), **more)


def target_for(component: str, amount: decimal.Decimal, unit: str) -> Target:
    return Target(reporting_year=YEAR, values=[ComponentValue(component=component, value=value(amount, unit))])


def value(amount: decimal.Decimal, unit: str) -> Value:
    text = str(amount.quantize(decimal.Decimal("0.01")))
    return Value(number=Quantity(value=Decimal(value=text), unit=unit), printed=f"{text}{unit}")


@dataclass(frozen=True)
class Day:
    """What was done on a day, and what there was at its end."""

    name: str
    done: list[Command]
    sizes: dict[str, int]
    time: str  # of the last entry
    notes: dict[str, pathlib.Path]  # the witness's checkpoints
    said: dict[tuple, str]  # what policyctl printed, by its words


class Week:
    def __init__(self, city: City, auditor: Auditor, reads: tuple[tuple, ...]):
        self.city, self.auditor, self.reads = city, auditor, reads
        self.people = People(city)
        self.days: list[Day] = []

    def run(self):
        self._begin()
        self._end_of("eve")
        for day in (self._monday, self._tuesday, self._wednesday, self._thursday, self._friday, self._saturday,
                    self._sunday):
            day()
            self._end_of(day.__name__.strip("_"))

    def _begin(self):
        """The people, and the figures that they owe."""
        listed = self.city.ask_json("department", "list")["departments"]
        ids = {one["title"]: one["name"].rpartition("/")[2] for one in listed}
        reporters = {ids[title]: f"reporter/{ids[title]}/{name}" for title, name in REPORTING.items()}
        self.city.admit(PLANNER, SECOND_PLANNER, OPERATOR, *reporters.values())
        self.figures = [figure for row in self.city.sheet(year=YEAR)["rows"] for figure in _owed(row["kpi"], reporters)]
        self.of_kpi = next(figure for figure in self.figures if figure.title == KPI)

    # --- the days ---

    def _monday(self):
        """Figures come in, provisional."""
        for index, figure in enumerate(self.figures):
            self._record(figure, 70 + 5 * (index % 9), by_policyctl=index % 6 == 0)
        first, other = self.people.sent[0], next(one for one in self.figures if one.who != self.figures[0].who)
        self.people.repeat(first)
        self.people.refused("DEPARTMENT_SCOPE", self.figures[0].who, "progress", "CorrectActual",
                            self._correction(other, 100))

    def _tuesday(self):
        """They become final, and are corrected."""
        for index, figure in enumerate(self.figures):
            self._correct(figure, 75 + 5 * (index % 7), "確定値")
        for figure in self.figures[::4]:
            self._correct(figure, 88, f"{figure.title}の再集計", PLANNER)
        stale = self._correction(self.of_kpi, 91)
        correct = ("actual", "correct", *OF_KPI, "--value", "1,201件", "--reason", SECRET)
        self.of_kpi.position = int(self.people.run(SECOND_PLANNER, *correct)["actual"]["position"])
        self.secret_at = self.people.done[-1].position
        self.people.run_again(SECOND_PLANNER, *correct)
        self.people.run_refused(CONFLICT, PLANNER, *correct, "--etag", stale.correction.etag)
        self.people.refused("ETAG_MISMATCH", PLANNER, "progress", "CorrectActual", stale)

    def _wednesday(self):
        """Words and official judgements, and last year's sheet, which is late."""
        for index, figure in enumerate(self.figures):
            said = Narrative(kpi=figure.kpi, reporting_year=YEAR, kind=NarrativeKind.NARRATIVE_KIND_ISSUES,
                             text=f"{figure.title}{figure.component}の課題 {index}")
            self.people.call(figure.who, "progress", "RecordNarrative", progress.RecordNarrativeRequest(narrative=said))
        for figure in {figure.kpi: figure for figure in self.figures}.values():
            self._assess(figure)
        file = self.city.directory / "home" / "later.txt"
        file.write_text(SHEET.replace("令和4年度", f"令和{SHEET_YEAR - 2018}年度"), encoding="utf-8")
        self.people.run_import(PLANNER, file)

    def _thursday(self):
        """There are two replicas, and next year's figures, which are early."""
        self.city.start("progress-1")
        self.people.work_through("progress", "progress-1")
        batches = [self.figures[i:i + 8] for i in range(0, len(self.figures), 8)]
        for index, batch in enumerate(batches):
            request = progress.BatchRecordActualsRequest(reason=f"早く届いた数値 {index}")
            request.actuals.extend(figure.actual(90 + index, NEXT_YEAR) for figure in batch)
            self.people.call(PLANNER, "progress", "BatchRecordActuals", request)
        for figure in self.figures[1::3]:
            self._correct(figure, 97, "部局からの訂正")
        for words in ("信号機の工事", "信号機の工事の遅れ"):
            self.people.run(PLANNER, "narrative", "record", *OF_KPI, "--kind", "next-steps", "--text", words)
        for sent in self.people.sent[-4:]:
            self.people.repeat(sent)

    def _friday(self):
        """Plans change, and a text is withdrawn."""
        for index, figure in enumerate(self.figures[2:12:3]):
            target = changes.SetTarget(kpi=figure.kpi, target=target_for(figure.component, figure.target + 1, figure.unit))
            self._plan("SetTarget", catalog.SetTargetRequest(target=target, reason=f"中間見直し {index}"))
        rule = EvaluationRule(method="ratio/1", on_track_percent=Decimal(value="100"),
                              mostly_on_track_percent=Decimal(value="90"))
        set_rule = changes.SetRule(plan=PLAN, rule=rule)
        self._plan("SetRule", catalog.SetRuleRequest(rule=set_rule, reason="市の基準の公表"))
        self._begin_digital()
        self.people.run(OPERATOR, "log", "redact", self.secret_at, "--reason", "個人名が含まれていたため")

    def _begin_digital(self):
        """A new department, with a goal, a KPI and its first figure."""
        department = Department(title="デジタル推進課")
        self._plan("CreateDepartment", catalog.CreateDepartmentRequest(department_id="digital", department=department))
        node = Node(number="4", title="デジタル化", departments=["departments/digital"])
        created = self._plan("CreateNode", catalog.CreateNodeRequest(parent=PLAN, node_id="digital", node=node)).node
        kpi = Kpi(node=created.name, title="電子申請の割合", unit="%", direction=Direction.DIRECTION_INCREASE,
                  departments=["departments/digital"], targets=[target_for("", decimal.Decimal(60), "%")])
        created = self._plan("CreateKpi", catalog.CreateKpiRequest(parent=PLAN, kpi_id="digital", kpi=kpi)).kpi
        new = Figure(created.name, created.title, "", "%", decimal.Decimal(60), PLANNER)
        self.figures.append(new)
        self._record(new, 99)

    def _saturday(self):
        """Nobody is at work. The second replica is gone."""
        self.city.terminate("progress-1")
        self.people.work_through("progress")

    def _sunday(self):
        """A KPI ends and a department gets another name; what was sent on Monday is sent again by a program that was
        restored."""
        renamed = Department(name="departments/dept-001", title="産業誘致課")
        rename = changes.UpdateDepartment(department=renamed, update_mask={"paths": ["title"]})
        self._plan("UpdateDepartment", catalog.UpdateDepartmentRequest(update=rename, reason="組織改編"))
        retired = self.figures[4]
        retire = changes.Retire(name=retired.kpi, from_year=YEAR + 1)
        self._plan("RetireKpi", catalog.RetireKpiRequest(retire=retire, reason="調査の廃止"))
        for sent in self.people.sent[:12:3]:
            self.people.repeat(sent)
        self.people.refused("RETIRED", PLANNER, "progress", "RecordActual",
                            progress.RecordActualRequest(actual=retired.actual(100, YEAR + 1)))
        correct = ("actual", "correct", *OF_KPI, "--reason", "誤り", "--value")
        self.people.run_refused(INPUT_REFUSED, PLANNER, *correct, "12人")
        self.people.run_refused(DENIED, self.figures[0].who, *correct, "12件")
        self._correct(self.of_kpi, 99, "週末の再確認")

    # --- what is done on several ---

    def _record(self, figure: Figure, percent: int, by_policyctl: bool = False):
        actual = figure.actual(percent, provisional=True)
        if by_policyctl:
            component = ("--component", figure.component) if figure.component else ()
            said = self.people.run(figure.who, "actual", "record", figure.title, *component, "--plan", "strategy",
                                   "--fiscal-year", YEAR, "--value", actual.value.printed, "--provisional")
            figure.position = int(said["actual"]["position"])
        else:
            request = progress.RecordActualRequest(actual=actual)
            figure.position = self.people.call(figure.who, "progress", "RecordActual", request).actual.position

    def _correction(self, figure: Figure, percent: int, reason: str = "訂正") -> progress.CorrectActualRequest:
        correction = CorrectActual(actual=figure.actual(percent), etag=str(figure.position))
        return progress.CorrectActualRequest(correction=correction, reason=reason)

    def _correct(self, figure: Figure, percent: int, reason: str, who: str = ""):
        request = self._correction(figure, percent, reason)
        figure.position = self.people.call(who or figure.who, "progress", "CorrectActual", request).actual.position

    def _assess(self, figure: Figure):
        assessment = OfficialAssessment(kpi=figure.kpi, reporting_year=YEAR, difference_reason="総合的な判断",
                                        judgement=Judgement.JUDGEMENT_MOSTLY_ON_TRACK)
        request = progress.RecordAssessmentRequest(assessment=assessment)
        self.people.call(SECOND_PLANNER, "progress", "RecordAssessment", request)

    def _plan(self, method: str, request):
        return self.people.call(PLANNER, "catalog", method, request)

    # --- the nights ---

    def _end_of(self, name: str):
        sizes = self.people.sizes()
        done, self.people.done = self.people.done, []
        self.days.append(Day(name, done, sizes, self._time(), self._witness(name),
                             {words: self.city.ask(*words).out for words in self.reads}))
        self.people.hang_up()
        for service in ("catalog", "progress"):
            self.city.terminate(service)
            self.city.start(service)

    def _time(self) -> str:
        micros = max(int(self.city.sql(log, "SELECT recorded_at FROM log_head")) for log in ("catalog", "progress"))
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)).isoformat()

    def _witness(self, name: str) -> dict[str, pathlib.Path]:
        accepted = self.auditor.witness()[1::2]
        return {log: pathlib.Path(shutil.copy(note, self.auditor.folder / f"{name}-{log}.note"))
                for log, note in zip(("catalog", "progress"), accepted, strict=True)}


def _owed(kpi: dict, reporters: dict[str, str]) -> list[Figure]:
    """The KPI's figures that have a number for a target."""
    whose = [reporters[name] for each in kpi["departments"] if (name := each.rpartition("/")[2]) in reporters]
    owed = []
    for component in kpi.get("components", [""]):
        target = target_of(kpi, YEAR, component).get("number")
        if target is not None:
            amount = decimal.Decimal(target["value"]["value"])
            owed.append(Figure(kpi["name"], kpi["title"], component, target["unit"], amount, (whose or [PLANNER])[0]))
    return owed
