"""The example client against a city: what other systems of the city need of Seisaku."""

import csv
import io
import threading
import time
import unittest
import uuid

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from harness import cases
from harness.answers import golden_rows, short
from harness.city import City
from neighbour import address, connect, identity
from scripted_catalog import ScriptedCatalog, queue_full
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.resources_pb2 import Kpi, Node, Plan
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.changes_pb2 import Change
from seisaku.progress.v1.resources_pb2 import Actual, Narrative, NarrativeKind, OfficialAssessment
from seisaku.type.v1.judgement_pb2 import Direction, Judgement
from seisaku.type.v1.read_pb2 import AsOf
from seisaku.type.v1.value_pb2 import Decimal, Quantity, Value
from seisaku_client import City as Client
from seisaku_client import Positions, Refused

STRATEGY = "plans/strategy"
# Of the department dept-001, whose reporter the tests have a certificate of, and of another.
OWN, OTHERS = "製造業の事業所数", "創業相談件数"
REQUEST_ID = "0192f4a0-0000-7000-8000-000000000001"


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.load(manifesto=False)


def actual(kpi: str, number: str, unit: str) -> Actual:
    value = Value(number=Quantity(value=Decimal(value=number), unit=unit), printed=f"{number}{unit}")
    return Actual(kpi=kpi, reporting_year=2022, value=value)


def new_plan(plan_id: str) -> catalog.CreatePlanRequest:
    return catalog.CreatePlanRequest(plan_id=plan_id, plan=Plan(title="子ども計画", levels=["政策"]))


class Connected(unittest.TestCase):
    def setUp(self):
        self.client = self.enterContext(connect(CITY))

    def kpi_called(self, title: str) -> str:
        """A KPI's name. Reads take its title instead, where that is unique in the plan; changes need the name."""
        request = progress.GetEvaluationRequest(name=f"{STRATEGY}/kpis/{title}/evaluations/2022")
        return self.client.progress.call("GetEvaluation", request).kpi.name

    def refused(self, service, method, request, **how) -> Refused:
        with self.assertRaises(Refused) as caught:
            service.call(method, request, **how)
        return caught.exception


class ReadingTest(Connected):
    def test_reads_the_tree(self):
        items = list(self.client.catalog.each("GetTree", catalog.GetTreeRequest(parent=STRATEGY, page_size=50), "items"))
        titles = {item.kpi.title for item in items if item.HasField("kpi")}
        self.assertEqual(titles, {row["kpi"] for row in golden_rows()})

    def test_pages_show_every_row_once(self):
        request = progress.GetProgressSheetRequest(parent=STRATEGY, reporting_year=2022, page_size=7)
        rows = list(self.client.progress.each("GetProgressSheet", request, "rows"))
        names = [row.kpi.name for row in rows]
        self.assertEqual(len(names), len(set(names)))
        whole = CITY.sheet()["rows"]
        self.assertEqual(names, [row["kpi"]["name"] for row in whole])
        self.assertEqual([Judgement.Name(row.evaluation.judgement) for row in rows],
                         [row["evaluation"]["judgement"] for row in whole])


