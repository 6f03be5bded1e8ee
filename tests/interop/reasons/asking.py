"""Reasons that a caller meets whose request or certificate is wrong, in a city that is well."""

import subprocess
import unittest

import grpc
import seen
from google.protobuf.field_mask_pb2 import FieldMask
from harness.children import wait_until
from harness.city import City, run
from neighbour import identity
from provoking import Provocation, Stubs, plan
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.resources_pb2 import Department, EvaluationRule, Kpi, Node, Plan
from seisaku.log.v1.log_service_pb2 import (
    AddCosignatureRequest,
    GetCheckpointRequest,
    RedactTextRequest,
    WatchEntriesRequest,
)
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.changes_pb2 import CorrectActual
from seisaku.progress.v1.resources_pb2 import Actual
from seisaku.type.v1.judgement_pb2 import DIRECTION_INCREASE
from seisaku.type.v1.read_pb2 import AsOf
from seisaku.type.v1.value_pb2 import Decimal, Quantity, Value
from seisaku_client import Refused

PLAN, FAR = "plans/p", 1 << 40
REQUEST_ID = "0192f4a0-0000-7000-8000-000000000003"


def kpi(kpi_id: str, department: str, title: str, first_year: int = 0) -> changes.Change:
    return changes.Change(create_kpi=Kpi(
        name=f"{PLAN}/kpis/{kpi_id}", node=f"{PLAN}/nodes/n", title=title, unit="人", direction=DIRECTION_INCREASE,
        departments=[f"departments/{department}"], first_year=first_year))


def small_plan() -> list[changes.Change]:
    """A plan with KPIs of two departments, two of them of one title, one that ends in 2023 and one that begins then."""
    return [
        changes.Change(create_department=Department(name="departments/dept-001", title="企業誘致課")),
        changes.Change(create_department=Department(name="departments/dept-002", title="商工労働課")),
        changes.Change(create_plan=Plan(name=PLAN, title="計画", levels=["政策"])),
        changes.Change(create_node=Node(name=f"{PLAN}/nodes/n", title="政策")),
        kpi("own", "dept-001", "事業所数"), kpi("own-too", "dept-001", "事業所数"), kpi("other", "dept-002", "相談件数"),
        kpi("over", "dept-001", "終わる指標"), kpi("to-come", "dept-001", "始まる指標", first_year=2023),
        changes.Change(reason="終了", retire_kpi=changes.Retire(name=f"{PLAN}/kpis/over", from_year=2023)),
    ]


def actual(kpi_id: str = "own", number: str = "1", year: int = 2022) -> Actual:
    value = Value(number=Quantity(value=Decimal(value=number), unit="人"))
    return Actual(kpi=f"{PLAN}/kpis/{kpi_id}", reporting_year=year, value=value)


def cosigned(city: City) -> str:
    """The newest checkpoint of a city's catalog with its auditor's signature."""
    state = city.directory / "witness"
    run(city.witness_command("catalog", state))
    return (state / "accepted.note").read_text(encoding="utf-8")


def setUpModule():
    Provocation.city = unittest.enterModuleContext(City())


