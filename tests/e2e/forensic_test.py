"""A damaged log is kept as it is found: all that can be read, and what is wrong with it and where. Nobody takes that for
a whole export."""

import hashlib
import json
import shutil
import subprocess
import unittest

from harness import cases, logs
from harness import database_tampering as in_database
from harness.bundle_tampering import BundledLog
from harness.children import Child, clean_environment, wait_until
from harness.city import DONE, INPUT_REFUSED, PROGRAMS, USAGE
from harness.proving import CONTRADICTION, KPI, Auditor, worked_city

CHANGED, MISSING, NONSENSE = 20, 30, 40  # below the end of the first full tile


def place_for(auditor: Auditor):
    """A folder to write to for the user who may read the databases."""
    place = auditor.folder / "kept"
    place.mkdir()
    if auditor.city.user:
        shutil.chown(place, auditor.city.user)
    return place / "damaged"


class ForensicTest(unittest.TestCase):
    """Progress's log after somebody changed rows of it."""

    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(worked_city())
        for count in range(256 - cls.city.log_size("progress") + 1):  # so that a tile is full
            cls.city.ask("narrative", "record", *KPI, "--kind", "issues", "--text", f"{count} 回目の記載。")
        cls.auditor = Auditor(cls.city)
        cls.since = cls.auditor.witness()
        cls.whole = BundledLog(cls.auditor.export("whole") / "progress")
        cls.text = next(at for at in in_database.texts(cls.whole) if at not in (CHANGED, MISSING, NONSENSE))
        for name in ("progress", "catalog"):
            cls.city.terminate(name)
        cls.city.sql("progress", in_database.without_triggers() + f"""
            UPDATE entry SET bytes = bytes || '\\x7801' WHERE position = {CHANGED};
            DELETE FROM entry WHERE position = {MISSING};
            UPDATE entry SET bytes = '\\xffffff' WHERE position = {NONSENSE};
            UPDATE entry_text SET text = 'another text' WHERE position = {cls.text};
            INSERT INTO entry_text VALUES ({MISSING}, 9, '\\x00', 'stands nowhere');
            UPDATE log_head SET frontier = '\\x00' || substr(frontier, 2);
            UPDATE entry SET caller = 'nobody' WHERE position = (SELECT max(position) FROM entry WHERE caller IS NOT NULL);""")
        cls.folder = place_for(cls.auditor)
        cls.done = cls.export(cls.folder, *cls.auditor.trust, *cls.since)

    @classmethod
    def export(cls, folder, *words, database: str = "progress"):
        return cls.auditor.run("-o", "json", "export", "--forensic", "--database", cls.city._dsn(database),
                               "--out", folder, *words)

    def log(self, said: str) -> dict:
        (log,) = json.loads(said)["logs"]
        return log

    def test_the_service_refuses_the_log(self):
        log = self.city.directory / "logs" / "refused.log"
        child = Child(self.city.service_command("progress"), log, self.city.user)
        wait_until("progress ends", lambda: not child.is_running(), on_timeout=child.last_words)
        self.assertIn("LOG_CORRUPT", child.last_words())

    def test_everything_that_is_there_is_kept(self):
        self.assertEqual(self.done.returncode, DONE, self.done.stderr)
        kept = {int(logs.field(stored, 1, 0)): stored for stored in BundledLog(self.folder / "progress").entries}
        self.assertEqual(sorted(kept), [at for at in range(self.whole.size) if at != MISSING])
        for at, stored in kept.items():
            bytes_there = self.city.sql("progress", f"SELECT encode(bytes, 'hex') FROM entry WHERE position = {at}")
            self.assertEqual(logs.entry_of(stored).hex(), bytes_there)
            if at not in (CHANGED, NONSENSE, self.text):
                self.assertEqual(stored, self.whole.entries[at])
        self.assertIn("another text".encode(), kept[self.text])
        rows = [json.loads(line) for line in (self.folder / "progress" / "rows.jsonl").read_text().splitlines()]
        self.assertIn("stands nowhere", [row["row"].get("text") for row in rows if row["table"] == "entry_text"])
        self.assertEqual([row["row"]["size"] for row in rows if row["table"] == "log_head"], [self.whole.size])
        self.assertEqual(len([row for row in rows if row["table"] == "cosignature"]), 1)

    def test_what_is_wrong_is_named_with_where(self):
        damages = self.log(self.done.stdout)["damages"]
        found = {(int(damage["position"]), damage["code"]) for damage in damages}
        self.assertLessEqual({(MISSING, "ENTRY_MISSING"), (NONSENSE, "ENTRY_UNREADABLE"), (self.text, "TEXT_DIFFERS"),
                              (MISSING, "TEXT_UNCOMMITTED")}, found)
        self.assertIn("REQUEST_DIFFERS", {code for _, code in found})
        manifest = json.loads((self.folder / "progress" / "manifest.json").read_text())
        self.assertEqual(manifest["format"], "seisaku-forensic/1")
        self.assertEqual(len(manifest["damages"]), len(damages))

    def test_it_is_told_up_to_where_it_is_what_a_witness_saw(self):
        (kept,) = self.log(self.done.stdout)["checkpoints"]
        self.assertTrue(kept["compared"], kept)
        self.assertEqual((int(kept["fitsUpTo"]), int(kept["others"])), (CHANGED, 3))
        said = self.auditor.run("--lang", "ja", "verify", self.folder, *self.auditor.trust, *self.since)
        self.assertIn(f"ログ位置 {CHANGED} より前のエントリーは、その対象と一致", said.stdout)

    def test_verify_says_first_that_nobody_signed_it(self):
        for words, first in (((), "A DAMAGED LOG AS IT WAS FOUND"), (("--lang", "ja"), "壊れたログを、見つかったまま")):
            done = self.auditor.run(*words, "verify", self.folder, *self.auditor.trust)
            self.assertEqual(done.returncode, CONTRADICTION, done.stdout)
            self.assertTrue(done.stdout.startswith(first), done.stdout)
            self.assertIn("TEXT_DIFFERS", done.stdout)
        damages = self.log(self.auditor.run("-o", "json", "verify", self.folder).stdout)["damages"]
        again = {damage["code"] for damage in damages if damage["recomputed"]}
        self.assertLessEqual({"ENTRY_MISSING", "ENTRY_UNREADABLE", "TEXT_DIFFERS"}, again)
        self.assertNotIn("REQUEST_DIFFERS", again)

    def test_a_damage_that_was_left_out_is_found(self):
        cut = self.auditor.copy(self.folder, "cut")
        file = cut / "progress" / "manifest.json"
        manifest = json.loads(file.read_text())
        manifest["damages"] = [damage for damage in manifest["damages"] if damage["code"] != "TEXT_DIFFERS"]
        file.write_text(json.dumps(manifest))
        log = self.log(self.auditor.run("-o", "json", "verify", cut).stdout)
        self.assertEqual([(int(one["position"]), one["code"]) for one in log["unlisted"]], [(self.text, "TEXT_DIFFERS")])

    def test_what_is_written_there_makes_no_lines_of_its_own(self):
        forged = self.auditor.copy(self.folder, "forged")
        file = forged / "progress" / "manifest.json"
        manifest = json.loads(file.read_text())
        manifest["damages"] = [{"position": "0", "code": "X\nproven: all", "found": "\x1b[2J\nEverything was as it should be."}]
        file.write_text(json.dumps(manifest))
        said = self.auditor.run("verify", forged).stdout
        self.assertNotIn("\x1b", said)
        self.assertNotIn("\nproven", said)
        self.assertNotIn("\nEverything", said)

    def test_nothing_takes_it_for_an_export(self):
        self.assertEqual(list(self.folder.rglob("checkpoint")), [])
        trust = self.auditor.trust
        for words in (("replay",), ("diff",), ("query",), ("explain", *KPI)):
            command, *rest = words
            done = self.auditor.run(command, self.folder, *rest, *trust)
            self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout + done.stderr)
            self.assertIn("BUNDLE_FORENSIC", done.stderr)
        again = self.auditor.run("export", *trust, "--from", "progress", "--out", self.folder)
        self.assertEqual(again.returncode, INPUT_REFUSED, again.stdout + again.stderr)
        again = self.export(self.folder)
        self.assertIn("BUNDLE_FINISHED", again.stderr)
        words = ("refill", "--database", self.city._dsn("progress"), "--bundle", self.folder / "progress",
                 "--log-key", self.city.directory / "keys" / "progress.key", "--yes")
        done = subprocess.run([str(word) for word in (PROGRAMS / "seisaku-admin", *words)], capture_output=True,
                              encoding="utf-8", env=clean_environment(), timeout=60, check=False)
        self.assertNotEqual(done.returncode, DONE, done.stdout)
        self.assertIn("nobody signed", done.stdout + done.stderr)

    def test_its_options_are_for_it_alone(self):
        for words in (("--database", "dbname=x"), ("--since", self.since[1])):
            done = self.auditor.run("export", *self.auditor.trust, "--out", self.auditor.folder / "new", *words)
            self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertEqual(self.auditor.run("export", "--out", self.auditor.folder / "new").returncode, USAGE)