class ChangingTest(Connected):
    def test_reporter_records_an_actual_and_reads_its_evaluation(self):
        reporter = self.enterContext(connect(CITY, "reporter"))
        kpi = self.kpi_called(OWN)
        request = progress.RecordActualRequest(actual=actual(kpi, "187", "事業所"), reason="試験")
        answer = reporter.progress.call("RecordActual", request)
        self.assertEqual(answer.actual.value.printed, "187事業所")
        request = progress.GetEvaluationRequest(name=f"{kpi}/evaluations/2022")
        found = reporter.progress.call("GetEvaluation", request)
        self.assertGreaterEqual(found.position, answer.receipt.position)
        self.assertEqual(short(Judgement.Name(found.evaluation.judgement)), "MOSTLY_ON_TRACK")

    def test_sheet_tells_every_role_that_an_import_is_under_way(self):
        kpi = self.kpi_called(OWN)
        sheet = progress.GetProgressSheetRequest(parent=STRATEGY, reporting_year=2022)
        readers = [self.enterContext(connect(CITY, role)) for role in ("planner", "reporter", "auditor")]

        def record(text: str, part: str):
            words = Narrative(kpi=kpi, reporting_year=2025, kind=NarrativeKind.NARRATIVE_KIND_ISSUES, text=text)
            request = progress.RecordNarrativeRequest(narrative=words, correlation_id=f"import 3f0c9a2b7d1e5846 {part}")
            return self.client.progress.call("RecordNarrative", request).receipt.position

        def told(position: int) -> set[tuple[str, int, int]]:
            sheet.min_position = position
            found = [reader.progress.call("GetProgressSheet", sheet).import_under_way for reader in readers]
            return {(each.import_id, each.part, each.parts) for each in found}

        self.assertEqual(told(record("一", "1/2")), {("3f0c9a2b7d1e5846", 1, 2)})
        printed = lambda: CITY.ask("sheet", "--plan", "strategy", "--fiscal-year", 2022).out
        self.assertIn("an import is under way: part 1 of 2 is in", printed())
        self.assertEqual(told(record("二", "2/2")), {("", 0, 0)})
        self.assertNotIn("under way", printed())

    def test_words_that_were_taken_back_are_told_apart_from_none(self):
        kpi = self.kpi_called(OWN)
        words = Narrative(kpi=kpi, reporting_year=2026, kind=NarrativeKind.NARRATIVE_KIND_ISSUES, text="課題の本文")
        listed = progress.ListNarrativesRequest(parent=kpi, reporting_year=2026)
        with_retracted = progress.ListNarrativesRequest(parent=kpi, reporting_year=2026, show_retracted=True)
        both = [listed, with_retracted]
        answers = lambda: [list(self.client.progress.call("ListNarratives", request).narratives) for request in both]
        self.assertEqual(answers(), [[], []])
        self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=words))
        self.assertEqual(answers(), [[words], [words]])
        taken_back = Narrative(kpi=kpi, reporting_year=2026, kind=words.kind)
        self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=taken_back))
        taken_back.retracted = True
        self.assertEqual(answers(), [[], [taken_back]])

    def test_diff_of_several_words_about_the_same_says_what_was_before_each(self):
        kpi = self.kpi_called(OWN)

        def said(*texts: str) -> list[Change]:
            kind = NarrativeKind.NARRATIVE_KIND_NEXT_STEPS
            return [Change(record_narrative=Narrative(kpi=kpi, reporting_year=2023, kind=kind, text=text)) for text in texts]

        def diff(*texts: str) -> list[tuple[str, str]]:
            answer = self.client.progress.call("ApplyProgress", progress.ApplyProgressRequest(changes=said(*texts)))
            return [(result.before, result.after) for result in answer.results]

        # What changes nothing is not in it: to take back what is not there.
        self.assertEqual(diff("", "一", "二"), [("", "一"), ("一", "二")])
        self.assertEqual(diff("三", "", "", "四", "四"), [("二", "三"), ("三", ""), ("", "四"), ("四", "四")])
        self.assertEqual(diff("四"), [])
        self.assertEqual(diff("五"), [("四", "五")])

    def test_words_are_answered_as_they_are(self):
        kpi = self.kpi_called(OWN)
        words = Narrative(kpi=kpi, reporting_year=2024, kind=NarrativeKind.NARRATIVE_KIND_ISSUES, text="課題の本文")
        asked = Narrative(retracted=True, withdrawn=True)
        asked.MergeFrom(words)
        answer = self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=asked))
        self.assertEqual(answer.narrative, words)
        words.text = ""
        answer = self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=words))
        words.retracted = True
        self.assertEqual(answer.narrative, words)

    def test_same_request_id_is_done_once(self):
        request = new_plan("once")
        request.request_id = REQUEST_ID
        first, again = (self.client.catalog.call("CreatePlan", request).receipt for _ in range(2))
        self.assertEqual((first.position, first.repeated, again.repeated), (again.position, False, True))

    def test_progress_sees_what_was_just_created_in_catalog(self):
        self.client.catalog.call("CreatePlan", new_plan("seen"))
        sheet = progress.GetProgressSheetRequest(parent="plans/seen", reporting_year=2022)
        self.assertEqual(list(self.client.progress.each("GetProgressSheet", sheet, "rows")), [])

    def test_positions_carry_over_to_another_process(self):
        self.client.catalog.call("CreatePlan", new_plan("carried"))
        kept = Positions(**vars(self.client.positions))
        with connect(CITY, "auditor", kept) as another:
            plan = another.catalog.call("GetPlan", catalog.GetPlanRequest(name="plans/carried")).plan
            self.assertEqual(plan.title, "子ども計画")


