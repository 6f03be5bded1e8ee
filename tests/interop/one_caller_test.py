"""What one valid caller can do to the others, what it is told when that is too much, and what is said of the field
that is wrong: in a running city, over its own certificates."""

import contextlib
import pathlib
import subprocess
import threading
import time
import unittest

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from harness import cases
from harness.children import clean_environment, wait_until
from harness.city import City
from neighbour import address, identity
from seisaku.catalog.v1 import catalog_service_pb2 as catalog
from seisaku.catalog.v1 import changes_pb2 as changes
from seisaku.catalog.v1.catalog_service_pb2_grpc import CatalogServiceStub
from seisaku.catalog.v1.resources_pb2 import Department, EvaluationRule, Kpi, Node, Plan, Target
from seisaku.log.v1.log_service_pb2 import WatchEntriesRequest
from seisaku.log.v1.log_service_pb2_grpc import LogServiceStub
from seisaku.progress.v1 import progress_service_pb2 as progress
from seisaku.progress.v1.changes_pb2 import Change, CorrectActual, RetractActual
from seisaku.progress.v1.progress_service_pb2_grpc import ProgressServiceStub
from seisaku.progress.v1.resources_pb2 import NARRATIVE_KIND_ISSUES, Actual, Narrative, OfficialAssessment
from seisaku.type.v1.judgement_pb2 import DIRECTION_INCREASE
from seisaku.type.v1.value_pb2 import Decimal, Quantity, Value
from seisaku_client import Refused

FAR, MIB = 1 << 40, 1 << 20
# Empty changes, two bytes each, in less than a message may have.
EMPTY_CHANGES = 10_000_000
# Field 1000, which no request has, with all that a message may have.
UNKNOWN_FIELD = b"\xc2\x3e" + b"\x80\x80\xf8\x09" + bytes(19 * MIB + 512 * 1024)
CATALOG, CHECK, WATCH = ("/seisaku.catalog.v1.CatalogService/", "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch")


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.admit("auditor/second", "auditor/third")


class Caller:
    """Somebody with connections of their own."""

    def __init__(self, name: str):
        options = [("grpc.use_local_subchannel_pool", 1)]
        self.channels = [grpc.secure_channel(address(CITY, service), identity(CITY, name).credentials(), options)
                         for service in ("catalog", "progress")]
        self.catalog, self.log = CatalogServiceStub(self.channels[0]), LogServiceStub(self.channels[0])
        self.progress = ProgressServiceStub(self.channels[1])

    def raw(self, method: str):
        """A method that takes and gives bytes."""
        return self.channels[0].unary_unary(method)

    def watch_health(self):
        return self.channels[0].unary_stream(WATCH)(b"", timeout=240)

    def close(self):
        for channel in self.channels:
            channel.close()


