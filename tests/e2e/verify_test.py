"""auditor verify: a service's log, its database and its export come to the same, and the export to that alone."""

import json
import unittest

from harness import cases
from harness.city import DONE, INPUT_REFUSED, USAGE
from harness.proving import CONTRADICTION, Auditor, alone, facts_of, worked_city


class VerifyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(worked_city())
        cls.auditor = Auditor(cls.city)
        cls.since = cls.auditor.witness()
        cls.bundle = cls.auditor.export("bundle")

    def verify(self, *words, expect: int = DONE) -> dict:
        return self.auditor.verify(*words, expect=expect)

    def test_service_database_and_bundle_agree(self):
        live = self.verify("--live", *self.since)
        stored = self.verify(*self.auditor.databases(), *self.since)
        exported = self.verify(self.bundle, *self.since)
        for log in live["logs"]:
            self.assertEqual(log["size"], log["provenSize"])
            self.assertEqual(log["folded"], log["size"])
            self.assertEqual(log["violations"]["count"], "0")
        self.assertEqual([log["log"] for log in live["logs"]], ["catalog", "progress"])
        self.assertEqual(live["logs"][1]["textsWithdrawn"], "1")
        copy = live["logs"][1]["catalogCopy"]
        self.assertEqual({copy["size"], copy["compared"], copy["signedSize"]}, {live["logs"][0]["size"]})
        for other in (stored, exported):
            self.assertTrue(other["proven"])
            self.assertEqual(facts_of(other), facts_of(live))

    def test_a_cosignature_bounds_the_time_and_nothing_else_does(self):
        (log, _) = self.verify(self.bundle, *self.since)["logs"]
        times = [signature for point in log["checkpoints"] for signature in point["cosignatures"]]
        self.assertEqual({signature["cosigner"] for signature in times}, {"isesaki.example/auditor"})
        said = self.auditor.say(self.bundle)
        self.assertIn("existed by then", said)
        self.assertIn("連署", self.auditor.say(self.bundle, "--lang", "ja"))
        alone = self.auditor.export("alone", "--from", "progress")
        (alone / "progress" / "checkpoint").write_text(self.without_cosignatures(alone), encoding="utf-8")
        said = self.auditor.say(alone)
        self.assertIn("recorded_at alone proves no time", said)
        self.assertIn("could not be compared", said)
        self.assertIn("記録日時だけでは", self.auditor.say(alone, "--lang", "ja"))

    @staticmethod
    def without_cosignatures(bundle) -> str:
        lines = (bundle / "progress" / "checkpoint").read_text(encoding="utf-8").splitlines(True)
        return "".join(lines[:5])

    def test_says_where_no_checkpoint_from_outside_was_compared(self):
        for where in ([self.bundle], ["--live"]):
            said = self.auditor.say(*where)
            self.assertIn("CAUTION, isesaki.example/catalog", said)
            self.assertIn("CAUTION, isesaki.example/progress", said)
            self.assertNotIn("CAUTION", self.auditor.say(*where, *self.since))
        self.assertIn("CAUTION, isesaki.example/progress", self.auditor.say(self.bundle, *self.since[:2]))
        self.assertIn("注意（isesaki.example/catalog）", self.auditor.say(self.bundle, "--lang", "ja"))

    def test_a_checkpoint_that_is_cosigned_and_the_newest_stands_once(self):
        for log in self.verify("--live", *self.since)["logs"]:
            (kept, newest) = sorted(log["checkpoints"], key=lambda point: not point["keptOutside"])
            self.assertEqual((kept["size"], kept["keptOutside"], newest["keptOutside"]), (log["size"], True, False))

    def test_a_bundle_needs_neither_network_nor_programs(self):
        done = alone("-o", "json", "verify", self.bundle, *self.auditor.trust, *self.since)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertTrue(json.loads(done.stdout)["proven"])

    def test_without_trust_nothing_is_proven(self):
        for where in ([self.bundle], ["--live"], self.auditor.databases()):
            done = self.auditor.run("verify", *where)
            self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout + done.stderr)
            self.assertIn("NOTHING IS PROVEN", done.stdout)
            self.assertIn("NOTHING IS PROVEN", done.stderr)
            self.assertIn("NOT_PROVEN", done.stderr)
        # A database's head is sealed by the log; who has cosigned a checkpoint of it was somebody outside.
        stranger = self.city.directory / "stranger.vkeys"
        keys = [self.city.directory / "keys" / f"{name}.key.vkey" for name in ("catalog", "progress")]
        stranger.write_text("".join(key.read_text() for key in keys))
        done = self.auditor.run("verify", *self.auditor.databases(), "--trust", stranger)
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
        self.assertIn("(seal of isesaki.example/catalog): holds, signed by the log", done.stdout)
        self.assertIn("CAUTION, isesaki.example/catalog", done.stdout)

    def test_names_the_first_violation_and_counts_the_others(self):
        broken = self.auditor.copy(self.bundle, "broken")
        tile = broken / "catalog" / "tile" / "0" / "000"
        content = bytearray(tile.read_bytes())
        content[32 * 17] ^= 1
        content[32 * 19] ^= 1
        tile.write_bytes(content)
        found = self.verify(broken, *self.since, expect=CONTRADICTION)
        (catalog, progress) = found["logs"]
        self.assertEqual(progress["violations"]["count"], "0")
        self.assertEqual((catalog["violations"]["count"], catalog["violations"]["first"]["position"]), ("2", "17"))
        self.assertEqual(catalog["violations"]["first"]["code"], "LEAF_DIFFERS")
        self.assertTrue(all(point["holds"] for point in catalog["checkpoints"]))
        done = self.auditor.run("verify", broken, *self.auditor.trust)
        self.assertIn("VIOLATION at position 17", done.stdout)
        self.assertIn("and 1 more: LEAF_DIFFERS × 1", done.stdout)
        self.assertIn("LOG_VIOLATED", done.stderr)
        said = self.auditor.run("--lang", "ja", "verify", broken, *self.auditor.trust).stdout
        self.assertIn("違反（ログ位置 17）", said)
        self.assertIn("（レベル 0 のタイル 0）", said)
        lines = self.auditor.run("-o", "csv", "verify", broken, *self.auditor.trust).stdout.splitlines()
        self.assertEqual(lines[1].split(",")[3:6], ["2", "17", "LEAF_DIFFERS"])

    def test_the_copy_of_catalog_is_catalogs_log(self):
        other = self.auditor.copy(self.bundle, "other")
        with worked_city(keys_of=self.city, corrected="4,321件") as city:
            theirs = Auditor(city).export("theirs", "--from", "catalog")
            self.auditor.replace(other / "catalog", theirs / "catalog")
            found = self.verify(other, expect=CONTRADICTION)
        self.assertEqual(found["logs"][1]["violations"]["first"]["code"], "COPY_DIFFERS")

    def test_a_checkpoint_of_a_log_that_is_not_there_proves_nothing(self):
        alone = self.auditor.copy(self.bundle, "halved")
        self.auditor.remove(alone / "catalog")
        done = self.auditor.run("verify", alone, *self.auditor.trust, *self.since)
        self.assertEqual(done.returncode, INPUT_REFUSED, done.stdout)
        self.assertIn("is not here", done.stdout)

    def test_says_which_log_is_not_there(self):
        alone = self.auditor.copy(self.bundle, "only-progress")
        self.auditor.remove(alone / "catalog")
        report = self.verify(alone, *self.since[2:])
        self.assertEqual(report["absent"], ["catalog"])
        self.assertNotIn("absent", self.verify(self.bundle, *self.since))
        self.assertIn("catalog: not here", self.auditor.say(alone))
        self.assertIn("catalog: このログはここにありません", self.auditor.say(alone, "--lang", "ja"))
        stored = self.verify(*self.auditor.databases()[:2], *self.since[:2])
        self.assertEqual(stored["absent"], ["progress"])

    def test_an_export_that_was_not_finished_is_called_so(self):
        unfinished = self.auditor.copy(self.bundle, "unfinished")
        (unfinished / "progress" / "manifest.json").unlink()
        found = self.verify(unfinished, *self.since, expect=INPUT_REFUSED)
        self.assertEqual((found["logs"][1]["doubts"], found["logs"][1]["violations"]["count"]), (["UNFINISHED"], "0"))
        said = self.auditor.run("--lang", "ja", "verify", unfinished, *self.auditor.trust).stdout
        self.assertIn("書出しが途中です", said)

    def test_that_catalog_cannot_be_read_is_not_held_against_progress(self):
        halved = self.auditor.copy(self.bundle, "without-manifest")
        (halved / "catalog" / "manifest.json").write_text("{")
        (catalog, progress) = self.verify(halved, *self.since, expect=CONTRADICTION)["logs"]
        self.assertEqual(catalog["violations"]["first"]["code"], "FILE_DAMAGED")
        self.assertEqual((progress["violations"]["count"], progress["catalogCopy"]["compared"]), ("0", "0"))

    def test_is_told_what_to_read(self):
        for words in ([], ["--live", self.bundle], ["--live", *self.auditor.databases()]):
            self.assertEqual(self.auditor.run("verify", *words, *self.auditor.trust).returncode, USAGE)
        nowhere = self.auditor.run("verify", self.city.directory / "nowhere", *self.auditor.trust)
        self.assertIn("BUNDLE_UNUSABLE", nowhere.stderr)
        self.assertEqual(nowhere.returncode, INPUT_REFUSED)
        unreadable = self.auditor.run("verify", self.bundle, *self.auditor.trust, "--since", "/nowhere")
        self.assertIn("BUNDLE_UNUSABLE", unreadable.stderr)


if __name__ == "__main__":
    cases.main()
