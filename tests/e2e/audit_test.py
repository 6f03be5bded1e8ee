"""auditor on exported logs: what it replays, explains and finds is what the services said, without them."""

import base64
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from datetime import UTC, datetime

from harness import cases, proving
from harness.children import clean_environment
from harness.city import DONE, PROGRAMS, SAMPLE, City

CONTRADICTION = 8
KPI = "交通事故発生件数"
YEAR = ("--plan", "strategy", "--fiscal-year", "2022")
READS = (
    ("sheet", *YEAR),
    ("summary", *YEAR),
    ("tree", "--plan", "manifesto"),
    ("kpi", "show", "--plan", "strategy", "健康寿命"),
    ("explain", KPI, *YEAR),
    ("actual", "history", KPI, "--plan", "strategy"),
    ("narrative", "list", "製造品出荷額等", *YEAR),
    ("department", "list"),
)


class AuditTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.trust = cls.folder / "trust.vkeys"
        keys = cls.city.directory / "keys"
        cls.trust.write_text("".join((keys / f"{name}.key.vkey").read_text() for name in ("catalog", "progress", "auditor")))
        cls.work()
        cls.live = {words: proving.with_reasons_of_catalog(cls.city, cls.city.ask(*words).out) for words in READS}
        cls.bundle = cls.folder / "bundle"
        cls.auditor("--profiles", cls.city.profiles, "export", "--trust", cls.trust, "--out", cls.bundle)

    @classmethod
    def work(cls):
        """The documents, and some changes after them."""
        cls.city.load()
        cls.imported = datetime.now(UTC)
        cls.before = proving.with_reasons_of_catalog(cls.city, cls.city.ask("explain", KPI, *YEAR).out)
        cls.city.ask("actual", "correct", KPI, *YEAR[2:], "--plan", "strategy", "--value", "1,300件", "--reason", "再集計 <b>")
        cls.city.ask("narrative", "record", "健康寿命", *YEAR, "--kind", "issues", "--text", "若い世代の関心が低い。")

    @classmethod
    def auditor(cls, *words, expect: int = DONE, alone: bool = False) -> subprocess.CompletedProcess:
        """`alone`: see proving.alone."""
        done = proving.alone(*words) if alone else subprocess.run(
            [PROGRAMS / "auditor", "--lang", "en", *map(str, words)],
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", env=clean_environment(), check=False, timeout=60,
        )
        assert done.returncode == expect, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def of_bundle(self, command: str, *words, **how) -> str:
        return self.auditor(command, self.bundle, "--trust", self.trust, *words, **how).stdout

    def test_replays_what_the_services_said_alone(self):
        for words, said in self.live.items():
            with self.subTest(words=words):
                self.assertEqual(self.of_bundle("replay", *words, alone=True), said)

    def test_replays_an_earlier_time(self):
        then = self.of_bundle("replay", "--to", self.imported.isoformat(), "explain", KPI, *YEAR)
        self.assertEqual(then, self.before)
        self.assertNotEqual(then, self.live[READS[4]])
        size = int(re.search(r"Position +progress (\d+)", self.before)[1])
        self.assertEqual(self.of_bundle("replay", "--to", size, "explain", KPI, *YEAR), self.before)

    def test_digests_are_those_of_the_services(self):
        state = json.loads(self.of_bundle("replay", "-o", "json"))
        compared = json.loads(self.auditor("--profiles", self.city.profiles, "compare", "--live", "-o", "json").stdout)
        self.assertEqual([(one["log"], one["agrees"]) for one in compared], [("catalog", True), ("progress", True)])
        for one in compared:
            self.assertEqual(state[one["log"]]["stateDigest"], one["reported"])

    def test_digests_are_computed_from_the_files_alone(self):
        state = json.loads(self.of_bundle("replay", "-o", "json"))
        digests = json.loads(self.of_bundle("digest", "-o", "json", alone=True))
        self.assertEqual([one["log"] for one in digests], ["catalog", "progress"])
        for one in digests:
            signed = (self.bundle / one["log"] / "checkpoint").read_text(encoding="utf-8").splitlines()
            self.assertEqual([one["origin"], one["size"], one["root"]], signed[:3])
            self.assertEqual([one["of"], one["stateDigest"]], [one["size"], state[one["log"]]["stateDigest"]])
            self.assertEqual(one["contentDigest"], state[one["log"]]["contentDigest"])
        words = self.of_bundle("digest")
        self.assertIn(digests[1]["stateDigest"], words)
        self.assertIn("add up to the root of its checkpoint", words)

    def test_digests_of_an_earlier_size_are_those_of_the_log_then(self):
        size = int(re.search(r"Position +progress (\d+)", self.before)[1])
        then = json.loads(self.of_bundle("digest", "--as-of", size, "-o", "json"))[1]
        self.assertEqual(then["size"], str(size))
        self.assertGreater(int(then["of"]), size)
        state = json.loads(self.of_bundle("replay", "--to", size, "-o", "json"))["progress"]
        self.assertEqual(then["stateDigest"], state["stateDigest"])
        now = json.loads(self.of_bundle("digest", "-o", "json"))[1]
        for name in ("root", "stateDigest", "contentDigest"):
            self.assertNotEqual(then[name], now[name])

    def test_a_changed_entry_has_no_digest(self):
        broken = self.folder / "broken"
        shutil.copytree(self.bundle, broken)
        (file,) = (broken / "progress").glob("entries-0.binpb")
        data = bytearray(file.read_bytes())
        at = data.rindex("planner-1".encode())
        data[at] ^= 1
        file.write_bytes(data)
        said = self.auditor("digest", broken, "--trust", self.trust, expect=1)
        self.assertEqual(said.stdout, "")
        self.assertIn("BUNDLE_INVALID", said.stderr)

    def test_a_replica_with_another_state_is_told(self):
        with City(keys_of=self.city) as other:
            other.ask("plan", "create", "other", "--file", SAMPLE / "strategy.toml")
            address = (other.directory / "run" / "catalog.address").read_text().strip()
            said = self.auditor(
                "--profiles", self.city.profiles, "compare", "--live", "--replica", f"catalog={address}", expect=CONTRADICTION
            )
        self.assertIn("DIFFERS", said.stdout)
        self.assertIn("STATE_DIFFERS", said.stderr)

    def test_what_changed_is_told_with_who_and_why(self):
        since = self.imported.isoformat()
        correction, narrative = json.loads(self.of_bundle("diff", "--from", since, "-o", "json"))
        self.assertEqual(correction["reason"], "再集計 <b>")
        self.assertEqual(correction["actor"], "seisaku://isesaki/planner/planner-1")
        (change,) = correction["changes"]
        self.assertEqual(change["event"], "actual_corrected")
        self.assertIn({"field": "value.number.value.value", "before": "1143", "after": "1300"}, change["fields"])
        self.assertEqual(narrative["changes"][0]["words"], ["若い世代の関心が低い。"])
        page = self.folder / "changes.html"
        self.of_bundle("diff", "--from", since, "--html", page)
        self.assertIn("1143 → 1300", page.read_text(encoding="utf-8"))
        self.assertIn("再集計 &lt;b&gt;", page.read_text(encoding="utf-8"))
        self.assertNotRegex(page.read_text(encoding="utf-8"), r"https?://|src=")
        steps = json.loads(self.of_bundle("replay", "--step", "-o", "json"))
        self.assertEqual(steps[-2:], [correction, narrative])

    def test_changes_are_found(self):
        def found(*words):
            sets = json.loads(self.of_bundle("query", *words, "-o", "json"))
            return [change["event"] for one in sets for change in one["changes"]]

        self.assertEqual(found("--type", "actual_corrected"), ["actual_corrected"])
        self.assertEqual(found("--kpi", KPI, "--from", self.imported.isoformat()), ["actual_corrected"])
        self.assertEqual(found("--actor", "reporter"), [])
        self.assertGreater(len(found("--department", "健康づくり課")), len(found("--kpi", "健康寿命")))
        self.auditor("query", self.bundle, "--trust", self.trust, "--kpi", "無い指標", expect=4)

    def evidence(self) -> dict:
        file = self.folder / "evidence.json"
        said = self.of_bundle("explain", KPI, *YEAR, "--evidence", file)
        self.assertEqual(said, self.live[READS[4]])
        return json.loads(file.read_text(encoding="utf-8"))

    def verify_evidence(self, evidence: dict, expect: int = DONE) -> subprocess.CompletedProcess:
        file = self.folder / "shown.json"
        file.write_text(json.dumps(evidence), encoding="utf-8")
        return self.auditor("verify", file, "--trust", self.trust, expect=expect, alone=True)

    def test_what_a_judgement_follows_from_is_proven_and_that_it_is_all_is_claimed(self):
        evidence = self.evidence()
        self.assertEqual(sorted(evidence), ["entries", "evaluation", "format"])
        said = self.verify_evidence(evidence).stdout
        proven, _, rest = said.partition("  if these entries were all there is")
        follows, _, claimed = rest.partition("CLAIMED, not proven by this file")
        self.assertTrue(proven.startswith("PROVEN\n"), said)
        self.assertIn("actual_corrected", proven)
        self.assertIn("再集計 <b>", proven)
        self.assertNotIn("Derived", proven)
        (derived,) = re.findall(r"Derived +(.*)", self.live[READS[4]])
        self.assertIn(f"Derived {derived}\n", follows)
        for words in ("the rule", "the target", "the actual", "the official assessment"):
            self.assertRegex(claimed, rf"no later entry replaced {words} \(.* \d+\) \(proven by: auditor replay\)")
        # The command that it names gives the judgement in force.
        (command,) = re.findall(r"auditor replay BUNDLE --trust TRUST (explain .*)", claimed)
        self.assertEqual(self.of_bundle("replay", *command.split(), alone=True), self.live[READS[4]])

    def test_evidence_is_compared_with_a_checkpoint_that_was_kept(self):
        self.evidence()
        file, kept = self.folder / "evidence.json", self.bundle / "catalog" / "checkpoint"
        said = self.auditor("verify", file, "--trust", self.trust, "--since", kept).stdout
        self.assertRegex(said, r"kept checkpoint .*/catalog/checkpoint: the same \d+ entries")

    def test_spoilt_evidence_is_refused(self):
        def refused(reason: str, change):
            evidence = self.evidence()
            change(evidence)
            with self.subTest(reason=reason, change=change):
                self.assertIn(reason, self.verify_evidence(evidence, CONTRADICTION).stderr)

        def entry_of(evidence, log):
            return next(one for one in evidence["entries"] if one["log"] == log)

        def flip(evidence):
            stored = entry_of(evidence, "progress")["stored"]
            data = bytearray(base64.b64decode(stored["entry"]))
            data[-1] ^= 1
            stored["entry"] = base64.b64encode(data).decode()

        def other_reason(evidence):
            next(one for one in evidence["entries"] if one["log"] == "progress" and "texts" in one["stored"]
                 )["stored"]["texts"][0]["text"] = "誤記"

        def swap_logs(evidence):
            for one in evidence["entries"]:
                one["log"] = "progress" if one["log"] == "catalog" else "catalog"

        refused("PROOF_INVALID", flip)
        refused("EVIDENCE_INVALID", other_reason)
        refused("EVIDENCE_INVALID", swap_logs)
        refused("EVIDENCE_INVALID", lambda e: e.update(evaluation=e["evaluation"].replace("2022", "2023")))

    def test_says_when_nobody_vouches_for_the_files(self):
        said = self.auditor("replay", self.bundle, "summary", *YEAR)
        self.assertEqual(said.stdout, self.live[READS[1]])
        self.assertIn("not checked", said.stderr)
        stranger = self.folder / "stranger.vkeys"
        stranger.write_text((self.city.directory / "keys" / "auditor.key.vkey").read_text())
        self.assertIn("LOG_KEY_MISSING", self.auditor("replay", self.bundle, "--trust", stranger, expect=1).stderr)


if __name__ == "__main__":
    cases.main()