class EndedTest(Connected):
    """What is retired is marked where no year is asked for."""

    @classmethod
    def setUpClass(cls):
        with connect(CITY) as client:
            plan = Plan(title="終わる計画", levels=["政策", "施策"])
            client.catalog.call("CreatePlan", catalog.CreatePlanRequest(plan_id="ended", plan=plan))
            made = []
            for name, parent, level in (("goal", "", 0), ("work", "goal", 1), ("rest", "goal", 1)):
                node = Node(name=f"plans/ended/nodes/{name}", title=name, level=level,
                            parent=f"plans/ended/nodes/{parent}" if parent else "")
                made.append(changes.Change(create_node=node))
            for name, node in (("own", "rest"), ("below", "work"), ("lasting", "rest")):
                kpi = Kpi(name=f"plans/ended/kpis/{name}", title=name, unit="件", node=f"plans/ended/nodes/{node}",
                          direction=Direction.DIRECTION_INCREASE)
                made.append(changes.Change(create_kpi=kpi))
            for kind, name, year in (("kpi", "own", 2031), ("node", "work", 2030)):
                retire = changes.Retire(name=f"plans/ended/{kind}s/{name}", from_year=year)
                made.append(changes.Change(reason="終了", **{f"retire_{kind}": retire}))
            client.catalog.call("ApplyCatalog", catalog.ApplyCatalogRequest(changes=made))
            cls.positions = client.positions

    def setUp(self):
        # Progress follows: what was made is there for whoever says how far it has to be.
        self.client = self.enterContext(connect(CITY, positions=Positions(**vars(self.positions))))

    def test_in_the_tree(self):
        asked = ("tree", "--plan", "ended", "--kpis")
        lines = {line.split("(")[0].split()[-1]: line for line in CITY.ask(*asked).out.splitlines()}
        for name, year in (("work", 2030), ("below", 2030), ("own", 2031)):
            self.assertIn(f"(retired from FY{year})", lines[name])
        for name in ("goal", "rest", "lasting"):
            self.assertNotIn("retired", lines[name])
        self.assertNotIn("retired", CITY.ask(*asked, "--fiscal-year", "2029").out)

    def test_in_the_list_of_kpis(self):
        rows = list(csv.DictReader(io.StringIO(CITY.ask("-o", "csv", "kpi", "list", "--plan", "ended").out)))
        self.assertEqual({row["KPI"]: row["Retired from"] for row in rows}, {"own": "FY2031", "below": "FY2030", "lasting": ""})

    def test_where_one_kpi_is_shown(self):
        for name, year in (("own", "FY2031"), ("below", "FY2030"), ("lasting", None)):
            rows = dict(csv.reader(io.StringIO(CITY.ask("-o", "csv", "kpi", "show", f"plans/ended/kpis/{name}").out)))
            self.assertEqual(rows.get("Retired from"), year, name)

    def test_direction_was_set_by_the_entry_that_set_it(self):
        asked = progress.GetEvaluationRequest(name="plans/ended/kpis/lasting/evaluations/2022", explain=True)

        def position() -> int:
            answer = self.client.progress.call("GetEvaluation", asked)
            (of_direction,) = (one.position for one in answer.provenance if one.input == "direction")
            return of_direction

        def update(field: str, **values) -> int:
            change = changes.UpdateKpi(kpi=Kpi(name="plans/ended/kpis/lasting", **values))
            change.update_mask.paths.append(field)
            return self.client.catalog.call("UpdateKpi", catalog.UpdateKpiRequest(update=change)).receipt.position - 1

        created = position()
        update("order", order=7)
        self.assertEqual(position(), created)
        changed = update("direction", direction=Direction.DIRECTION_DECREASE)
        update("order", order=9)
        self.assertEqual(position(), changed)


