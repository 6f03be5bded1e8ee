"""A log's key is changed: the log names the next one, both sign for a while, and auditors hold both."""

import unittest

from harness import cases
from harness.children import wait_until
from harness.city import DONE, FAILED, INPUT_REFUSED, SAMPLE, City, run
from harness.operating import Operator
from harness.proving import CONTRADICTION, Auditor

RUNBOOK = "deploy/runbooks/log-key.md"


class KeyRotationTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.operator = Operator(self.city)
        self.auditor = Auditor(self.city)
        self.append("early")

    def append(self, plan: str):
        """An entry of catalog's log, which progress copies into its own."""
        before = self.city.log_size("progress")
        self.city.ask("plan", "create", plan, "--file", SAMPLE / "strategy.toml")
        wait_until("progress has copied it", lambda: self.city.log_size("progress") > before)

    def origin(self, service: str) -> str:
        return f"isesaki.example/{service}"

    def rotate(self, service: str, key: str, next_key: str, *more, reason: str = "毎年の交替", **how) -> str:
        return self.operator.admin("rotate-key", "--database", self.operator.dsn(service), "--log-key", self.operator.key(key),
                                   "--next-key", self.operator.key(next_key), "--reason", reason, *more, **how)

    def trusting(self, *names: str) -> list:
        """A trust file with these keys and the auditor's."""
        file = self.auditor.folder / f"{'-'.join(names)}.vkeys"
        file.write_text("".join(self.operator.vkey(name).read_text() for name in (*names, "auditor")))
        return ["--trust", file]

    def verified(self, *words, trust: list) -> int:
        return self.auditor.run("verify", *words, *trust).returncode

    def test_a_log_goes_on_with_its_next_key(self):
        state = self.auditor.folder / "witness-catalog"
        run(self.city.witness_command("catalog", state))
        self.operator.keygen(self.origin("catalog"), "catalog-2")
        self.city.terminate("catalog")
        before, size = self.operator.all_rows("catalog"), self.city.log_size("catalog")
        entries = self.operator.entries("catalog")
        self.assertIn(f"entry {size} would name", self.rotate("catalog", "catalog", "catalog-2"))
        self.assertEqual(self.operator.all_rows("catalog"), before)
        self.assertIn(f"entry {size} names", self.rotate("catalog", "catalog", "catalog-2", "--yes"))
        self.assertTrue(self.operator.entries("catalog").startswith(entries))

        # With neither of them alone: the one is not the log's any more, the other has sealed nothing yet.
        said = self.operator.refused("catalog", RUNBOOK)
        self.assertEqual(said["reason"], "LOG_KEY_NOT_CURRENT")
        next_key, vkeys = self.operator.key("catalog-2"), [self.operator.vkey(name) for name in ("catalog", "catalog-2")]
        self.operator.start("catalog", log_key=next_key, previous_log_key=self.operator.key("catalog"))
        shown = self.operator.shown(size, "catalog")
        self.assertEqual((shown["entry"]["actor"], shown["texts"]), ("seisaku-admin", ["毎年の交替"]))
        rotated = shown["event"]["keyRotated"]
        self.assertEqual([rotated["previousKey"], rotated["nextKey"]], [file.read_text().strip() for file in vkeys])

        # Both sign, and whoever has one of the keys can read it: progress and the witness have the previous one.
        self.append("with-both")
        self.assertEqual(self.verified("--live", trust=self.trusting("catalog", "progress")), DONE)
        self.assertEqual(self.verified("--live", trust=self.trusting("catalog-2", "catalog", "progress")), DONE)
        # The next key alone has not signed what progress copied before: that is not proven, and no violation.
        self.assertEqual(self.verified("--live", trust=self.trusting("catalog-2", "progress")), INPUT_REFUSED)
        self.auditor.trust = self.trusting("catalog", "catalog-2", "progress")
        run([*self.city.witness_command("catalog", state), "--log-vkey", self.operator.vkey("catalog-2")])
        early = self.auditor.export("with-both")

        # Then everybody goes on with the next one alone.
        self.city.terminate("progress")
        self.city.terminate("catalog")
        self.operator.start("catalog", log_key=next_key)
        self.operator.start("progress", catalog_vkey=self.operator.vkey("catalog-2"))
        self.append("with-the-next")
        run(self.city.witness_command("catalog", state, log_vkey=self.operator.vkey("catalog-2")))
        since = ["--since", state / "accepted.note"]
        both = self.auditor.trust
        self.assertEqual(self.verified("--live", *since, trust=both), DONE)
        late = self.auditor.export("with-the-next")
        self.assertEqual(self.verified(late, *since, trust=both), DONE)
        self.assertEqual(self.verified(early, *since, trust=both), DONE)
        self.assertNotEqual(self.verified(late, trust=self.trusting("catalog", "progress")), DONE)

    def test_the_key_before_seals_nothing_more(self):
        """Whoever has stolen it and may write to the database extends nothing behind the change."""
        next_key, key = self.operator.keygen(self.origin("catalog"), "catalog-2"), self.operator.key("catalog")
        self.city.terminate("catalog")
        self.rotate("catalog", "catalog", "catalog-2", "--yes")
        self.operator.start("catalog", log_key=next_key, previous_log_key=key)
        self.append("behind-the-change")
        self.city.terminate("catalog")
        self.city.sql("postgres", "CREATE DATABASE catalog_old TEMPLATE catalog")
        self.city.sql("postgres", "GRANT CONNECT ON DATABASE catalog_old TO catalog_service")
        self.operator.admit_to("catalog_old")
        stolen = f"UPDATE log_head SET seal = {self.operator.seal_by('catalog', 'catalog_old')}"
        genuine = f"UPDATE log_head SET seal = {self.operator.seal_by('catalog-2', 'catalog_old')}"
        before = self.operator.rows("catalog", "log_head")
        self.city.sql("catalog", genuine)
        self.assertEqual(self.operator.rows("catalog", "log_head"), before, "seals are made as the service makes them")

        self.city.sql("catalog", stolen)
        said = self.operator.refused("catalog", "deploy/runbooks/sealed-head.md", log_key=next_key, previous_log_key=key)
        self.assertEqual(said["reason"], "LOG_CORRUPT")
        self.auditor.trust = self.trusting("catalog", "catalog-2", "progress")
        code, report = self.auditor.report("--database", self.city._dsn("catalog"))
        self.assertEqual((code, report["logs"][0]["violations"]["first"]["code"]), (CONTRADICTION, "SEAL_INVALID"))
        self.assertIn("+".join(key.read_text().split("+")[2:4]), report["logs"][0]["violations"]["first"]["found"])
        self.city.sql("catalog", genuine)
        self.operator.start("catalog", log_key=next_key, previous_log_key=key)
        self.append("lost")
        self.city.terminate("catalog")

        self.operator.new_database("catalog_3")
        words = ["new-origin", "--from", self.operator.dsn("catalog_old"), "--to", self.operator.dsn("catalog_3"),
                 "--origin", self.origin("catalog-3"), "--log-key", self.operator.keygen(self.origin("catalog-3"), "catalog-3"),
                 "--lost-checkpoint", self.operator.kept("catalog"), "--log-vkey", self.operator.vkey("catalog"),
                 "--log-vkey", self.operator.vkey("catalog-2"), "--reason", "鍵の盗難"]
        self.assertIn("would go on", self.operator.admin(*words))
        self.city.sql("catalog_old", stolen)
        self.assertIn("seal", self.operator.admin(*words, expect=FAILED))

    def test_what_is_no_change_of_this_logs_key_is_refused(self):
        self.city.terminate("catalog")
        for name in ("catalog-2", "catalog-3"):
            self.operator.keygen(self.origin("catalog"), name)
        rows = self.operator.all_rows("catalog")
        for key, next_key, expected in (
            ("catalog", "progress", "isesaki.example/progress"),
            ("progress", "progress", "holds the same key"),
            ("catalog", "catalog", "holds the same key"),
            ("catalog-2", "catalog-3", "seal"),
        ):
            with self.subTest(key=key, next_key=next_key):
                self.assertIn(expected, self.rotate("catalog", key, next_key, "--yes", expect=FAILED))
        self.assertIn("--reason", self.rotate("catalog", "catalog", "catalog-2", "--yes", reason="", expect=FAILED))
        self.assertEqual(self.operator.all_rows("catalog"), rows)

        # Afterwards only the next key is the log's, and can be changed at once.
        self.rotate("catalog", "catalog", "catalog-2", "--yes")
        self.rotate("catalog", "catalog", "catalog-3", "--yes", expect=FAILED)
        self.rotate("catalog", "catalog-2", "catalog-3", "--yes")
        # Nothing is appended behind a head that somebody changed without the key.
        self.city.sql("catalog", "UPDATE log_head SET seal = set_byte(seal, 20, get_byte(seal, 20) # 1)")
        rows = self.operator.all_rows("catalog")
        self.operator.keygen(self.origin("catalog"), "catalog-4")
        self.assertIn("seal", self.rotate("catalog", "catalog-3", "catalog-4", "--yes", expect=FAILED))
        self.assertEqual(self.operator.all_rows("catalog"), rows)


if __name__ == "__main__":
    cases.main()