class BrokenTest(unittest.TestCase):
    """A log of which pages are broken on the disk, or the head is gone."""

    def setUp(self):
        self.city = self.enterContext(worked_city())
        self.auditor = Auditor(self.city)
        self.since = self.auditor.witness()
        self.size = self.city.log_size("progress")
        self.folder = place_for(self.auditor)

    def export(self) -> dict:
        done = self.auditor.run("-o", "json", "export", "--forensic", "--database", self.city._dsn("progress"), "--out",
                                self.folder, *self.auditor.trust, *self.since)
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
        (log,) = json.loads(done.stdout)["logs"]
        return log

    def positions(self) -> list[int]:
        kept = BundledLog(self.folder / "progress")
        return [int(logs.field(stored, 1, 0)) for stored in kept.entries]

    def test_what_stands_behind_a_broken_page_is_kept(self):
        self.city.terminate("progress")
        lost = {int(at) for at in self.city.sql(
            "progress", "SELECT position FROM entry WHERE (ctid::text::point)[0] = 1").split()}
        self.assertTrue(lost)
        path = self.city.sql("progress", "CHECKPOINT; SELECT pg_relation_filepath('entry')").split()[-1]
        self.city.terminate("catalog")
        self.city.stop_postgres()
        with (self.city.directory / "postgres" / path).open("r+b") as file:
            file.seek(8192)
            file.write(b"\xa5" * 8192)
        self.city.start_postgres()
        log = self.export()
        unreadable = {int(damage["position"]) for damage in log["damages"] if damage["code"] == "ENTRY_UNREADABLE"}
        self.assertEqual(unreadable, lost)
        self.assertEqual(self.positions(), [at for at in range(self.size) if at not in lost])

    def test_a_log_without_a_head_is_kept(self):
        self.city.terminate("progress")
        far = 4_000_000_000_000_000_000  # whoever can write there may write at any position
        self.city.sql("progress", in_database.without_triggers() + "DELETE FROM log_head; "
                      f"INSERT INTO entry VALUES ({far}, '\\x00')")
        log = self.export()
        self.assertEqual(self.positions(), [*range(self.size), far])
        self.assertIn("HEAD_DIFFERS", {damage["code"] for damage in log["damages"]})

    def test_tiles_and_a_head_that_do_not_fit_are_named_and_kept_as_they_are(self):
        self.city.terminate("progress")
        self.city.terminate("catalog")
        self.city.sql("catalog", in_database.without_triggers() + """
            UPDATE tile SET hashes = set_byte(hashes, 32 * 17, get_byte(hashes, 32 * 17) # 1) WHERE level = 0 AND index = 0;
            UPDATE log_head SET seal = set_byte(seal, 40, get_byte(seal, 40) # 1),
                                frontier = set_byte(frontier, 3, get_byte(frontier, 3) # 1)""")
        done = self.auditor.run("-o", "json", "export", "--forensic", "--database", self.city._dsn("catalog"), "--out",
                                self.folder, *self.auditor.trust, *self.since)
        (log,) = json.loads(done.stdout)["logs"]
        damages = {(damage["code"], damage["position"]) for damage in log["damages"]}
        self.assertIn(("LEAF_DIFFERS", "17"), damages)
        self.assertLessEqual({"HEAD_DIFFERS", "SEAL_INVALID"}, {code for code, _ in damages})
        (kept,) = log["checkpoints"]
        self.assertEqual((kept["fitsUpTo"], kept["others"]), (log["entries"], "0"))  # the entries are as they were
        there = self.city.sql("catalog", "SELECT encode(sha256(hashes), 'hex') FROM tile")
        tile = (self.folder / "catalog" / "tile" / "0" / "000").read_bytes()
        self.assertEqual(hashlib.sha256(tile).hexdigest(), there)

    def test_a_service_that_answers_is_read_too(self):
        done = self.auditor.run("-o", "json", "export", "--forensic", "--out", self.folder,
                                *self.auditor.trust)
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
        self.assertEqual([log.get("damages", []) for log in json.loads(done.stdout)["logs"]], [[], []])
        done = self.auditor.run("verify", self.folder, *self.auditor.trust, *self.since)
        self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout)
        self.assertIn("BUNDLE_FORENSIC", done.stderr)


if __name__ == "__main__":
    cases.main()