class ErrorTest(Connected):
    def test_wrong_field_is_named(self):
        request = progress.RecordActualRequest(actual=actual(self.kpi_called(OWN), "1e5", "事業所"))
        refused = self.refused(self.client.progress, "RecordActual", request)
        self.assertEqual((refused.code, refused.reason), (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_DECIMAL"))
        self.assertEqual(list(refused.fields), ["actual.value.number.value.value"])

    def test_fact_is_in_the_metadata(self):
        refused = self.refused(self.client.catalog, "GetPlan", catalog.GetPlanRequest(name="plans/none"))
        self.assertEqual((refused.code, refused.reason), (grpc.StatusCode.NOT_FOUND, "RESOURCE_NOT_FOUND"))
        self.assertEqual(refused.metadata, {"resource": "plans/none"})

    def test_who_may_not_say_it_may_not_say_it_again_either(self):
        reporter = self.enterContext(connect(CITY, "reporter"))
        kind = NarrativeKind.NARRATIVE_KIND_REASON_FOR_DELAY
        words = Narrative(kpi=self.kpi_called(OTHERS), reporting_year=2022, kind=kind, text="すでにある文")
        declared = OfficialAssessment(kpi=self.kpi_called(OWN), reporting_year=2023,
                                      judgement=Judgement.JUDGEMENT_DELAYED, difference_reason="総合判断")
        requests = {
            "RecordNarrative": (progress.RecordNarrativeRequest(narrative=words), "DEPARTMENT_SCOPE"),
            "RecordAssessment": (progress.RecordAssessmentRequest(assessment=declared), "ROLE_REQUIRED"),
        }
        for method, (request, reason) in requests.items():
            with self.subTest(method):
                request.request_id = str(uuid.uuid4())
                first = self.client.progress.call(method, request).receipt
                again = self.client.progress.call(method, request).receipt
                self.assertEqual((first.entries, again.entries, again.repeated), (1, 1, True))
                request.request_id = ""
                self.assertEqual(self.client.progress.call(method, request).receipt.entries, 0)
                refused = self.refused(reporter.progress, method, request)
                self.assertEqual((refused.code, refused.reason), (grpc.StatusCode.PERMISSION_DENIED, reason))

    def test_what_changes_nothing_is_checked_all_the_same(self):
        kpi = self.kpi_called(OWN)
        words = Narrative(kpi=kpi, reporting_year=2023, kind=NarrativeKind.NARRATIVE_KIND_REASON_FOR_DELAY, text="理由")
        recorded = actual(kpi, "187", "事業所")
        recorded.reporting_year = 2023
        target = changes.SetTarget(kpi=kpi)
        target.target.reporting_year = 2023
        target.target.values.add(value=recorded.value)
        for service, method, request in (
                (self.client.progress, "RecordNarrative", progress.RecordNarrativeRequest(narrative=words)),
                (self.client.progress, "RecordActual", progress.RecordActualRequest(actual=recorded)),
                (self.client.catalog, "SetTarget", catalog.SetTargetRequest(target=target))):
            with self.subTest(method):
                service.call(method, request)
                self.assertEqual(service.call(method, request).receipt.entries, 0)
                request.reason = "理" * 70_000
                refused = self.refused(service, method, request)
                self.assertEqual((refused.reason, list(refused.fields)), ("INVALID_FIELD", ["reason"]))

    def test_time_that_is_no_timestamp_is_refused(self):
        for seconds, nanos, field in ((1 << 62, 0, "seconds"), (-(1 << 40), 0, "seconds"), (0, -1, "nanos"), (0, 10**9, "nanos")):
            with self.subTest(seconds=seconds, nanos=nanos):
                as_of = AsOf(time=Timestamp(seconds=seconds, nanos=nanos))
                for service, method, request in (
                        (self.client.catalog, "GetPlan", catalog.GetPlanRequest(name=STRATEGY, as_of=as_of)),
                        (self.client.progress, "GetSummary",
                         progress.GetSummaryRequest(parent=STRATEGY, reporting_year=2022, as_of=as_of))):
                    refused = self.refused(service, method, request)
                    self.assertEqual((refused.code, list(refused.fields)),
                                     (grpc.StatusCode.INVALID_ARGUMENT, [f"as_of.time.{field}"]))

    def test_printed_figure_says_the_number(self):
        wrong = actual(self.kpi_called(OWN), "12", "事業所")
        wrong.value.printed = "3事業所"
        refused = self.refused(self.client.progress, "RecordActual", progress.RecordActualRequest(actual=wrong))
        self.assertEqual((refused.reason, list(refused.fields)), ("INVALID_FIELD", ["actual.value.printed"]))

    def test_reporter_is_told_whose_figure_it_is(self):
        reporter = self.enterContext(connect(CITY, "reporter"))
        request = progress.RecordActualRequest(actual=actual(self.kpi_called(OTHERS), "1", "件"))
        self.assertEqual(self.refused(reporter.progress, "RecordActual", request).reason, "DEPARTMENT_SCOPE")

    def test_position_that_does_not_come_is_waited_for_until_the_deadline(self):
        request = catalog.GetPlanRequest(name=STRATEGY, min_position=1 << 40)
        refused = self.refused(self.client.catalog, "GetPlan", request, seconds=0.5)
        self.assertEqual((refused.code, refused.reason), (grpc.StatusCode.DEADLINE_EXCEEDED, "POSITION_NOT_REACHED"))

    def test_caller_without_the_citys_certificate_is_not_let_in(self):
        nobody = grpc.ssl_channel_credentials((CITY.directory / "certificates" / "ca.crt").read_bytes())
        with grpc.secure_channel(address(CITY, "catalog"), nobody) as channel:
            with self.assertRaises(grpc.FutureTimeoutError):
                grpc.channel_ready_future(channel).result(timeout=1)


class RetryTest(unittest.TestCase):
    def test_waits_as_long_as_asked_and_keeps_the_request_id(self):
        created = catalog.CreatePlanResponse(plan=Plan(name="plans/late"))
        server_identity = identity(CITY, "catalog")
        with ScriptedCatalog(server_identity, queue_full(0.3), queue_full(0.3), created) as scripted:
            with Client(scripted.address, scripted.address, identity(CITY, "planner")) as client:
                answer = client.catalog.call("CreatePlan", new_plan("late"), seconds=20)
        self.assertEqual(answer.plan.name, "plans/late")
        self.assertEqual(len(scripted.requests), 3)
        self.assertEqual(len({request.request_id for request in scripted.requests}), 1)
        self.assertTrue(scripted.requests[0].request_id)
        for earlier, later in zip(scripted.times, scripted.times[1:]):
            self.assertGreaterEqual(later - earlier, 0.3)
        for left in scripted.deadlines:
            self.assertLess(left, 11)

    def test_goes_on_when_catalog_is_back(self):
        repeated = threading.Event()
        with connect(CITY) as client:
            client.catalog.on_retry = lambda refused: repeated.set()
            CITY.kill("catalog")
            answers = []
            caller = threading.Thread(target=lambda: answers.append(
                client.catalog.call("CreatePlan", new_plan("patient"), seconds=60)))
            caller.start()
            self.assertTrue(repeated.wait(30))
            CITY.start("catalog")
            back = time.monotonic()
            caller.join()
        self.assertEqual(answers[0].plan.name, "plans/patient")
        self.assertLess(time.monotonic() - back, 5, "gRPC's own wait would be longer")


if __name__ == "__main__":
    cases.main()
