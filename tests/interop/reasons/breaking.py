"""Reasons that a caller meets when a part of the system is broken, by those who can break it: PostgreSQL's superuser
and whoever may end processes. Each case mends what it broke."""

import contextlib
import subprocess
import time
import unittest

import grpc
import seen
from asking import PLAN, small_plan
from harness.children import clean_environment, wait_until
from harness.city import City
from provoking import Provocation, plan
from seisaku.catalog.v1.catalog_service_pb2 import ApplyCatalogRequest
from seisaku.log.v1.log_service_pb2 import WatchEntriesRequest
from seisaku.progress.v1.progress_service_pb2 import (
    GetCatalogPositionRequest,
    ListNarrativesRequest,
    RecordNarrativeRequest,
)
from seisaku.progress.v1.resources_pb2 import NARRATIVE_KIND_ISSUES, Narrative
from seisaku_client import Refused

NOT_APPEND_ONLY = "ALTER TABLE entry DISABLE TRIGGER append_only"
APPEND_ONLY = "ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only"
# More than wait in a queue of 4,096 and are decided; a caller has fewer than 1,024 calls, and a connection than 128.
PLANNERS = [f"planner/{number}" for number in range(6)]
CONNECTIONS_OF_EACH, CALLS_OF_EACH = 9, 110


def setUpModule():
    Provocation.city = unittest.enterModuleContext(City())


def failing_insert(sqlstate: str) -> tuple[str, str]:
    """SQL that lets PostgreSQL answer each new entry with an error, and what takes it back."""
    return (f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'provoked' USING ERRCODE = "
            f"'{sqlstate}'; END $$; CREATE TRIGGER fail BEFORE INSERT ON entry EXECUTE FUNCTION fail()",
            "DROP TRIGGER fail ON entry; DROP FUNCTION fail")