class AskingTest(Provocation):
    @classmethod
    def setUpClass(cls):
        cls.planner = cls.stubs(cls())
        answer = cls.planner.catalog.ApplyCatalog(catalog.ApplyCatalogRequest(changes=small_plan()), timeout=30)
        known = progress.GetCatalogPositionRequest(min_catalog_position=answer.receipt.position)
        cls.planner.progress.GetCatalogPosition(known, timeout=30)
        cls.addClassCleanup(cls.planner.close)

    def record(self, reason: str, figure: Actual, role: str = "planner"):
        request = progress.RecordActualRequest(actual=figure)
        self.assert_refused(reason, self.stubs(role).progress.RecordActual, request)

    # --- what the request says ---

    def test_field_that_cannot_be_right(self):
        self.assert_refused("INVALID_FIELD", self.planner.catalog.ListPlans, catalog.ListPlansRequest(page_size=-1))

    def test_field_that_is_empty(self):
        rule = EvaluationRule(method="ratio/1", on_track_percent=Decimal(value="100"),
                              mostly_on_track_percent=Decimal(value="80"))
        request = catalog.SetRuleRequest(rule=changes.SetRule(plan=PLAN, rule=rule))
        self.assert_refused("REQUIRED_FIELD", self.planner.catalog.SetRule, request)

    def test_number_that_is_none(self):
        self.record("INVALID_DECIMAL", actual(number="1e5"))

    def test_request_id_of_another_request(self):
        self.planner.catalog.CreatePlan(plan("once", request_id=REQUEST_ID), timeout=20)
        self.assert_refused("REQUEST_ID_REUSED", self.planner.catalog.CreatePlan, plan("two", request_id=REQUEST_ID))

    def test_too_many_changes(self):
        request = catalog.ApplyCatalogRequest(changes=[small_plan()[0]] * 10_001)
        self.assert_refused("COMMAND_TOO_LARGE", self.planner.catalog.ApplyCatalog, request)

    # --- what is there already, or not ---

    def test_name_of_nothing(self):
        self.assert_refused("RESOURCE_NOT_FOUND", self.planner.catalog.GetPlan, catalog.GetPlanRequest(name="plans/x"))

    def test_text_of_nothing(self):
        self.assert_refused("TEXT_NOT_FOUND", self.stubs("operator").log.RedactText,
                            RedactTextRequest(position=FAR, reason="試験"))

    def test_name_that_is_taken(self):
        self.assert_refused("RESOURCE_EXISTS", self.planner.catalog.CreatePlan, plan("p", "別の計画"))

    def test_title_of_another_department(self):
        request = catalog.CreateDepartmentRequest(department_id="dept-003", department=Department(title="企業誘致課"))
        self.assert_refused("TITLE_TAKEN", self.planner.catalog.CreateDepartment, request)

    def test_title_of_two_kpis(self):
        request = progress.GetEvaluationRequest(name=f"{PLAN}/kpis/事業所数/evaluations/2022")
        self.assert_refused("TITLE_NOT_UNIQUE", self.planner.progress.GetEvaluation, request)

    def test_etag_of_an_earlier_state(self):
        update = changes.UpdatePlan(plan=Plan(name=PLAN, title="新計画", etag="999"), update_mask=FieldMask(paths=["title"]))
        self.assert_refused("ETAG_MISMATCH", self.planner.catalog.UpdatePlan, catalog.UpdatePlanRequest(update=update))

    def test_figure_of_a_year_after_the_end(self):
        self.record("RETIRED", actual("over", year=2023))

    def test_figure_of_a_year_before_the_beginning(self):
        self.record("NOT_YET_IN_FORCE", actual("to-come"))

    def test_figure_that_is_there(self):
        self.planner.progress.RecordActual(progress.RecordActualRequest(actual=actual()), timeout=20)
        self.record("ACTUAL_EXISTS", actual(number="2"))

    def test_figure_that_is_not_there(self):
        request = progress.CorrectActualRequest(correction=CorrectActual(actual=actual(year=2019)), reason="訂正")
        self.assert_refused("ACTUAL_MISSING", self.planner.progress.CorrectActual, request)

    # --- who asks ---

    def test_certificate_without_a_caller(self):
        files = self.city.directory / "certificates"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1",
             "-subj", "/CN=stranger", "-addext", "subjectAltName=URI:https://example.com", "-CA", files / "ca.crt",
             "-CAkey", files / "ca.key", "-keyout", files / "stranger.key", "-out", files / "stranger.crt"],
            check=True, capture_output=True)
        stranger = self.stubs("stranger").catalog
        self.assert_refused("CERTIFICATE_UNUSABLE", stranger.ListPlans, catalog.ListPlansRequest())

    def test_method_that_there_is_not(self):
        drop = self.planner.channels[0].unary_unary("/seisaku.catalog.v1.CatalogService/DropPlan",
                                                    request_serializer=catalog.GetPlanRequest.SerializeToString)
        self.assert_refused("METHOD_UNKNOWN", drop, catalog.GetPlanRequest(name=PLAN))

    def test_role_that_may_not(self):
        self.assert_refused("ROLE_REQUIRED", self.stubs("auditor").catalog.CreatePlan, plan("mine"))

    def test_figure_of_another_department(self):
        self.record("DEPARTMENT_SCOPE", actual("other"), role="reporter")

    # --- where reads look ---

    def test_position_that_is_not_there(self):
        request = catalog.GetPlanRequest(name=PLAN, as_of=AsOf(size=FAR))
        self.assert_refused("POSITION_BEYOND_END", self.planner.catalog.GetPlan, request)

    def test_position_that_does_not_come(self):
        request = catalog.GetPlanRequest(name=PLAN, min_position=FAR)
        self.assert_refused("POSITION_NOT_REACHED", self.planner.catalog.GetPlan, request, seconds=0.5)

    def test_position_of_catalog_that_does_not_come(self):
        request = progress.GetCatalogPositionRequest(min_catalog_position=FAR)
        self.assert_refused("CATALOG_POSITION_NOT_REACHED", self.planner.progress.GetCatalogPosition, request, seconds=0.5)

    # --- what a log proves ---

    def test_cosignature_that_nobody_added(self):
        self.assert_refused("COSIGNATURE_NOT_FOUND", self.stubs("auditor").log.GetCheckpoint, GetCheckpointRequest(cosigned=True))

    def test_checkpoint_that_no_auditor_signed(self):
        auditor = self.stubs("auditor").log
        note = auditor.GetCheckpoint(GetCheckpointRequest(), timeout=20).checkpoint
        self.assert_refused("SIGNATURE_MISSING", auditor.AddCosignature, AddCosignatureRequest(checkpoint=note))

    def test_checkpoint_of_another_past(self):
        """As a second log of the same name and key has signed it."""
        with City(keys_of=self.city) as other:
            elsewhere = Stubs(other, identity(other, "planner"))
            self.addCleanup(elsewhere.close)
            elsewhere.catalog.CreatePlan(plan("elsewhere"), timeout=20)
            note = cosigned(other)
        self.assert_refused("LOG_FORK", self.stubs("auditor").log.AddCosignature, AddCosignatureRequest(checkpoint=note))

    # --- calls that end ---

    def test_stream_at_its_deadline(self):
        self.assert_refused("DEADLINE_EXCEEDED", self.stubs("auditor").log.WatchEntries, WatchEntriesRequest(), seconds=1)

    def test_stream_that_the_caller_does_not_read(self):
        # More than gRPC takes for a caller who does not ask for it.
        for number in range(8):
            name = f"plans/long-{number}"
            long_plan = [changes.Change(create_plan=Plan(name=name, title=f"長い計画{number}", levels=["政策"]))]
            long_plan += [changes.Change(create_node=Node(name=f"{name}/nodes/n{node}", title="政策" * 100))
                          for node in range(1200)]
            self.planner.catalog.ApplyCatalog(catalog.ApplyCatalogRequest(changes=long_plan), timeout=60)
        log = self.city.directory / "logs" / "catalog.log"
        before = log.stat().st_size
        stream = self.stubs("auditor").log.WatchEntries(WatchEntriesRequest(), timeout=120)

        def ended() -> bool:
            return any(line.get("reason") == "SLOW_CONSUMER" for line in seen.lines(log, before))

        wait_until("the service ends it", ended, 60)
        read_to = 0
        with self.assertRaises(grpc.RpcError) as caught:
            for response in stream:
                self.assertEqual(response.start, read_to)
                read_to = response.next_position
        refused = Refused.of(caught.exception)
        self.assertEqual(refused.reason, "SLOW_CONSUMER")
        self.assertEqual(refused.metadata["next_position"], str(read_to))
        seen.note_refused(refused)

    def test_more_streams_than_a_caller_may_have(self):
        auditor = self.stubs("auditor").log
        for _ in range(64):
            stream = auditor.WatchEntries(WatchEntriesRequest(), timeout=60)
            self.addCleanup(stream.cancel)
            next(stream)
        refused = self.assert_refused("TOO_MANY_STREAMS", auditor.WatchEntries, WatchEntriesRequest())
        self.assertGreater(refused.retry_after, 0)

    def test_more_calls_than_a_caller_may_have(self):
        request = catalog.GetPlanRequest(name=PLAN, min_position=FAR)
        callers = [self.stubs() for _ in range(10)]  # a connection has fewer than 128 calls
        calls = [caller.catalog.GetPlan.future(request, timeout=20) for caller in callers for _ in range(110)]
        try:
            wait_until("one is refused", lambda: any(call.done() for call in calls), 15)
            (refused, *_) = [Refused.of(call.exception()) for call in calls if call.done()]
            self.assertEqual(refused.reason, "TOO_MANY_CALLS")
            self.assertGreater(refused.retry_after, 0)
            seen.note_refused(refused)
        finally:
            for call in calls:
                call.cancel()

    def test_stream_that_the_caller_leaves(self):
        # Whoever has left sees no answer; it is in the service's log.
        log = self.city.directory / "logs" / "catalog.log"
        before = log.stat().st_size
        stream = self.stubs("auditor").log.WatchEntries(WatchEntriesRequest(), timeout=60)
        next(stream)
        stream.cancel()

        def cancelled() -> bool:
            return any(line.get("reason") == "CANCELLED" for line in seen.lines(log, before))

        wait_until("the service notices", cancelled)
        seen.note("CANCELLED", "CANCELLED", {})
