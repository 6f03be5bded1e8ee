"""Reasons that an operator meets in the log of a program that was given something wrong."""

import signal
import unittest

import seen
from harness.children import Child, unpacked, wait_until
from harness.city import PROGRAMS, City, run
from neighbour import address
from provoking import Provocation


def setUpModule():
    Provocation.city = unittest.enterModuleContext(City())


class StartingTest(Provocation):
    def file(self, name: str, text: str) -> str:
        file = self.city.directory / "keys" / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o644)
        return str(file)

    def dsn(self) -> str:
        """Catalog's, as it is given to the service."""
        command = self.city.service_command("catalog")
        return command[command.index("--dsn") + 1]

    def test_origin_of_another_log(self):
        self.assert_does_not_start("ORIGIN_MISMATCH", origin="sakai.example/catalog")

    def test_database_of_a_later_version(self):
        with self.changed("INSERT INTO schema_migration VALUES (1000, 'later', '', now())",
                          "DELETE FROM schema_migration WHERE number = 1000"):
            self.assert_does_not_start("SCHEMA_MISMATCH")

    def test_database_that_does_not_wait_for_the_disk(self):
        self.assert_does_not_start("DURABILITY_OFF", dsn=f"{self.dsn()} options='-c synchronous_commit=off'")

    def test_pooler_before_the_database(self):
        folder = self.city.directory / "run"
        host = self.dsn().partition("host=")[2].split()[0].strip("'")
        (folder / "users").write_text('"catalog_service" ""\n', encoding="utf-8")
        (folder / "pooler.ini").write_text(
            f"[databases]\n* = host={host}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {folder}\n"
            f"auth_type = trust\nauth_file = {folder}/users\npool_mode = transaction\nignore_startup_parameters = options\n",
            encoding="utf-8")
        pooler = Child([unpacked("pgbouncer"), str(folder / "pooler.ini")], self.city.directory / "logs" / "pooler.log",
                       self.city.user)
        try:
            wait_until("pgbouncer listens", (folder / ".s.PGSQL.6432").exists, on_timeout=pooler.last_words)
            self.assert_does_not_start("SETTINGS_IGNORED", dsn=self.dsn().replace(host, str(folder)) + " port=6432")
        finally:
            pooler.end(signal.SIGKILL)

    def test_database_that_no_longer_protects_the_log(self):
        with self.changed("ALTER TABLE tile DISABLE TRIGGER append_only",
                          "ALTER TABLE tile ENABLE ALWAYS TRIGGER append_only"):
            self.assert_does_not_start("PROTECTION_MISSING")

    def test_key_that_the_log_does_not_name(self):
        next_key = self.city.directory / "next.key"
        run([PROGRAMS / "seisaku-admin", "keygen", "--origin", "isesaki.example/catalog", "--out", next_key])
        self.assert_does_not_start("LOG_KEY_NOT_CURRENT", log_key=self.file("next", next_key.read_text(encoding="utf-8")),
                                   previous_log_key=str(self.city.directory / "keys" / "catalog.key"))

    def test_port_that_is_taken(self):
        self.assert_does_not_start("CANNOT_LISTEN", listen=address(self.city, "catalog"))

    def test_certificate_that_is_not_there(self):
        self.assert_does_not_start("CERTIFICATE_UNREADABLE", certificate="/nonexistent")

    def test_certificate_that_is_none(self):
        self.assert_does_not_start("CERTIFICATE_UNREADABLE", certificate=self.file("none.crt", "none"))

    def test_address_file_in_no_folder(self):
        self.assert_does_not_start("ADDRESS_FILE_UNWRITABLE", address_file="/nonexistent/address")

    def test_checkpoint_file_in_no_folder(self):
        self.assert_does_not_start("CHECKPOINT_FILE_UNUSABLE", checkpoint_file="/nonexistent/catalog")

    def test_checkpoint_file_of_another_replica(self):
        self.assert_does_not_start("CHECKPOINT_FILE_UNUSABLE",
                                   checkpoint_file=str(self.city.directory / "checkpoints" / "catalog"))

    def test_key_of_the_log_that_is_not_there(self):
        self.assert_does_not_start("LOG_KEY_UNREADABLE", log_key="/nonexistent")

    def test_key_of_catalog_that_is_not_there(self):
        self.assert_does_not_start("LOG_KEY_UNREADABLE", "progress", catalog_vkey="/nonexistent")

    def test_key_of_catalog_that_is_none(self):
        self.assert_does_not_start("LOG_KEY_UNREADABLE", "progress", catalog_vkey=self.file("none.vkey", "none"))

    def test_key_that_catalog_does_not_sign_with(self):
        other = self.city.directory / "other.key"
        run([PROGRAMS / "seisaku-admin", "keygen", "--origin", "isesaki.example/catalog", "--out", other])
        vkey = self.file("other.vkey", other.with_suffix(".key.vkey").read_text(encoding="utf-8"))
        told = []
        with self.replica("progress", catalog_vkey=vkey) as log:
            wait_until("progress notices", lambda: log.exists() and told.append(
                seen.logged_reason(log, "catalog is not followed any more")) or told[-1:] not in ([], [None]))
        self.assertEqual(told[-1], "SIGNATURE_MISSING")