class BreakingTest(Provocation):
    def setUp(self):
        self.planner = self.stubs()

    def assert_not_created(self, reason: str, **how) -> Refused:
        # Of this case only: a command whose outcome was open may have been carried out since.
        name = self.id().rpartition(".")[2].replace("_", "-")
        return self.assert_refused(reason, self.planner.catalog.CreatePlan, plan(name), **how)

    def restart_catalog(self):
        self.city.terminate("catalog")
        self.city.start("catalog")
        self.planner = self.stubs()

    @contextlib.contextmanager
    def head_held(self):
        """Nothing can be appended, because somebody else holds the head's lock."""
        session = subprocess.Popen(self.city.psql("catalog"), env=clean_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            session.stdin.write("BEGIN; SELECT 'held' FROM log_head FOR UPDATE;\n")
            session.stdin.flush()
            self.assertEqual(session.stdout.readline().strip(), "held")
            yield
        finally:
            session.stdin.close()
            session.wait()
            session.stdout.close()

    def test_postgresql_that_is_away(self):
        self.city.stop_postgres()
        try:
            self.assert_not_created("STORAGE_UNAVAILABLE")
        finally:
            self.city.start_postgres()

    def test_answer_that_does_not_come_in_time(self):
        with self.head_held():
            self.assert_not_created("OUTCOME_UNKNOWN", seconds=1)

    def test_more_commands_than_may_wait(self):
        with self.head_held():
            refused = self.first_refusal("QUEUE_FULL", seconds=120)
        seen.note_refused(refused)
        self.assertGreater(refused.retry_after, 0)

    def first_refusal(self, reason: str, seconds: float) -> Refused:
        """Asks again and again, many at a time, without waiting for answers long, until one is refused for it."""
        self.city.admit(*PLANNERS)
        callers = [self.stubs(planner.replace("/", "-")) for planner in PLANNERS for _ in range(CONNECTIONS_OF_EACH)]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            calls = [caller.catalog.CreatePlan.future(plan("many", validate_only=True), timeout=3)
                     for caller in callers for _ in range(CALLS_OF_EACH)]
            for error in filter(None, [call.exception() for call in calls]):
                if (refused := Refused.of(error)).reason == reason:
                    return refused
        raise AssertionError(f"nobody was refused for {reason}")

    def test_clock_that_is_far_off(self):
        # A clock_timestamp of one's own goes before PostgreSQL's.
        with self.changed(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
            "$$ SELECT '2099-01-01 00:00:00Z'::timestamptz $$; "
            "ALTER ROLE catalog_service SET search_path = public, pg_catalog",
            "ALTER ROLE catalog_service RESET search_path; DROP FUNCTION public.clock_timestamp()",
        ):
            self.restart_catalog()
            self.assert_not_created("CLOCK_UNSOUND")
        self.restart_catalog()

    def test_entry_that_somebody_else_put_there(self):
        with self.changed("INSERT INTO entry SELECT size, 'x' FROM log_head",
                          f"{NOT_APPEND_ONLY}; DELETE FROM entry USING log_head WHERE position >= size; {APPEND_ONLY}"):
            self.assert_not_created("LOG_CORRUPT")
        self.restart_catalog()

    def test_entry_that_somebody_elses_index_refuses(self):
        with self.changed(*failing_insert("23505")):
            self.assert_not_created("STORAGE_UNIQUE_VIOLATION")

    def test_privilege_that_was_taken_away(self):
        with self.changed("REVOKE INSERT ON entry FROM catalog_service", "GRANT INSERT ON entry TO catalog_service"):
            self.assert_not_created("STORAGE_DENIED")

    def test_table_that_is_gone(self):
        with self.changed("ALTER TABLE entry RENAME TO gone", "ALTER TABLE gone RENAME TO entry"):
            self.assert_not_created("STORAGE_ERROR")

    def test_transaction_that_another_one_is_in_the_way_of(self):
        with self.changed(*failing_insert("40001")):
            self.assert_not_created("STORAGE_CONFLICT")

    def test_disk_that_is_full(self):
        with self.changed(*failing_insert("53100")):
            self.assert_not_created("STORAGE_FULL")

    def test_stream_of_a_service_that_stops(self):
        stream = self.stubs("auditor").log.WatchEntries(WatchEntriesRequest(), timeout=60)
        self.assertTrue(next(stream).caught_up)
        self.city.terminate("catalog")
        with self.assertRaises(grpc.RpcError) as caught:
            list(stream)
        refused = Refused.of(caught.exception)
        self.assertEqual(refused.reason, "SHUTTING_DOWN")
        seen.note_refused(refused)
        self.city.start("catalog")


class LogTest(Provocation):
    """The logs themselves. The city is another one in each case, because it cannot be mended."""

    def setUp(self):
        self.city = self.enterContext(City())
        stubs = self.stubs()
        position = stubs.catalog.CreatePlan(plan("first"), timeout=20).receipt.position
        # Progress has it too.
        stubs.progress.GetCatalogPosition(GetCatalogPositionRequest(min_catalog_position=position), timeout=20)

    def test_entry_that_was_changed(self):
        self.city.sql("catalog", f"{NOT_APPEND_ONLY}; UPDATE entry SET bytes = bytes || '\\x00'; {APPEND_ONLY}")
        self.assert_does_not_start("LOG_CORRUPT")

    def test_log_from_before_there_were_seals(self):
        self.city.sql("catalog", "UPDATE log_head SET seal = NULL")
        self.assert_does_not_start("LOG_UNSEALED")

    def test_text_that_was_changed(self):
        planner = self.stubs()
        position = planner.catalog.ApplyCatalog(ApplyCatalogRequest(changes=small_plan()), timeout=30).receipt.position
        narrative = Narrative(kpi=f"{PLAN}/kpis/own", reporting_year=2022, kind=NARRATIVE_KIND_ISSUES, text="課題")
        planner.progress.RecordNarrative(
            RecordNarrativeRequest(narrative=narrative, min_catalog_position=position), timeout=30)
        self.city.sql("progress", """
            ALTER TABLE entry_text DISABLE TRIGGER append_only; UPDATE entry_text SET text = '別の課題';
            ALTER TABLE entry_text ENABLE ALWAYS TRIGGER append_only""")
        self.assert_refused("TEXT_DIFFERS", planner.progress.ListNarratives,
                            ListNarrativesRequest(parent=narrative.kpi, reporting_year=2022))

    def test_catalog_that_tells_another_story(self):
        self.city.terminate("progress")
        self.city.kill("catalog")
        self.city.sql("catalog", f"""
            {NOT_APPEND_ONLY}; ALTER TABLE tile DISABLE TRIGGER append_only; DELETE FROM entry; DELETE FROM tile;
            UPDATE log_head SET size = 0, sealed_size = 0, frontier = '', recorded_at = 0, seal = NULL;
            {APPEND_ONLY}; ALTER TABLE tile ENABLE ALWAYS TRIGGER append_only""")
        kept = self.city.directory / "checkpoints" / "catalog"
        self.assert_does_not_start("LOG_ROLLED_BACK", checkpoint_file=str(kept))
        old = str(kept.rename(kept.with_name("old")))
        kept.with_name("catalog.sealed").unlink()
        self.city.start("catalog")
        self.stubs().catalog.CreatePlan(plan("another"), timeout=20)
        self.assert_does_not_start("LOG_FORK", checkpoint_file=old)
        self.city.start("progress")
        log = self.city.directory / "logs" / "progress.log"
        told = []
        wait_until("progress notices", lambda: told.append(
            seen.logged_reason(log, "catalog is not followed any more")) or told[-1] is not None)
        self.assertEqual(told[-1], "CATALOG_FORK")