@contextlib.contextmanager
def head_held(database: str):
    """Nothing can be appended, because somebody else holds the head's lock."""
    session = subprocess.Popen(CITY.psql(database), env=clean_environment(), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    try:
        session.stdin.write("BEGIN; SELECT 'held' FROM log_head FOR UPDATE;\n")
        session.stdin.flush()
        assert session.stdout.readline().strip() == "held"
        yield
    finally:
        session.stdin.close()
        session.wait()
        session.stdout.close()


def catalog_memory(which: str) -> int:
    """VmRSS or VmHWM of catalog, in bytes."""
    status = pathlib.Path(f"/proc/{CITY.children['catalog'].pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith(which)]
    return int(line.split()[1]) * 1024


class Case(unittest.TestCase):
    def caller(self, name: str) -> Caller:
        caller = Caller(name)
        self.addCleanup(caller.close)
        return caller

    def refusal(self, call) -> Refused:
        with self.assertRaises(grpc.RpcError) as caught:
            call()
        return Refused.of(caught.exception)

    def waiting_calls(self, caller: Caller, count: int = 100) -> list[grpc.Future]:
        """So many calls that wait for what does not come, all of which have arrived."""
        request = catalog.GetPlanRequest(name="plans/p", min_position=FAR)
        calls = [caller.catalog.GetPlan.future(request, timeout=280) for _ in range(count)]
        caller.raw(CHECK)(b"", timeout=20)  # by the same connection, behind them
        self.addCleanup(lambda: [call.cancel() for call in calls])
        return calls


class OneCallerTest(Case):
    def test_callers_who_have_gone_keep_no_thread(self):
        planner = self.caller("planner")
        for call in self.waiting_calls(planner):
            call.cancel()
        planner.catalog.ListPlans(catalog.ListPlansRequest(), timeout=10)

    def test_callers_who_have_gone_keep_no_thread_for_a_change_that_waits(self):
        planner = self.caller("planner")
        change = Change(record_actual=Actual(kpi="plans/p/kpis/k", reporting_year=2022))
        with head_held("progress"):
            calls = [planner.progress.ApplyProgress.future(progress.ApplyProgressRequest(changes=[change]), timeout=280)
                     for _ in range(100)]
            planner.channels[1].unary_unary(CHECK)(b"", timeout=20)
            for call in calls:
                call.cancel()
            refused = self.refusal(lambda: planner.progress.ListActuals(
                progress.ListActualsRequest(parent="plans/p/kpis/k"), timeout=3))
            self.assertEqual(refused.reason, "RESOURCE_NOT_FOUND")

    def test_calls_that_wait_keep_no_other_caller_waiting(self):
        self.waiting_calls(self.caller("planner"))
        self.caller("auditor").catalog.ListPlans(catalog.ListPlansRequest(), timeout=10)

    def test_unknown_fields_are_not_kept_while_a_call_waits(self):
        planner = self.caller("planner")
        wait = catalog.GetPlanRequest(name="plans/p", min_position=FAR).SerializeToString()
        before = catalog_memory("VmRSS")
        calls = [planner.raw(CATALOG + "GetPlan").future(wait + UNKNOWN_FIELD, timeout=120) for _ in range(12)]
        reasons = {Refused.of(call.exception()).reason for call in calls}
        self.assertIn("MALFORMED", reasons)
        # All of them at once are more than one caller may have in memory.
        self.assertLessEqual(reasons, {"MALFORMED", "TOO_MANY_CALLS"})
        # What was freed is given back to the system within some seconds.
        wait_until("the memory is given back", lambda: catalog_memory("VmRSS") - before < 64 * MIB)

    def test_many_empty_changes_are_counted_and_hold_nobody_up(self):
        planner, auditor = self.caller("planner"), self.caller("auditor")
        check = auditor.raw(CHECK)
        check(b"", timeout=20)
        before = catalog_memory("VmHWM")
        call = planner.raw(CATALOG + "ApplyCatalog").future(b"\x0a\x00" * EMPTY_CHANGES, timeout=60)
        longest = 0.0
        while not call.done():
            began = time.monotonic()
            check(b"", timeout=20)
            longest = max(longest, time.monotonic() - began)
        refused = Refused.of(call.exception())
        self.assertEqual(refused.reason, "COMMAND_TOO_LARGE", refused)
        self.assertEqual(refused.metadata, {"unit": "changes", "limit": "10000", "actual": str(EMPTY_CHANGES)})
        self.assertLess(longest, 1)
        self.assertLess(catalog_memory("VmHWM") - before, 100 * MIB)

    def test_who_may_not_call_is_told_so_before_anything_is_parsed(self):
        apply = self.caller("auditor").raw(CATALOG + "ApplyCatalog")
        for request in (b"\x0a\x05x", b"\xff" * MIB):
            self.assertEqual(self.refusal(lambda: apply(request, timeout=20)).reason, "ROLE_REQUIRED")
        apply = self.caller("planner").raw(CATALOG + "ApplyCatalog")
        self.assertEqual(self.refusal(lambda: apply(b"\x0a\x05x", timeout=20)).reason, "MALFORMED")

    def test_streams_are_refused_at_their_number_and_the_follower_is_not(self):
        watchers = [self.caller(name) for name in ("auditor", "auditor-second", "auditor-third")]
        for watcher in watchers:
            for number in range(64):
                stream = watcher.log.WatchEntries(WatchEntriesRequest(), timeout=240)
                self.addCleanup(stream.cancel)
                self.assertTrue(next(stream).caught_up, number)
        refused = self.refusal(lambda: next(watchers[0].log.WatchEntries(WatchEntriesRequest(), timeout=20)))
        self.assertEqual((refused.reason, refused.metadata), ("TOO_MANY_STREAMS", {"limit": "64", "whose": "caller"}))
        self.assertEqual(refused.code, grpc.StatusCode.RESOURCE_EXHAUSTED)
        self.assertGreater(refused.retry_after, 0)
        # Progress comes back to catalog while all places of others are taken.
        CITY.terminate("progress")
        CITY.start("progress")
        planner = self.caller("planner")
        made = planner.catalog.CreateDepartment(catalog.CreateDepartmentRequest(
            department_id="dept-followed", department=Department(title="追従課")), timeout=20)
        planner.progress.GetCatalogPosition(
            progress.GetCatalogPositionRequest(min_catalog_position=made.receipt.position), timeout=20)

    def test_who_watches_health_is_refused_at_the_number_of_a_caller(self):
        planner = self.caller("planner")
        for _ in range(64):
            stream = planner.watch_health()
            self.addCleanup(stream.cancel)
            self.assertEqual(next(stream), b"\x08\x01")
        refused = self.refusal(lambda: next(planner.watch_health()))
        self.assertEqual(refused.reason, "TOO_MANY_STREAMS")

    def test_what_is_too_large_is_refused_with_details(self):
        planner = self.caller("planner")
        refused = self.refusal(lambda: planner.raw(CATALOG + "GetPlan")(bytes(21 * MIB), timeout=60))
        self.assertEqual((refused.reason, refused.metadata["unit"]), ("COMMAND_TOO_LARGE", "bytes"))
        headers = (("x-much", "x" * (17 << 10)),)
        refused = self.refusal(lambda: planner.catalog.ListPlans(
            catalog.ListPlansRequest(), timeout=20, metadata=headers))
        self.assertEqual((refused.reason, refused.metadata["unit"]), ("COMMAND_TOO_LARGE", "header_bytes"))


class StoppingTest(Case):
    def test_reads_that_wait_end_at_once_and_say_why(self):
        calls = self.waiting_calls(self.caller("planner"), 40)
        watching = self.caller("planner").watch_health()
        self.assertEqual(next(watching), b"\x08\x01")
        began = time.monotonic()
        stopping = threading.Thread(target=CITY.terminate, args=("catalog",))
        stopping.start()
        reasons = {Refused.of(call.exception()).reason for call in calls}
        stopping.join()
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(reasons, {"SHUTTING_DOWN"})
        self.assertEqual(next(watching), b"\x08\x02")
        self.assertEqual(self.refusal(lambda: next(watching)).reason, "SHUTTING_DOWN")
        CITY.start("catalog")


class FieldsTest(Case):
    """BadRequest names the field as the request has it."""

    @classmethod
    def setUpClass(cls):
        cls.planner = Caller("planner")
        cls.addClassCleanup(cls.planner.close)
        figure = Kpi(name="plans/f/kpis/k", node="plans/f/nodes/n", title="指標", unit="人", direction=DIRECTION_INCREASE)
        made = cls.planner.catalog.ApplyCatalog(catalog.ApplyCatalogRequest(changes=[
            changes.Change(create_department=Department(name="departments/dept-f", title="係")),
            changes.Change(create_plan=Plan(name="plans/f", title="計画", levels=["政策"])),
            changes.Change(create_node=Node(name="plans/f/nodes/n", title="政策")),
            changes.Change(create_kpi=figure)]), timeout=20)
        cls.position = made.receipt.position

    def assert_field(self, field: str, call, request):
        with self.subTest(field=field, method=type(request).__name__):
            refused = self.refusal(lambda: call(request, timeout=20))
            self.assertEqual(list(refused.fields), [field], refused)
            if "field" in refused.metadata:
                self.assertEqual(refused.metadata["field"], field)

    def test_of_catalog(self):
        c, stub = catalog, self.planner.catalog
        mask = FieldMask(paths=["name"])
        rule = EvaluationRule(method="none/1")
        retire = changes.Retire(name="plans/f/nodes/n")
        wrong = changes.Retire(name="no name", from_year=2030)
        for field, call, request in (
            ("plan_id", stub.CreatePlan, c.CreatePlanRequest(plan_id="f", plan=Plan(title="別", levels=["政策"]))),
            ("plan.title", stub.CreatePlan, c.CreatePlanRequest(plan_id="g", plan=Plan(levels=["政策"]))),
            ("update.update_mask", stub.UpdatePlan, c.UpdatePlanRequest(
                update=changes.UpdatePlan(plan=Plan(name="plans/f"), update_mask=mask))),
            ("update.plan.name", stub.UpdatePlan, c.UpdatePlanRequest(
                update=changes.UpdatePlan(plan=Plan(name="plans/none"), update_mask=mask))),
            ("rule.rule.on_track_percent.value", stub.SetRule, c.SetRuleRequest(rule=changes.SetRule(plan="plans/f", rule=rule), reason="試験")),
            ("rule.plan", stub.SetRule, c.SetRuleRequest(rule=changes.SetRule(plan="plans/none", rule=rule))),
            ("node_id", stub.CreateNode, c.CreateNodeRequest(parent="plans/f", node_id="n", node=Node(title="別"))),
            ("parent", stub.CreateNode, c.CreateNodeRequest(parent="plans/none", node_id="n", node=Node(title="別"))),
            ("node.title", stub.CreateNode, c.CreateNodeRequest(parent="plans/f", node_id="m", node=Node())),
            ("update.update_mask", stub.UpdateNode, c.UpdateNodeRequest(
                update=changes.UpdateNode(node=Node(name="plans/f/nodes/n")))),
            ("update.node.etag", stub.UpdateNode, c.UpdateNodeRequest(
                update=changes.UpdateNode(node=Node(name="plans/f/nodes/n", etag="9999"), update_mask=mask))),
            ("move.name", stub.MoveNode, c.MoveNodeRequest(move=changes.MoveNode(name="plans/f/nodes/none"))),
            ("move.parent", stub.MoveNode, c.MoveNodeRequest(
                move=changes.MoveNode(name="plans/f/nodes/n", parent="plans/f/nodes/n"))),
            ("retire.from_year", stub.RetireNode, c.RetireNodeRequest(retire=retire, reason="試験")),
            ("reason", stub.RetireNode, c.RetireNodeRequest(retire=changes.Retire(name="plans/f/nodes/n", from_year=2030))),
            ("retire.name", stub.RetireNode, c.RetireNodeRequest(retire=wrong, reason="試験")),
            ("kpi_id", stub.CreateKpi, c.CreateKpiRequest(parent="plans/f", kpi_id="k", kpi=Kpi(
                node="plans/f/nodes/n", title="別", unit="人", direction=DIRECTION_INCREASE))),
            ("kpi.node", stub.CreateKpi, c.CreateKpiRequest(parent="plans/f", kpi_id="l", kpi=Kpi(title="別", unit="人"))),
            ("update.kpi.unit", stub.UpdateKpi, c.UpdateKpiRequest(update=changes.UpdateKpi(
                kpi=Kpi(name="plans/f/kpis/k", unit="人\n"), update_mask=FieldMask(paths=["unit"])))),
            ("retire.name", stub.RetireKpi, c.RetireKpiRequest(retire=wrong, reason="試験")),
            ("target.kpi", stub.SetTarget, c.SetTargetRequest(target=changes.SetTarget(kpi="plans/f/kpis/none"))),
            ("target.target.reporting_year", stub.SetTarget, c.SetTargetRequest(
                target=changes.SetTarget(kpi="plans/f/kpis/k", target=Target(reporting_year=1)))),
            ("department_id", stub.CreateDepartment, c.CreateDepartmentRequest(
                department_id="dept-f", department=Department(title="別の課"))),
            ("department.title", stub.CreateDepartment, c.CreateDepartmentRequest(
                department_id="dept-g", department=Department())),
            ("update.department.title", stub.UpdateDepartment, c.UpdateDepartmentRequest(update=changes.UpdateDepartment(
                department=Department(name="departments/dept-f"), update_mask=FieldMask(paths=["title"])))),
            ("retire.name", stub.RetireDepartment, c.RetireDepartmentRequest(retire=wrong, reason="試験")),
            ("changes[1].update_kpi.update_mask", stub.ApplyCatalog, c.ApplyCatalogRequest(changes=[
                changes.Change(create_plan=Plan(name="plans/g", title="計画", levels=["政策"])),
                changes.Change(update_kpi=changes.UpdateKpi(kpi=Kpi(name="plans/f/kpis/k")))])),
            ("changes[0].create_kpi.node", stub.ApplyCatalog, c.ApplyCatalogRequest(changes=[
                changes.Change(create_kpi=Kpi(name="plans/f/kpis/l", title="別", unit="人"))])),
            ("name", stub.GetPlan, c.GetPlanRequest(name="f")),
            ("parent", stub.ListNodes, c.ListNodesRequest(parent="f")),
        ):
            self.assert_field(field, call, request)

    def test_of_progress(self):
        p, stub = progress, self.planner.progress
        known = {"min_catalog_position": self.position}
        value = Value(number=Quantity(value=Decimal(value="1"), unit="人"))
        right = Actual(kpi="plans/f/kpis/k", reporting_year=2022, value=value)
        none = Actual(kpi="plans/f/kpis/none", reporting_year=2022, value=value)
        other_unit = Actual(kpi="plans/f/kpis/k", reporting_year=2022, value=Value(
            number=Quantity(value=Decimal(value="1"), unit="件")))
        for field, call, request in (
            ("actual.kpi", stub.RecordActual, p.RecordActualRequest(actual=none, **known)),
            ("actual.value.number.unit", stub.RecordActual, p.RecordActualRequest(actual=other_unit, **known)),
            ("actuals[1].kpi", stub.BatchRecordActuals, p.BatchRecordActualsRequest(actuals=[right, none], **known)),
            ("reason", stub.BatchRecordActuals, p.BatchRecordActualsRequest(
                actuals=[right], reason="x" * 70_000, **known)),
            ("correction.actual", stub.CorrectActual, p.CorrectActualRequest(
                correction=CorrectActual(actual=right), reason="試験", **known)),
            ("correction.actual.kpi", stub.CorrectActual, p.CorrectActualRequest(
                correction=CorrectActual(actual=none), reason="試験", **known)),
            ("retraction.kpi", stub.RetractActual, p.RetractActualRequest(
                retraction=RetractActual(kpi="plans/f/kpis/none", reporting_year=2022), reason="試験", **known)),
            ("retraction.component", stub.RetractActual, p.RetractActualRequest(
                retraction=RetractActual(kpi="plans/f/kpis/k", reporting_year=2022), reason="試験", **known)),
            ("narrative.kind", stub.RecordNarrative, p.RecordNarrativeRequest(
                narrative=Narrative(kpi="plans/f/kpis/k", reporting_year=2022), **known)),
            ("narrative.reporting_year", stub.RecordNarrative, p.RecordNarrativeRequest(
                narrative=Narrative(kpi="plans/f/kpis/k", kind=NARRATIVE_KIND_ISSUES), **known)),
            ("assessment.judgement", stub.RecordAssessment, p.RecordAssessmentRequest(
                assessment=OfficialAssessment(kpi="plans/f/kpis/k", reporting_year=2022), **known)),
        ):
            self.assert_field(field, call, request)


if __name__ == "__main__":
    cases.main()
