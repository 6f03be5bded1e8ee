"""Both ways out for a log that was restored from an older backup: refilled byte for byte from a bundle, or begun
anew under another origin."""

import base64
import hashlib
import json
import pathlib
import shutil
import signal
import unittest
import uuid

from harness import cases, logs
from harness.answers import judgements
from harness.children import Child, wait_until
from harness.city import DONE, FAILED, INPUT_REFUSED, PROGRAMS, SAMPLE, City, run
from harness.operating import Operator, holding, waits_for_lock
from harness.proving import CONTRADICTION, Auditor

KPI = ("交通事故発生件数", "--plan", "strategy", "--fiscal-year", "2022")
SECRET = "山田太郎さんの連絡による"


class WaysOutTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.operator = Operator(self.city)
        self.city.load(manifesto=False)
        for name in ("catalog", "progress"):
            self.city.back_up(name)

    # --- what an operator does ---

    def restore(self, name: str):
        """The service's database is again what it was; the service refuses to start."""
        self.city.restore(name)
        self.assertEqual(self.city.refused(name)["reason"], "LOG_ROLLED_BACK")

    def export(self, name: str):
        """The log as it is now."""
        folder = self.city.directory / f"{name}-bundle"
        run([PROGRAMS / "auditor", "export", "--profiles", self.city.profiles, "--from", name,
             "--trust", self.operator.vkey(name), "--out", folder])
        self.city._own(folder.name)
        return folder / name

    def requests(self, name: str) -> int:
        return int(self.city.sql(name, "SELECT count(request_id) FROM entry"))

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
        before = {(name, table): self.operator.rows(name, table) for name in bundles for table in tables}
        for name in ("progress", "catalog"):
            self.restore(name)
            looked = self.operator.refill(name, bundles[name])
            self.assertIn("--yes", looked)
            self.assertNotEqual(self.operator.rows(name, "entry"), before[name, "entry"])
            self.operator.refill(name, bundles[name], "--yes")
            for table in tables:
                self.assertEqual(self.operator.rows(name, table), before[name, table], f"{name}.{table}")
            self.assertIn(" 0 ", self.operator.refill(name, bundles[name], "--yes"), "nothing is missing any more")
        for name in ("catalog", "progress"):
            self.city.start(name)
        self.assertEqual(self.city.sheet()["rows"], sheet["rows"])
        self.assertEqual(self.city.ask("tree", "--plan", "manifesto").out, tree)
        self.assertTrue(json.loads(self.correct(request_id))["receipt"]["repeated"])
        self.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", "件数が減らない。")

    def test_a_refill_that_is_killed_goes_on(self):
        self.work_on(str(uuid.uuid4()))
        folder = self.export("progress")
        whole = self.operator.entries("progress")
        self.restore("progress")
        with holding(self.city, "progress", "SELECT FROM log_head FOR UPDATE"):
            child = self.start_refill(folder)
            waits_for_lock(self.city, "progress")
            child.end(signal.SIGKILL)
        self.operator.refill("progress", folder, "--yes")
        self.assertEqual(self.operator.entries("progress"), whole)
        self.city.start("progress")

    def start_refill(self, folder: pathlib.Path) -> Child:
        command = [self.city.programs / "seisaku-admin", "refill", "--database", self.operator.dsn("progress"),
                   "--bundle", folder, "--log-key", self.operator.key("progress"), "--yes"]
        return Child([str(word) for word in command], self.city.directory / "logs" / "refill.log", self.city.user)

    def test_what_was_hashed_is_what_is_written(self):
        """A file of the bundle is exchanged while the database makes refill wait: before it can know what is there."""
        self.work_on(str(uuid.uuid4()))
        folder = self.export("progress")
        self.restore("progress")
        before = self.operator.all_rows("progress")
        (file,) = folder.glob("entries-*.binpb")
        genuine = file.read_bytes()
        forged = folder / "forged"
        forged.write_bytes(self.with_other_words(genuine))
        with holding(self.city, "progress", "LOCK TABLE log_head IN ACCESS EXCLUSIVE MODE"):
            child = self.start_refill(folder)
            waits_for_lock(self.city, "progress")
            forged.rename(file)
        wait_until("it ends", lambda: not child.is_running())
        self.assertEqual(child.end(0), FAILED, child.last_words())
        self.assertIn("do not add up to the checkpoint", child.last_words())
        self.assertEqual(self.operator.all_rows("progress"), before)
        file.write_bytes(genuine)
        self.operator.refill("progress", folder, "--yes")
        self.city.start("progress")

    def with_other_words(self, content: bytes) -> bytes:
        """The bundle's file with another event id in its last entry, which the database lacks: nothing else tells."""
        entries = logs.read_entries(content)
        entries[-1] = logs.with_entry(entries[-1], logs.other_event_id(logs.entry_of(entries[-1])))
        return logs.write_entries(entries)

    def test_what_does_not_fit_is_not_taken(self):
        early = self.export("progress")
        self.work_on(str(uuid.uuid4()))
        self.city.terminate("progress")
        self.assertIn("only", self.operator.refill("progress", early, "--yes", expect=1))
        self.city.start("progress")
        shutil.rmtree(early)
        folder = self.export("progress")
        self.restore("progress")
        size = self.city.log_size("progress")

        # A bundle in which a byte was changed; and one that breaks off.
        for change in (lambda old: b"plans/Strategy".join(old.rsplit(b"plans/strategy", 1)), lambda old: old[:-1]):
            broken = self.city.directory / "broken"
            shutil.copytree(folder, broken)
            (file,) = broken.glob("entries-*.binpb")
            file.write_bytes(change(file.read_bytes()))
            self.city._own(broken.name)
            self.assertIn("no whole log", self.operator.refill("progress", broken, "--yes", expect=1))
            shutil.rmtree(broken)
        # A text of the bundle is missing without a word.
        self.assertEqual(self.city.log_size("progress"), size)

        # Somebody has gone on with the old copy.
        kept = self.city.directory / "checkpoints" / "progress"
        kept.rename(kept.with_name("old"))
        self.city.start("progress")
        self.correct(str(uuid.uuid4()))
        self.city.terminate("progress")
        self.assertIn("is another one", self.operator.refill("progress", folder, "--yes", expect=1))

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
        whole, requests = self.operator.entries("progress"), self.requests("progress")

        self.operator.new_database("progress_2")
        key = self.operator.keygen("isesaki.example/progress-2", "progress-2")
        words = ["new-origin", "--from", self.operator.dsn("progress"), "--to", self.operator.dsn("progress_2"), "--origin",
                 "isesaki.example/progress-2", "--lost-checkpoint", self.city.directory / "checkpoints" / "progress",
                 "--log-vkey", self.operator.vkey("progress"), "--log-key", key, "--reason", "ディスク故障"]
        self.assertIn("--yes", self.operator.admin(*words))
        self.assertEqual(self.city.sql("progress_2", "SELECT count(*) FROM entry"), "0")
        self.assertIn(f"at least {lost_size - saved} are lost", self.operator.admin(*words, "--yes"))
        self.operator.admin(*words, "--yes", expect=1)
        self.assertEqual(self.operator.entries("progress_2", 1), whole)
        self.assertEqual(self.requests("progress_2"), requests + 1)

        self.operator.start("progress", dsn=self.operator.dsn("progress_2"), origin="isesaki.example/progress-2", log_key=key,
                            checkpoint_file=self.operator.kept("progress-2"))
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

    def test_what_was_looked_at_is_what_goes_on(self):
        self.correct(str(uuid.uuid4()))
        self.restore("progress")
        self.operator.new_database("progress_2")
        key = self.operator.keygen("isesaki.example/progress-2", "progress-2")
        words = ["new-origin", "--from", self.operator.dsn("progress"), "--to", self.operator.dsn("progress_2"),
                 "--origin", "isesaki.example/progress-2", "--log-key", key, "--lost-checkpoint",
                 self.operator.kept("progress"), "--log-vkey", self.operator.vkey("progress"), "--reason", "ディスク故障"]

        # What was saved is sealed, or somebody vouches for it.
        seal = self.city.sql("progress", "SELECT encode(seal, 'hex') FROM log_head")
        self.city.sql("progress", "UPDATE log_head SET seal = set_byte(seal, 9, get_byte(seal, 9) # 1)")
        self.assertIn("seal", self.operator.admin(*words, "--vouch-for-unsealed", "1:any", expect=FAILED))
        self.city.sql("progress", "UPDATE log_head SET seal = NULL")
        vouch = self.operator.admin(*words, expect=FAILED).split()[-2:]
        self.assertEqual(vouch[0], "--vouch-for-unsealed")
        self.assertIn("would go on", self.operator.admin(*words, *vouch))
        self.assertIn(vouch[1], self.operator.admin(*words, vouch[0], "1:another", expect=FAILED))
        self.city.sql("progress", f"UPDATE log_head SET seal = '\\x{seal}'")

        # Somebody changes it after it was looked at: while the new database makes the program wait.
        command = [str(word) for word in (self.city.programs / "seisaku-admin", *words, "--yes")]
        with holding(self.city, "progress_2", "LOCK TABLE log_head IN ACCESS EXCLUSIVE MODE"):
            child = Child(command, self.city.directory / "logs" / "new-origin.log", self.city.user)
            waits_for_lock(self.city, "progress_2")
            self.city.sql("progress", """
                ALTER TABLE entry DISABLE TRIGGER append_only;
                UPDATE entry SET bytes = set_byte(bytes, 10, get_byte(bytes, 10) # 1)
                  WHERE position = (SELECT max(position) FROM entry);
                ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only""")
        wait_until("it ends", lambda: not child.is_running())
        self.assertEqual(child.end(0), FAILED, child.last_words())
        self.assertIn("has changed meanwhile", child.last_words())
        self.assertEqual(self.city.sql("progress_2", "SELECT count(*) FROM entry"), "0")

    def kept(self, name: str) -> pathlib.Path:
        """Progress's checkpoint as an auditor keeps it."""
        state = self.city.directory / name
        run(self.city.witness_command("progress", state))
        return state / "accepted.note"

    def other_past(self, size: int) -> pathlib.Path:
        """A checkpoint of so many entries that progress never had, with its key."""
        note = self.city.directory / f"other-{size}.note"
        root = base64.b64encode(bytes(32)).decode()
        note.write_text(logs.sign(f"isesaki.example/progress\n{size}\n{root}\n", self.operator.vkey("progress").with_suffix("")))
        return note

    def since(self, note: pathlib.Path) -> list:
        return ["--live", "--trust", self.operator.vkey("progress-2"), "--since", note]

    def verified_since(self, note: pathlib.Path) -> tuple[str, int]:
        code, report = Auditor(self.city).report(*self.since(note))
        (kept,) = report["logs"][1]["previous"]["checkpoints"]
        return kept["relation"], code

    def says_of(self, note: pathlib.Path, language: str) -> str:
        auditor = Auditor(self.city)
        return auditor.run("--lang", language, "verify", *self.since(note), *auditor.trust).stdout


