"""Both ways out for a log that was restored from an older backup: refilled byte for byte from a bundle, or begun
anew under another origin."""

import base64
import json
import pathlib
import shutil
import signal
import subprocess
import unittest
import uuid

from harness import cases, logs
from harness.answers import judgements
from harness.children import Child, clean_environment, wait_until
from harness.city import DONE, INPUT_REFUSED, PROGRAMS, SAMPLE, City, run
from harness.proving import CONTRADICTION, Auditor

KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")
SECRET = "山田太郎さんの連絡による"


class WaysOutTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.city.load(manifesto=False)
        for name in ("catalog", "progress"):
            self.city.back_up(name)

    # --- what an operator does ---

    def restore(self, name: str):
        """The service's database is again what it was; the service refuses to start."""
        self.city.restore(name)
        self.assertEqual(self.city.refused(name)["reason"], "LOG_ROLLED_BACK")

    def vkey(self, name: str):
        return self.city.directory / "keys" / f"{name}.key.vkey"

    def export(self, name: str):
        """The log as it is now."""
        folder = self.city.directory / f"{name}-bundle"
        run([PROGRAMS / "auditor", "export", "--profiles", self.city.profiles, "--from", name,
             "--trust", self.vkey(name), "--out", folder])
        self.city._own(folder.name)
        return folder / name

    def dsn(self, name: str) -> str:
        return self.city._cluster("dsn", name, f"{name.partition('_')[0]}_service").strip()

    def admin(self, *words, expect: int = 0) -> str:
        as_user = ["setpriv", f"--reuid={self.city.user}", "--clear-groups"] if self.city.user else []
        done = subprocess.run([*as_user, str(self.city.programs / "seisaku-admin"), *map(str, words)],
                              capture_output=True, encoding="utf-8", env=clean_environment(), cwd="/")
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def refill(self, name: str, folder, *more, **how) -> str:
        return self.admin("refill", "--database", self.dsn(name), "--bundle", folder, "--log-vkey", self.vkey(name),
                          *more, **how)

    def entries(self, name: str, beginning: int = 0) -> str:
        return self.city.sql(name, "SELECT string_agg(encode(sha256(bytes), 'hex'), '' ORDER BY position) "
                             f"FROM entry WHERE position >= {beginning}")

    def requests(self, name: str) -> int:
        return int(self.city.sql(name, "SELECT count(request_id) FROM entry"))

    def rows(self, name: str, table: str) -> str:
        return self.city.sql(name, f"SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM {table} AS t")

    def work_on(self, request_id: str):
        """What the backups lack."""
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        self.city.ask("import", "manifesto", SAMPLE / "manifesto.txt", "--plan", "manifesto")
        self.correct(request_id)
        self.city.ask("log", "redact", self.city.log_size("progress") - 1, "--reason", "個人名")
        self.city.ask("log", "redact", self.withdrawn_early, "--reason", "個人名")

    def correct(self, request_id: str):
        return self.city.ask("actual", "correct", *KPI, "--value", "1,234件", "--reason", SECRET,
                             "--request-id", request_id, "-o", "json").out

    @property
    def withdrawn_early(self) -> int:
        """A text that the backup still has."""
        return int(self.city.sql("progress", "SELECT min(position) FROM entry_text"))

    # --- the ways out ---

    def test_a_restored_log_is_refilled_byte_for_byte(self):
        request_id = str(uuid.uuid4())
        self.work_on(request_id)
        sheet, tree = self.city.sheet(), self.city.ask("tree", "--plan", "manifesto").out
        bundles = {name: self.export(name) for name in ("catalog", "progress")}
        tables = ("entry", "entry_text", "tile", "log_head")
        before = {(name, table): self.rows(name, table) for name in bundles for table in tables}
        for name in ("progress", "catalog"):
            self.restore(name)
            looked = self.refill(name, bundles[name])
            self.assertIn("--yes", looked)
            self.assertNotEqual(self.rows(name, "entry"), before[name, "entry"])
            self.refill(name, bundles[name], "--yes")
            for table in tables:
                self.assertEqual(self.rows(name, table), before[name, table], f"{name}.{table}")
            self.assertIn(" 0 ", self.refill(name, bundles[name], "--yes"), "nothing is missing any more")
        for name in ("catalog", "progress"):
            self.city.start(name)
        self.assertEqual(self.city.sheet()["rows"], sheet["rows"])
        self.assertEqual(self.city.ask("tree", "--plan", "manifesto").out, tree)
        self.assertTrue(json.loads(self.correct(request_id))["receipt"]["repeated"])
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "件数が減らない。")

    def test_a_refill_that_is_killed_goes_on(self):
        self.work_on(str(uuid.uuid4()))
        folder = self.export("progress")
        whole = self.entries("progress")
        self.restore("progress")
        command = [str(self.city.programs / "seisaku-admin"), "refill", "--database", self.dsn("progress"),
                   "--bundle", str(folder), "--log-vkey", str(self.vkey("progress")), "--yes"]
        held = subprocess.Popen(self.city.psql("progress"), env=clean_environment(), stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        held.stdin.write("BEGIN; SELECT 'held' FROM log_head FOR UPDATE;\n")
        held.stdin.flush()
        held.stdout.readline()
        child = Child(command, self.city.directory / "logs" / "refill.log", self.city.user)
        wait_until("it waits for the head", lambda: self.city.sql(
            "progress", "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") != "0")
        child.end(signal.SIGKILL)
        held.stdin.close()
        held.wait()
        held.stdout.close()
        self.refill("progress", folder, "--yes")
        self.assertEqual(self.entries("progress"), whole)
        self.city.start("progress")

    def test_what_does_not_fit_is_not_taken(self):
        early = self.export("progress")
        self.work_on(str(uuid.uuid4()))
        self.city.terminate("progress")
        self.assertIn("only", self.refill("progress", early, "--yes", expect=1))
        self.city.start("progress")
        shutil.rmtree(early)
        folder = self.export("progress")
        self.restore("progress")
        size = self.city.log_size("progress")

        # A bundle in which a byte was changed; and one that breaks off.
        for change in (lambda old: old.replace(b"plans/strategy", b"plans/Strategy", 1), lambda old: old[:-1]):
            broken = self.city.directory / "broken"
            shutil.copytree(folder, broken)
            (file,) = broken.glob("entries-*.binpb")
            file.write_bytes(change(file.read_bytes()))
            self.city._own(broken.name)
            self.assertIn("no whole log", self.refill("progress", broken, "--yes", expect=1))
            shutil.rmtree(broken)
        # A text of the bundle is missing without a word.
        self.assertEqual(self.city.log_size("progress"), size)

        # Somebody has gone on with the old copy.
        kept = self.city.directory / "checkpoints" / "progress"
        kept.rename(kept.with_name("old"))
        self.city.start("progress")
        self.correct(str(uuid.uuid4()))
        self.city.terminate("progress")
        self.assertIn("is another one", self.refill("progress", folder, "--yes", expect=1))

    def test_a_log_goes_on_under_a_new_origin(self):
        request_id = str(uuid.uuid4())
        self.correct(request_id)
        self.city.terminate("progress")
        self.city.sql("postgres", "DROP DATABASE progress_backup")
        self.city.start("progress")
        self.city.back_up("progress")
        sheet = judgements(self.city.sheet())
        early = self.kept("early")
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "失われる文")
        between = self.kept("between")
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "これも失われる文")
        lost_size = self.city.log_size("progress")
        self.restore("progress")
        saved = self.city.log_size("progress")
        whole, requests = self.entries("progress"), self.requests("progress")

        self.new_database("progress_2")
        words = ["new-origin", "--from", self.dsn("progress"), "--to", self.dsn("progress_2"), "--origin",
                 "isesaki.example/progress-2", "--lost-checkpoint", self.city.directory / "checkpoints" / "progress",
                 "--log-vkey", self.vkey("progress"), "--reason", "ディスク故障"]
        self.assertIn("--yes", self.admin(*words))
        self.assertEqual(self.city.sql("progress_2", "SELECT count(*) FROM entry"), "0")
        self.assertIn(f"at least {lost_size - saved} are lost", self.admin(*words, "--yes"))
        self.admin(*words, "--yes", expect=1)
        self.assertEqual(self.entries("progress_2", 1), whole)
        self.assertEqual(self.requests("progress_2"), requests + 1)

        self.start_anew()
        self.assertEqual(judgements(self.city.sheet()), sheet)
        first = json.loads(self.city.ask("log", "show", "0", role="auditor").out)
        self.assertEqual(first["entry"]["type"], "seisaku.log.v1.LogEvent/log_continued")
        self.assertEqual(first["texts"], ["ディスク故障"])
        continued = first["event"]["logContinued"]
        self.assertEqual((continued["previousOrigin"], continued["savedSize"]), ("isesaki.example/progress", str(saved)))
        self.assertIn(f"\n{lost_size}\n", continued["lostCheckpoint"])
        self.assertTrue(json.loads(self.correct(request_id))["receipt"]["repeated"])
        # It follows catalog from where its copies end.
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        self.city.ask_json("sheet", "--plan", "manifesto", "--fiscal-year", "2022")

        # What auditors kept of the log before is compared with what the new one says of it.
        lost = self.city.directory / "checkpoints" / "progress"
        for note, relation, code in (
            (early, "SAVED", DONE),
            (between, "LOST", INPUT_REFUSED),
            (lost, "NAMED", DONE),
            (self.other_past(saved), "DIFFERS", CONTRADICTION),
            (self.other_past(lost_size), "DIFFERS", CONTRADICTION),
            (self.other_past(lost_size + 1), "BEYOND", INPUT_REFUSED),
        ):
            with self.subTest(relation=relation, note=note.read_text()):
                self.assertEqual(self.verified_since(note), (relation, code))
        said = self.says_of(lost, "en")
        self.assertIn(f"takes the place of isesaki.example/progress: {saved} of its {lost_size} entries", said)
        self.assertIn("ディスク故障", said)
        self.assertIn("the lost one that the first entry names, signed by the log", said)
        self.assertIn("CANNOT BE PROVEN", self.says_of(between, "en"))
        self.assertIn("失われたチェックポイントと一致", self.says_of(lost, "ja"))
        self.assertIn("このログからは証明できません", self.says_of(between, "ja"))

    def kept(self, name: str) -> pathlib.Path:
        """Progress's checkpoint as an auditor keeps it."""
        state = self.city.directory / name
        run(self.city.witness_command("progress", state))
        return state / "accepted.note"

    def other_past(self, size: int) -> pathlib.Path:
        """A checkpoint of so many entries that progress never had, with its key."""
        note = self.city.directory / f"other-{size}.note"
        root = base64.b64encode(bytes(32)).decode()
        note.write_text(logs.sign(f"isesaki.example/progress\n{size}\n{root}\n", self.vkey("progress").with_suffix("")))
        return note

    def since(self, note: pathlib.Path) -> list:
        return ["--live", "--trust", self.vkey("progress-2"), "--since", note]

    def verified_since(self, note: pathlib.Path) -> tuple[str, int]:
        code, report = Auditor(self.city).report(*self.since(note))
        (kept,) = report["logs"][1]["previous"]["checkpoints"]
        return kept["relation"], code

    def says_of(self, note: pathlib.Path, language: str) -> str:
        auditor = Auditor(self.city)
        return auditor.run("--lang", language, "verify", *self.since(note), *auditor.trust).stdout

    def new_database(self, name: str):
        service = name.partition("_")[0]
        self.city.sql("postgres", f"CREATE DATABASE {name} OWNER {service}_owner TEMPLATE template0")
        self.city.sql("postgres", f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        self.city.sql("postgres", f"GRANT CONNECT ON DATABASE {name} TO {service}_service")
        access = self.city.directory / "postgres" / "pg_hba.conf"
        access.write_text(f"local {name} all peer map=seisaku\n" + access.read_text())
        self.city.sql("postgres", "SELECT pg_reload_conf()")
        administrator = self.city._cluster("dsn", name, "postgres").strip()
        self.admin("migrate", "--dsn", administrator, "--owner", f"{service}_owner", "--service-role", f"{service}_service")

    def start_anew(self):
        """Progress over the new log."""
        key = self.city.directory / "keys" / "progress-2.key"
        run([PROGRAMS / "seisaku-admin", "keygen", "--origin", "isesaki.example/progress-2", "--out", key])
        self.city._own("keys")
        command = self.city.service_command("progress")
        for option, value in (("--dsn", self.dsn("progress_2")), ("--origin", "isesaki.example/progress-2"),
                              ("--log-key", str(key)),
                              ("--checkpoint-file", str(self.city.directory / "checkpoints" / "progress-2"))):
            command[command.index(option) + 1] = value
        self.city.service_command = lambda name: command
        self.city.start("progress")


if __name__ == "__main__":
    cases.main()
