"""auditor verify raises no false alarm, and misses none: what grew since, what others wrote into the database, what was
not finished, and what does not protect the log any more."""

import gzip
import json
import subprocess
import unittest

from harness import cases
from harness.city import DONE, INPUT_REFUSED, REPOSITORY, USAGE, City
from harness.proving import CONTRADICTION, KPI, Auditor, worked_city


class AlarmsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(worked_city(manifesto=False))
        cls.auditor = Auditor(cls.city)
        files = cls.auditor.witness()
        cls.old = cls.auditor.export("old")
        cls.size = cls.city.log_size("progress")
        cls.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "その後の記録")
        cls.auditor.witness()
        cls.files = files  # the newest by now
        cls.folders = [word if word == "--since" else word.parent for word in files]

    def code_of(self, *words) -> int:
        return self.auditor.report(*words)[0]

    # --- older than what was seen last ---

    def test_an_older_bundle_is_compared_with_the_notes_of_its_time(self):
        report = self.auditor.verify(self.old, *self.folders)
        progress = report["logs"][1]
        kept = [point for point in progress["checkpoints"] if point["keptOutside"]]
        self.assertEqual([(int(point["size"]), point["holds"]) for point in kept], [(self.size, True)])
        self.assertEqual([int(point["size"]) for point in progress["later"]], [self.city.log_size("progress")])
        said = self.auditor.say(self.old, *self.folders)
        self.assertIn("This export is older", said)
        self.assertNotIn("CAUTION", said)
        self.assertIn("以後:", self.auditor.say(self.old, *self.folders, "--lang", "ja"))

    def test_with_the_newest_note_alone_it_is_a_remark(self):
        report = self.auditor.verify(self.old, *self.files)
        self.assertEqual(report["logs"][1]["violations"]["count"], "0")
        said = self.auditor.say(self.old, *self.files)
        self.assertIn("CAUTION, isesaki.example/progress: compared with no checkpoint", said)
        self.assertIn("the witness's folder has those of its time", said)
        self.assertIn("witness のフォルダー", self.auditor.say(self.old, *self.files, "--lang", "ja"))

    def test_services_and_databases_have_all_notes(self):
        for where in (["--live"], self.auditor.databases()):
            progress = self.auditor.verify(*where, *self.folders)["logs"][1]
            self.assertEqual(len([point for point in progress["checkpoints"] if point["keptOutside"]]), 2)
            self.assertNotIn("later", progress)

    def test_a_database_that_is_shorter_than_a_note_is_not_the_log(self):
        older = self.in_copy("progress", f"{self.without()} DELETE FROM entry WHERE position >= {self.size}; "
                             f"DELETE FROM entry_text WHERE position >= {self.size}; {self.with_again()}")
        code, report = self.auditor.report("--database", older, *self.folders)
        self.assertEqual(code, CONTRADICTION)
        self.assertIn("LOG_TOO_SHORT", report["logs"][0]["violations"]["byCode"])

    # --- what others wrote ---

    def test_a_row_that_nobody_signed_is_not_the_logs_violation(self):
        junk = self.in_copy("progress", f"INSERT INTO cosignature VALUES ({self.size}, 'x+00000000', 'junk'), "
                            f"(1, 'y+00000000', 'junk'), (999999, 'z+00000000', E'junk\\n')")
        report = self.auditor.verify("--database", junk, *self.folders[2:])
        (progress,) = report["logs"]
        self.assertEqual((report["proven"], progress["provenSize"]), (True, progress["size"]))
        self.assertEqual([(remark["code"], remark["count"]) for remark in progress["remarks"]], [("COSIGNATURE_ROW", "3")])
        said = self.auditor.run("verify", "--database", junk, *self.auditor.trust).stdout
        self.assertIn("holds no signature line of that cosigner", said)
        self.assertIn("備考", self.auditor.run("--lang", "ja", "verify", "--database", junk, *self.auditor.trust).stdout)

    def test_a_cosignature_of_other_entries_is_junk_where_somebody_outside_covers_them(self):
        moved = self.in_copy("progress", "INSERT INTO cosignature SELECT 5, cosigner, line FROM cosignature "
                             f"WHERE size = {self.size}")
        (progress,) = self.auditor.verify("--database", moved, *self.folders[2:])["logs"]
        self.assertEqual([remark["code"] for remark in progress["remarks"]], ["COSIGNATURE_ROW"])

    def test_junk_does_not_keep_a_service_from_handing_out_what_is_cosigned(self):
        with City() as city:
            city.ask("plan", "create", "p", "--file", self.plan(city))
            auditor = Auditor(city)
            since = auditor.witness()
            size = city.log_size("catalog")
            city.sql("catalog", f"INSERT INTO cosignature VALUES ({size}, 'x+00000000', 'junk'), (0, 'y+00000000', 'z')")
            report = auditor.verify("--live", *since)
            self.assertEqual([point["size"] for point in report["logs"][0]["checkpoints"]], [str(size)] * 2)
            self.assertTrue(auditor.verify(auditor.export("with-junk"), *since)["proven"])
            # A log that is empty has no seal yet, nor has one of an older version.
            columns = "DROP CONSTRAINT sealed, DROP COLUMN seal, DROP COLUMN sealed_size"
            city.sql("postgres", "CREATE DATABASE older OWNER progress_owner")
            done = auditor.run("verify", "--database", city._dsn("older"), *auditor.trust)
            self.assertIn("DATABASE_UNUSABLE", done.stderr)
            city.terminate("catalog")
            city.sql("catalog", f"ALTER TABLE log_head {columns}")
            code, report = auditor.report("--database", city._dsn("catalog"), *since[:2])
            self.assertEqual(report["logs"][0]["violations"]["first"]["code"], "HEAD_UNSEALED")

    @staticmethod
    def plan(city: City):
        file = city.directory / "home" / "plan.toml"
        file.write_text('title = "計画"\nlevels = ["政策"]\n', encoding="utf-8")
        return file

    def test_rows_at_the_last_position_that_there_can_be_are_read_once(self):
        far = 2**63 - 1
        (progress,) = self.auditor.report("--database", self.in_copy(
            "progress", f"INSERT INTO entry VALUES ({far}, '\\x00'); INSERT INTO entry_text VALUES ({far}, 0, '\\x00', 'junk')"
        ))[1]["logs"]
        self.assertEqual(progress["violations"]["byCode"]["ENTRY_MISSING"], "1")
        self.assertNotIn("ENTRY_REPEATED", progress["violations"]["byCode"])

    # --- not finished ---

    def test_an_export_that_was_not_finished_is_no_violation(self):
        unfinished = self.auditor.copy(self.old, "unfinished")
        (unfinished / "contracts.binpb").unlink()
        done = self.auditor.run("verify", unfinished, *self.auditor.trust, *self.folders)
        self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout)
        self.assertIn("contracts.binpb is missing: the export has not come to its end", done.stdout)
        self.assertIn("NOT_PROVEN_UNFINISHED", done.stderr)
        (unfinished / "progress" / "manifest.json").unlink()
        code, report = self.auditor.report(unfinished, *self.folders)
        self.assertEqual(code, INPUT_REFUSED)
        self.assertEqual(report["logs"][1]["doubts"], ["UNFINISHED"])
        self.assertEqual(report["logs"][1]["violations"]["count"], "0")

    # --- the seal, and what protects the log ---

    def test_the_heads_seal_is_checked(self):
        (progress,) = self.auditor.verify("--database", self.in_copy("progress", "SELECT"))["logs"]
        self.assertIn("seal of isesaki.example/progress", [point["from"] for point in progress["checkpoints"]])
        spoilt = "UPDATE log_head SET seal = set_byte(seal, 30, get_byte(seal, 30) # 1)"
        stranger = "UPDATE log_head SET seal = set_byte(seal, 1, get_byte(seal, 1) # 1)"
        for sql, found in ((spoilt, "SEAL_INVALID"), (stranger, "SEAL_INVALID"),
                           ("UPDATE log_head SET seal = NULL", "HEAD_UNSEALED")):
            with self.subTest(sql):
                code, report = self.auditor.report("--database", self.in_copy("progress", sql))
                self.assertEqual((code, report["logs"][0]["violations"]["first"]["code"]), (CONTRADICTION, found))

    def test_a_database_from_before_there_were_seals_is_said_to_have_none(self):
        """As version 0.1 left it, not migrated."""
        old = REPOSITORY / "tests" / "interop" / "releases" / "0.1" / "whole"
        trust = [word for log in ("catalog", "progress") for word in ("--trust", old.parent / "keys" / f"{log}.key.vkey")]
        for log in ("catalog", "progress"):
            AlarmsTest.copies += 1
            copy = f"copy_{AlarmsTest.copies}"
            self.city.sql("postgres", f"CREATE DATABASE {copy} OWNER {log}_owner TEMPLATE template0")
            dump = gzip.decompress((old / f"{log}.sql.gz").read_bytes()).decode()
            subprocess.run(self.city.psql(copy), input=dump, capture_output=True, encoding="utf-8", check=True)
            done = self.auditor.run("-o", "json", "verify", "--database", self.city._dsn(copy), *trust,
                                    "--since", old / "checkpoints" / log)
            self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
            (report,) = json.loads(done.stdout)["logs"]
            self.assertEqual([remark["code"] for remark in report["remarks"]], ["NO_SEAL"])
            self.assertGreater(int(report["provenSize"]), 0)

    def test_a_forged_tail_is_found(self):
        """As whoever may write to the database makes it: all fits, but the seal."""
        last = self.city.log_size("catalog") - 1
        forged = self.in_copy("catalog", f"{self.without()} DELETE FROM entry WHERE position = {last}; "
                              f"DELETE FROM entry_text WHERE position = {last}; {self.with_again()}"
                              "UPDATE log_head SET size = size - 1, sealed_size = sealed_size - 1")
        code, report = self.auditor.report("--database", forged)
        self.assertEqual(code, CONTRADICTION)
        self.assertIn("SEAL_INVALID", report["logs"][0]["violations"]["byCode"])

    def test_what_does_not_protect_the_log_is_named(self):
        for sql, what in (
            ("ALTER TABLE entry DISABLE TRIGGER append_only", "append_only on entry (TRIGGER_DISABLED)"),
            ("DROP TRIGGER append_only_rows ON entry_text", "append_only_rows on entry_text (TRIGGER_MISSING)"),
            ("GRANT UPDATE ON entry TO progress_service", "UPDATE on entry to progress_service (PRIVILEGE_GRANTED)"),
            ("GRANT DELETE ON tile TO PUBLIC", "DELETE on tile to PUBLIC (PRIVILEGE_GRANTED)"),
            ("CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
             "refuse_change (FUNCTION_DIFFERS)"),
        ):
            with self.subTest(sql):
                done = self.auditor.run("verify", "--database", self.in_copy("progress", sql), *self.auditor.trust)
                self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout + done.stderr)
                self.assertIn(what, done.stdout)
                self.assertIn("NOT_PROVEN_UNPROTECTED", done.stderr)
        self.assertIn("保護されていません", self.auditor.run(
            "--lang", "ja", "verify", "--database", self.in_copy("progress", "GRANT DELETE ON tile TO PUBLIC"),
            *self.auditor.trust).stdout)

    # --- a quorum ---

    def test_a_quorum_is_wanted_or_not(self):
        for where in (["--live"], [self.old]):
            self.assertEqual(self.code_of(*where, "--quorum", "1"), DONE)
        # Nobody has cosigned the newest entry.
        with City() as city:
            city.ask("plan", "create", "p", "--file", self.plan(city))
            auditor = Auditor(city)
            code, report = auditor.report("--live", "--quorum", "1")
            self.assertEqual(code, INPUT_REFUSED)
            self.assertIn("NO_QUORUM", report["logs"][0]["doubts"])
            self.assertEqual(report["logs"][0]["quorum"], {"wanted": "1", "missing": ["isesaki.example/auditor"]})
            self.assertIn("missing: isesaki.example/auditor",
                          auditor.run("verify", "--live", "--quorum", "1", *auditor.trust).stdout)

    def test_a_quorum_is_of_those_who_are_trusted(self):
        done = self.auditor.run("verify", self.old, "--quorum", "2", *self.auditor.trust)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("2 cosigners are wanted, and --trust has the keys of 1", done.stderr)
        for words in (["0"], ["two"], ["1"]):
            trust = self.auditor.trust if words != ["1"] else []
            self.assertEqual(self.auditor.run("verify", self.old, "--quorum", *words, *trust).returncode, USAGE)

    # --- copies of a database ---

    copies = 0

    def in_copy(self, name: str, sql: str) -> str:
        """The DSN of a copy of a service's database, which this was done to."""
        AlarmsTest.copies += 1
        copy = f"copy_{AlarmsTest.copies}"
        self.city.terminate(name)
        self.city.sql("postgres", f"CREATE DATABASE {copy} TEMPLATE {name}")
        self.city.start(name)
        self.city.sql(copy, sql)
        return self.city._dsn(copy)

    @staticmethod
    def without() -> str:
        return "ALTER TABLE entry DISABLE TRIGGER ALL; ALTER TABLE entry_text DISABLE TRIGGER ALL;"

    @staticmethod
    def with_again() -> str:
        return ("ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only; "
                "ALTER TABLE entry_text ENABLE ALWAYS TRIGGER append_only; "
                "ALTER TABLE entry_text ENABLE ALWAYS TRIGGER append_only_rows;")


if __name__ == "__main__":
    cases.main()
