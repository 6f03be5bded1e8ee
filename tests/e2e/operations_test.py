"""What whoever runs a city sees of it and does while it runs: certificates are renewed, monitors ask, logs are read."""

import re
import shutil
import signal
import socket
import subprocess
import unittest

from harness import cases
from harness.children import unpacked, wait_until
from harness.city import DENIED, DEPLOY, DONE, SAMPLE, UNAVAILABLE, City, run

SERVICES = ("catalog", "progress")
MONITORING = DEPLOY / "monitoring.md"


def setUpModule():
    global CITY
    CITY = unittest.enterModuleContext(City())
    CITY.load(manifesto=False)


def add_plan(plan: str):
    """A change of catalog, which progress copies."""
    CITY.ask("plan", "create", plan, "--file", SAMPLE / "strategy.toml")
    copied = lambda: CITY.ask("sheet", "--plan", plan, "--fiscal-year", "2022", expect=None).code == DONE
    wait_until(f"progress knows {plan}", copied)


class MonitoringTest(unittest.TestCase):
    def test_metrics_are_such_as_prometheus_wants_them_and_all_are_in_the_table(self):
        CITY.ask("plan", "list", role="reporter")
        documented = set(re.findall(r"^\| `((?:seisaku|process)_[a-z_]+)`", MONITORING.read_text(encoding="utf-8"), re.MULTILINE))
        seen = set()
        for service in SERVICES:
            code, page = CITY.page(service, "/metrics")
            self.assertEqual(code, 200)
            checked = subprocess.run([unpacked("promtool"), "check", "metrics"], input=page, capture_output=True, encoding="utf-8",
                                     check=False)
            self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
            seen |= set(re.findall(r"^# TYPE (\S+)", page, re.MULTILINE))
            self.assertEqual(re.findall(r"^# HELP \S+ *$", page, re.MULTILINE), [])
        self.assertEqual(sorted(seen - documented), [])
        # What nobody has done here: cosigned, or seen PostgreSQL fail.
        rare = {"seisaku_cosignature_size", "seisaku_cosignature_timestamp_seconds", "seisaku_postgres_errors_total",
                "seisaku_rpc_refused_total"}
        self.assertEqual(sorted(documented - seen - rare), [])

    def test_figures_are_true(self):
        size = CITY.log_size("catalog")
        self.assertEqual(CITY.sample("catalog", "seisaku_log_size"), size)
        self.assertEqual(CITY.sample("catalog", "seisaku_ready"), 1)
        self.assertGreater(CITY.sample("catalog", "seisaku_batch_seconds_count"), 0)
        self.assertEqual(CITY.sample("catalog", "seisaku_batch_commands_count"), CITY.sample("catalog", "seisaku_batch_seconds_count"))
        wait_until("a checkpoint is kept", lambda: CITY.sample("catalog", "seisaku_checkpoint_size") == CITY.log_size("catalog"))
        self.assertEqual(CITY.sample("catalog", "seisaku_queue_commands"), 0)
        pid = CITY.children["catalog"].pid
        with open(f"/proc/{pid}/statm", encoding="ascii") as statm:
            resident = int(statm.read().split()[1]) * 4096
        self.assertAlmostEqual(CITY.sample("catalog", "process_resident_memory_bytes"), resident, delta=resident / 2)

    def test_monitors_need_no_certificate_and_are_on_this_host_only(self):
        for service in SERVICES:
            address = (CITY.directory / "run" / f"{service}.metrics").read_text(encoding="utf-8")
            self.assertTrue(address.startswith("127.0.0.1:"), address)
            self.assertEqual(CITY.page(service, "/healthz"), (200, "alive\n"))
            self.assertEqual(CITY.page(service, "/readyz"), (200, "ready\n"))

    def test_silent_connections_do_not_keep_monitors_away(self):
        host, _, port = (CITY.directory / "run" / "catalog.metrics").read_text(encoding="utf-8").strip().partition(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(8)]
        try:
            self.assertEqual(CITY.page("catalog", "/healthz", seconds=20), (200, "alive\n"))
        finally:
            for connection in silent:
                connection.close()

    def test_connections_to_postgresql_say_whose_they_are(self):
        for service in SERVICES:
            names = CITY.sql("postgres", f"SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = '{service}'")
            self.assertEqual(names, f"seisaku-{service}")

    def test_lag_of_the_copy_is_seen_while_catalog_is_away_and_goes_again(self):
        self.assertEqual(CITY.sample("progress", "seisaku_catalog_connected"), 1)
        before = len(CITY.logged("progress", "following catalog again"))
        CITY.terminate("catalog")
        wait_until("it is told", lambda: CITY.logged("progress", "catalog is not followed for now"))
        wait_until("the lag grows", lambda: CITY.sample("progress", "seisaku_catalog_lag_seconds") > 8)
        self.assertEqual(CITY.sample("progress", "seisaku_catalog_connected"), 0)
        self.assertEqual(len(CITY.logged("progress", "following catalog again")), before)
        self.assertEqual(CITY.page("progress", "/readyz"), (200, "ready\n"))
        CITY.start("catalog")
        wait_until("it follows", lambda: CITY.sample("progress", "seisaku_catalog_connected") == 1)
        wait_until("it has all", lambda: CITY.sample("progress", "seisaku_catalog_lag_seconds") < 6)
        self.assertEqual(CITY.sample("progress", "seisaku_catalog_lag_entries"), 0)
        wait_until("it is told", lambda: len(CITY.logged("progress", "following catalog again")) == before + 1)

    def test_pages_are_there_before_the_log_is_open(self):
        CITY.terminate("progress")
        CITY.terminate("catalog")
        CITY.stop_postgres()
        address = CITY.directory / "run" / "catalog.metrics"
        address.unlink()
        CITY.begin("catalog")
        wait_until("it shows its status", address.exists)
        wait_until("it says why", lambda: CITY.page("catalog", "/readyz") == (503, "not ready: STORAGE_UNAVAILABLE\n"))
        self.assertEqual(CITY.page("catalog", "/healthz"), (200, "alive\n"))
        self.assertEqual(CITY.sample("catalog", "seisaku_ready"), 0)
        CITY.start_postgres()
        wait_until("it serves", lambda: CITY.page("catalog", "/readyz") == (200, "ready\n"))
        CITY.start("progress")


