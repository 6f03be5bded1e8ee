"""auditor witness: it cosigns a log that only grows, and refuses one that does not."""

import json
import pathlib
import subprocess
import tempfile
import unittest

from harness import cases
from harness.children import clean_environment
from harness.city import DENIED, DONE, FAILED, PROGRAMS, UNAVAILABLE, USAGE, City

CONTRADICTION = 8
ORIGIN = "isesaki.example/catalog"
COSIGNER = "isesaki.example/auditor"


class WitnessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.city = cls.enterClassContext(City())
        cls.plans = 0

    def setUp(self):
        self.state = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "state"

    def grow(self, city: City | None = None, title: str = "計画"):
        """Adds one entry to catalog's log."""
        type(self).plans += 1
        file = self.state.parent / "plan.toml"
        file.write_text(f'title = "{title}{self.plans}"\nlevels = ["政策"]\n', encoding="utf-8")
        (city or self.city).ask("plan", "create", f"plan-{self.plans}", "--file", file)

    def witness(self, city: City | None = None, expect: int = DONE, language: str = "en", **other: object) -> str:
        """What it printed, or said where it failed."""
        done = subprocess.run(
            (city or self.city).witness_command("catalog", **{"state": self.state} | other),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=clean_environment(LC_ALL="ja_JP.UTF-8" if language == "ja" else "C.UTF-8"),
            check=False,
            timeout=60,
        )
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect == DONE else done.stderr

    def witness_json(self, city: City | None = None) -> dict:
        return json.loads(self.witness(city, format="json"))

    def cosigned(self, city: City | None = None) -> dict[int, list[str]]:
        """The cosigners that the log keeps, by size."""
        rows = (city or self.city).sql("catalog", "SELECT json_agg(c) FROM cosignature c")
        found: dict[int, list[str]] = {}
        for row in json.loads(rows or "[]") or []:
            found.setdefault(row["size"], []).append(row["cosigner"].rpartition("+")[0])
        return found

    def test_accepts_a_log_and_accepts_it_again_when_it_grew(self):
        self.grow()
        first = self.witness_json()
        self.assertEqual(first["origin"], ORIGIN)
        self.assertEqual(int(first["size"]), self.city.log_size("catalog"))
        self.assertNotIn("previousSize", first)
        self.assertEqual(self.cosigned()[int(first["size"])], [COSIGNER])
        self.assertEqual((self.state / "accepted.note").read_text(encoding="utf-8"), first["checkpoint"])

        again = self.witness_json()
        self.assertEqual((again["size"], again["previousSize"]), (first["size"], first["size"]))
        self.grow()
        grown = self.witness_json()
        self.assertEqual(grown["previousSize"], first["size"])
        self.assertGreater(int(grown["size"]), int(first["size"]))
        self.assertIn(COSIGNER, self.cosigned()[int(grown["size"])])
        # Of each size the first note is kept.
        notes = sorted(file.name for file in self.state.iterdir())
        self.assertEqual(notes[-1], "accepted.note")
        self.assertEqual([name.split("-")[1] for name in notes[:-1]], sorted((first["size"], grown["size"])))
        (kept,) = self.state.glob(f"accepted-{first['size']}-*.note")
        self.assertEqual(kept.read_text(encoding="utf-8"), first["checkpoint"])

    def test_says_it_in_the_readers_language(self):
        self.grow()
        self.assertIn("nothing to compare it with", self.witness())
        self.assertIn("which extend the", self.witness())
        self.assertIn("件の続きです", self.witness(language="ja"))
        self.assertIn("WITNESS_FOLDER_UNUSABLE", self.witness(expect=FAILED, state="/proc/nowhere"))
        self.assertIn("読み書きできません", self.witness(expect=FAILED, state="/proc/nowhere", language="ja"))

    def test_refuses_a_fork_and_keeps_the_evidence(self):
        self.grow()
        accepted = self.witness_json()
        size = int(accepted["size"])
        with City(keys_of=self.city) as other:
            while other.log_size("catalog") <= size:
                self.grow(other, "別の計画")
            for _ in range(2):
                said = self.witness(other, expect=CONTRADICTION)
                self.assertIn("LOG_FORK", said)
                self.assertIn(f"first {size} entries", said)
                self.assertIn(accepted["root"], said)
                self.assertIn("next: keep both notes", said)
            self.assertIn("枝分かれ", self.witness(other, expect=CONTRADICTION, language="ja"))
            self.assertEqual(self.cosigned(other), {})
            # One who saw nothing yet cannot know.
            self.witness(other, state=self.state.parent / "newcomer")

        evidence = {file.name.split("-")[1]: file for file in self.state.glob("evidence-*")}
        self.assertEqual(sorted(evidence), ["accepted", "found"])
        self.assertEqual(evidence["accepted"].read_text(encoding="utf-8"), accepted["checkpoint"])
        found = evidence["found"].read_text(encoding="utf-8").splitlines()
        self.assertEqual(found[:2], [ORIGIN, str(size)])
        self.assertNotEqual(found[2], accepted["root"])
        self.assertIn(str(evidence["found"]), said)
        # The log itself goes on.
        self.grow()
        self.witness()

    def test_refuses_a_log_that_has_shrunk(self):
        self.grow()
        self.grow()
        size = self.witness_json()["size"]
        with City(keys_of=self.city) as other:
            self.grow(other)
            said = self.witness(other, expect=CONTRADICTION)
        self.assertIn("LOG_SHRUNKEN", said)
        self.assertIn(f"had {size} entries and has 1 now", said)
        self.assertEqual(len(list(self.state.glob("evidence-*"))), 2)

    def test_names_the_key_that_is_not_right(self):
        self.grow()
        keys = self.city.directory / "keys"
        self.assertIn("LOG_KEY_UNREADABLE", self.witness(expect=FAILED, cosigner_key=keys / "catalog.key"))
        self.assertIn("LOG_KEY_UNREADABLE", self.witness(expect=FAILED, log_vkey=keys / "auditor.key.vkey"))
        wrong_log = self.witness(expect=3, log_vkey=keys / "progress.key.vkey")
        self.assertIn("ORIGIN_MISMATCH", wrong_log)
        stranger = self.state.parent / "stranger.key"
        admin = [PROGRAMS / "seisaku-admin", "keygen", "--cosigner", "stranger.example", "--out", stranger]
        subprocess.run(admin, check=True, capture_output=True)
        self.assertIn("COSIGNER_UNKNOWN", self.witness(expect=DENIED, cosigner_key=stranger))

    def test_needs_the_role_and_a_service(self):
        certificates = self.city.directory / "certificates"
        planner = {"certificate": certificates / "planner.crt", "key": certificates / "planner.key"}
        self.assertIn("ROLE_REQUIRED", self.witness(expect=DENIED, **planner))
        self.witness(expect=UNAVAILABLE, address="127.0.0.1:1")
        done = subprocess.run([PROGRAMS / "auditor", "witness"], capture_output=True, check=False)
        self.assertEqual(done.returncode, USAGE)


if __name__ == "__main__":
    cases.main()