class LargeLogTest(unittest.TestCase):
    """A log that goes to PostgreSQL in several statements, and that fills tiles."""

    ENTRIES = 3500

    def setUp(self):
        self.city = self.enterContext(City())
        self.operator = Operator(self.city)

    def bundle(self) -> tuple[pathlib.Path, list[bytes]]:
        """Commands of three entries, the first of them with a text; and the hashes of the entries."""
        stored, text = [], "理由".encode()
        for position in range(self.ENTRIES):
            index, salt = position % 3, f"{position:016}".encode()
            size = min(3, self.ENTRIES - position + index)
            time = logs.build([(1, 1_700_000_000 + position)])
            found = [(1, str(uuid.UUID(int=position)).encode()), (2, b"seisaku.catalog.v1.Event/plan_created"), (4, time),
                     (5, b"seisaku://isesaki/planner/planner-1"), (6, str(uuid.UUID(int=position - index)).encode())]
            found += [(11, index)] * (index > 0) + [(12, size)]
            if index == 0:
                found.append((13, logs.build([(1, hashlib.sha256(salt + text).digest())])))
            texts = [(3, logs.build([(1, salt), (2, text)]))] * (index == 0)
            stored.append(logs.at_position(logs.build([(2, logs.build(found)), *texts]), position))
        folder, origin = self.city.directory / "large", "isesaki.example/catalog"
        hashes = [logs.leaf_hash(logs.entry_of(entry)) for entry in stored]
        folder.mkdir()
        (folder / "entries-0.binpb").write_bytes(logs.write_entries(stored))
        (folder / "checkpoint").write_text(logs.checkpoint(origin, hashes, self.operator.key("catalog")))
        (folder / "manifest.json").write_text(json.dumps({
            "format": "seisaku-bundle/1", "origin": origin, "size": str(self.ENTRIES),
            "files": [{"name": "entries-0.binpb"}]}))
        self.city._own(folder.name)
        return folder, hashes

    def test_a_new_database_gets_all_of_it(self):
        folder, hashes = self.bundle()
        self.operator.new_database("catalog_2")
        said = self.operator.admin("refill", "--database", self.operator.dsn("catalog_2"), "--bundle", folder,
                                   "--log-key", self.operator.key("catalog"), "--yes")
        self.assertIn(f"had 0 of the checkpoint's {self.ENTRIES} entries", said)
        sql = lambda statement: self.city.sql("catalog_2", statement)
        leaves = sql("SELECT encode(sha256('\\x00'::bytea || bytes), 'hex') FROM entry ORDER BY position").split()
        self.assertEqual(leaves, [leaf.hex() for leaf in hashes])
        tiles = [content.hex() for name, content in sorted(logs.tiles_of(hashes).items()) if ".p/" not in name]
        self.assertEqual(sql("SELECT encode(hashes, 'hex') FROM tile ORDER BY level, index").split(), tiles)
        self.assertEqual(sql("SELECT encode(frontier, 'hex') FROM log_head"), logs.frontier_of(hashes).hex())
        commands = (self.ENTRIES + 2) // 3
        self.assertEqual(sql("SELECT count(request_id) || '/' || (SELECT count(*) FROM entry_text) FROM entry"),
                         f"{commands}/{commands}")
        looked = self.operator.admin("seal", "--database", self.operator.dsn("catalog_2"), "--log-key",
                                     self.operator.key("catalog"), "--checkpoint-file", folder / "checkpoint",
                                     "--reason", "見るだけ")
        self.assertIn(f"{self.ENTRIES} entries is sealed", looked)


if __name__ == "__main__":
    cases.main()