class LogTest(unittest.TestCase):
    def test_who_failed_from_where_and_with_which_request(self):
        CITY.ask("plan", "create", "made", "--file", SAMPLE / "strategy.toml", role="auditor", expect=DENIED)
        line = CITY.logged("catalog", "call failed")[-1]
        self.assertEqual(line["subject"], "seisaku://isesaki/auditor/auditor-1")
        self.assertRegex(line["peer"], r"^ipv4:127\.0\.0\.1:\d+$")
        CITY.ask("actual", "record", "創業相談件数", "--plan", "strategy", "--fiscal-year", "2022", "--value", "1件",
                 role="reporter", expect=DENIED)
        line = CITY.logged("progress", "call failed")[-1]
        self.assertEqual((line["reason"], line["subject"]), ("DEPARTMENT_SCOPE", "seisaku://isesaki/reporter/dept-001/reporter-1"))
        self.assertRegex(line["request_id"], r"^[0-9a-f-]{36}$")


class CertificatesTest(unittest.TestCase):
    def setUp(self):
        self.own = CITY.directory / "certificates"

    def made(self, name: str, *words) -> "pathlib.Path":
        """Certificates of another authority, or of this one in another folder."""
        out = CITY.directory / name
        run([DEPLOY / "certificates", "--out", out, *words])
        return out

    def put(self, *files):
        """Files in the place of the city's, as a renewal does: each whole, one after the other."""
        for file in files:
            new = self.own / f".{file.name}.new"
            shutil.copy(file, new)
            if CITY.user is not None:
                shutil.chown(new, CITY.user)
            new.rename(self.own / file.name)

    def wait_for_log(self, service: str, message: str, more_than: int):
        wait_until(f"{service} says: {message}", lambda: len(CITY.logged(service, message)) > more_than)

    def test_hang_up_makes_a_service_look_and_ends_nothing(self):
        for service in SERVICES:
            before = len(CITY.logged(service, "certificates are as they were"))
            CITY.children[service].signal(signal.SIGHUP)
            self.wait_for_log(service, "certificates are as they were", before)
            self.assertTrue(CITY.children[service].is_running())
        CITY.ask("plan", "list")

    def test_half_a_file_changes_nothing(self):
        file = self.own / "catalog.crt"
        whole = file.read_text(encoding="ascii")
        before = len(CITY.logged("catalog", "certificates on disk cannot be used; those from before stay"))
        file.write_text(whole[: len(whole) // 2], encoding="ascii")
        try:
            self.wait_for_log("catalog", "certificates on disk cannot be used; those from before stay", before)
            self.assertEqual(CITY.logged("catalog", "certificates on disk cannot be used; those from before stay")[-1]["file"],
                             str(file))
            CITY.ask("plan", "list")
        finally:
            file.write_text(whole, encoding="ascii")

    def test_everything_is_replaced_while_it_runs(self):
        old = CITY.directory / "old"
        shutil.copytree(self.own, old)
        new = self.made("new")
        both = CITY.directory / "both"
        both.mkdir()
        (both / "ca.crt").write_bytes((old / "ca.crt").read_bytes() + (new / "ca.crt").read_bytes())
        with_new = CITY.profiles_with("new", (self.own, new))

        # First both authorities, then the servers' certificates, then the clients', then the new authority alone.
        expiry = CITY.sample("catalog", 'seisaku_certificate_expiry_timestamp_seconds{file="certificate"}')
        CITY.ask("plan", "list", profiles=with_new, expect=UNAVAILABLE, seconds=2)
        counts = {service: len(CITY.logged(service, "certificates were read again")) for service in SERVICES}
        self.put(both / "ca.crt")
        for service in SERVICES:
            self.wait_for_log(service, "certificates were read again", counts[service])
            counts[service] = len(CITY.logged(service, "certificates were read again"))
        self.put(*(new / f"{name}.{kind}" for name in (*SERVICES, "planner") for kind in ("key", "crt")))
        for service in SERVICES:
            self.wait_for_log(service, "certificates were read again", counts[service])
        CITY.ask("plan", "list", profiles=with_new)
        add_plan("renewed")
        # Progress shows its new certificate as soon as it connects again.
        self.put(new / "ca.crt")
        CITY.terminate("catalog")
        CITY.start("catalog")
        add_plan("renewed-again")
        with_old = CITY.profiles_with("old", (self.own, old))
        self.assertIn(CITY.ask("plan", "list", profiles=with_old, expect=None, seconds=2).code, (DENIED, UNAVAILABLE))
        self.assertGreaterEqual(
            CITY.sample("catalog", 'seisaku_certificate_expiry_timestamp_seconds{file="certificate"}'), expiry)
        self.put(*(file for file in new.iterdir() if file.suffix in (".crt", ".key")))
        CITY.ask("plan", "list")

    def test_a_caller_of_another_city_is_refused(self):
        run([DEPLOY / "certificates", "--out", self.own, "--city", "sakai", "--client", "planner/sakai-1"])
        answer = CITY.ask("plan", "list", profiles=CITY.profiles_with("sakai", (f"{self.own}/planner", f"{self.own}/planner-sakai-1")),
                          expect=DENIED)
        self.assertIn("isesaki", answer.err)
        self.assertIn("sakai", answer.err)

    def test_what_ends_soon_is_told(self):
        for service in SERVICES:
            self.assertEqual(CITY.logged(service, "certificate ends soon"), [])
        name, key = self.own / "catalog.crt", self.own / "catalog.key"
        before = (key.read_bytes(), name.read_bytes())
        soon = CITY.directory / "soon"
        soon.mkdir()
        run(["openssl", "req", "-x509", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
             "-subj", "/CN=catalog", "-days", "20", "-CA", self.own / "ca.crt", "-CAkey", self.own / "ca.key",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,URI:seisaku://isesaki/peer/catalog",
             "-keyout", soon / "catalog.key", "-out", soon / "catalog.crt"])
        self.put(soon / "catalog.key", soon / "catalog.crt")
        self.wait_for_log("catalog", "certificate ends soon", 0)
        (line,) = CITY.logged("catalog", "certificate ends soon")
        self.assertEqual((line["file"], line["days_left"]), (str(name), "19"))
        (soon / "catalog.key").write_bytes(before[0])
        (soon / "catalog.crt").write_bytes(before[1])
        self.put(soon / "catalog.key", soon / "catalog.crt")
        CITY.ask("plan", "list")


if __name__ == "__main__":
    cases.main()
