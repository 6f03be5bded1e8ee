"""The example client against a city: what other systems of the city need of Seisaku."""

import threading
import unittest

import grpc
from harness import cases
from harness.answers import golden_rows, short
from harness.city import City
from neighbour import address, connect, identity
from scripted_catalog import ScriptedCatalog, queue_full
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1.resources_pb2 import Plan
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.resources_pb2 import Actual, Narrative, NarrativeKind
from seisaku.type.v1.judgement_pb2 import Judgement
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

    def test_words_that_were_taken_back_are_told_apart_from_none(self):
        kpi = self.kpi_called(OWN)
        words = Narrative(kpi=kpi, reporting_year=2023, kind=NarrativeKind.NARRATIVE_KIND_ISSUES, text="課題の本文")
        listed = progress.ListNarrativesRequest(parent=kpi, reporting_year=2023)
        with_retracted = progress.ListNarrativesRequest(parent=kpi, reporting_year=2023, show_retracted=True)
        both = [listed, with_retracted]
        answers = lambda: [list(self.client.progress.call("ListNarratives", request).narratives) for request in both]
        self.assertEqual(answers(), [[], []])
        self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=words))
        self.assertEqual(answers(), [[words], [words]])
        taken_back = Narrative(kpi=kpi, reporting_year=2023, kind=words.kind)
        self.client.progress.call("RecordNarrative", progress.RecordNarrativeRequest(narrative=taken_back))
        taken_back.retracted = True
        self.assertEqual(answers(), [[], [taken_back]])

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
            caller.join()
        self.assertEqual(answers[0].plan.name, "plans/patient")


if __name__ == "__main__":
    cases.main()
