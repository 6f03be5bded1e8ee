"""The seal of a log's head: an older log gets one, and nobody without the key extends a log that has one."""

import subprocess
import unittest

from harness import cases, logs
from harness.city import FAILED, SAMPLE, City
from harness.operating import Operator

RUNBOOK = "deploy/runbooks/sealed-head.md"
MAYOR = "seisaku://isesaki/planner/mayor"
ESCAPE = "\x1b[2J"


class SealTest(unittest.TestCase):
    """Catalog's log; progress follows it."""

    def setUp(self):
        self.city = self.enterContext(City())
        self.operator = Operator(self.city)
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")

    # --- what happens to a log ---

    def stop_with_tail(self) -> tuple[str, int]:
        """The service has stopped; the checkpoint that it kept before its last entries, and that one's size."""
        self.city.terminate("catalog")
        note = self.operator.kept("catalog").read_text()
        self.city.start("catalog")
        for plan in ("strategy", "second"):
            self.city.ask("plan", "create", plan, "--file", SAMPLE / "strategy.toml")
        self.city.terminate("catalog")
        return note, int(note.split("\n")[1])

    def make_old(self, note: str | None):
        """The log is one from before there were seals, of which this checkpoint was kept."""
        self.city.sql("catalog", "UPDATE log_head SET seal = NULL")
        self.operator.kept("catalog.sealed").unlink(missing_ok=True)
        self.operator.kept("catalog").unlink()
        if note is not None:
            self.operator.kept("catalog").write_text(note)
            self.city._own("checkpoints")

    def leaves(self) -> list[bytes]:
        rows = self.city.sql("catalog", "SELECT encode(bytes, 'hex') FROM entry ORDER BY position").splitlines()
        return [bytes.fromhex(row) for row in rows]

    def forge(self):
        """Who has the service's password but not its key adds an entry in the mayor's name."""
        leaves = self.leaves()
        at = logs.recorded_at(leaves[-1]) + 1
        time = logs.build([(1, at // 1_000_000), (2, at % 1_000_000 * 1000)])
        changed = {4: time, 5: (MAYOR + ESCAPE).encode(), 11: 0, 12: 1}
        entry = logs.other_event_id(logs.build([(number, changed.get(number, value)) for number, value
                                                in logs.fields(leaves[-1]) if changed.get(number, value) != 0]))
        leaves.append(entry)
        frontier = logs.frontier_of([logs.leaf_hash(leaf) for leaf in leaves])
        self.as_service(f"INSERT INTO entry (position, bytes) VALUES ({len(leaves) - 1}, '\\x{entry.hex()}');"
                        f"UPDATE log_head SET size = {len(leaves)}, sealed_size = {len(leaves)}, "
                        f"frontier = '\\x{frontier.hex()}', recorded_at = {at}")

    def as_service(self, statement: str):
        command = [word.replace("user=postgres", "user=catalog_service") for word in self.city.psql("catalog")]
        done = subprocess.run([*command, "-c", statement], capture_output=True, encoding="utf-8")
        self.assertEqual(done.returncode, 0, done.stderr)

    def unchanged(self, *words, **how) -> str:
        """What `seal` says; it changes nothing."""
        before = self.operator.all_rows("catalog")
        said = self.operator.seal("catalog", *words, **how)
        self.assertEqual(self.operator.all_rows("catalog"), before, said)
        return said

    def listed(self, said: str) -> list[str]:
        return [line for line in said.splitlines() if line.startswith("  ")]

    def goes_on(self, size: int):
        """The service starts with a log of that size, and appends behind it."""
        self.city.start("catalog")
        self.assertEqual(self.city.log_size("catalog"), size)
        self.city.ask("plan", "create", "further", "--file", SAMPLE / "strategy.toml")
        self.assertGreater(self.city.log_size("catalog"), size)

    # --- an older log ---

    def test_an_older_logs_tail_is_listed_and_accepted(self):
        note, kept = self.stop_with_tail()
        size = self.city.log_size("catalog")
        self.make_old(note)
        said = self.operator.refused("catalog", RUNBOOK)
        self.assertEqual((said["reason"], int(said["kept"]), int(said["size"])), ("LOG_UNSEALED", kept, size))

        looked = self.unchanged()
        lines = self.listed(looked)
        self.assertEqual([int(line.split()[0]) for line in lines], list(range(kept, size)))
        self.assertRegex(lines[0], r"^ +\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  seisaku://isesaki/planner/planner-1  "
                                   r"seisaku\.catalog\.v1\.Event/plan_created  plans/strategy$")
        self.assertIn("Nothing was written", looked)
        words = self.operator.expecting(looked)
        self.assertIn("--reason", self.unchanged(*words, reason="", expect=FAILED))
        # Accepted is what was looked at, and so nothing where nobody says what that was.
        alone = self.unchanged("--yes", expect=FAILED)
        self.assertEqual((self.listed(alone), words[1] in alone), (lines, True))
        self.assertIn("any more", self.unchanged("--expect", f"{size - 1}:{words[1].partition(':')[2]}", "--yes", expect=FAILED))

        self.assertIn(f"{size - kept} were accepted", self.operator.seal("catalog", *words))
        self.assertIn("is sealed; there is nothing to do", self.unchanged("--yes"))
        self.goes_on(size + 1)
        shown = self.operator.shown(size, "catalog")
        self.assertEqual((shown["entry"]["type"], shown["entry"]["actor"], shown["texts"]),
                         ("seisaku.log.v1.LogEvent/log_sealed", "seisaku-admin", [self.operator.why]))
        sealed = shown["event"]["logSealed"]
        self.assertEqual((sealed["keptSize"], sealed["size"]), (str(kept), str(size)))

    def test_an_older_log_that_stopped_cleanly_needs_nobody(self):
        self.city.terminate("catalog")
        size = self.city.log_size("catalog")
        self.make_old(self.operator.kept("catalog").read_text())
        self.assertIn("seals them when it starts", self.unchanged("--yes"))
        self.goes_on(size)

    def test_without_a_kept_checkpoint_everything_is_listed(self):
        self.stop_with_tail()
        size = self.city.log_size("catalog")
        self.make_old(None)
        self.assertEqual(self.operator.refused("catalog", RUNBOOK)["reason"], "LOG_UNSEALED")
        self.assertEqual(len(self.listed(self.unchanged())), size)
        self.operator.accept("catalog")
        self.goes_on(size + 1)
        self.assertNotIn("keptSize", self.operator.shown(size, "catalog")["event"]["logSealed"])

    def test_what_does_not_extend_the_kept_checkpoint_is_not_accepted(self):
        note, kept = self.stop_with_tail()
        self.make_old(note)
        origin, key = "isesaki.example/catalog", self.operator.key("catalog")
        leaves = [logs.leaf_hash(leaf) for leaf in self.leaves()]
        for other, expected in (([*leaves[: kept - 1], bytes(32)], "is forked"), ([*leaves, bytes(32)], "were signed")):
            with self.subTest(expected):
                self.operator.kept("catalog").write_text(logs.checkpoint(origin, other, key))
                self.assertIn(expected, self.unchanged("--yes", expect=FAILED))
        # A key of another log, and another key of the same name.
        self.operator.kept("catalog").write_text(note)
        self.unchanged("--yes", key="progress", expect=FAILED)
        self.operator.keygen(origin, "other")
        self.unchanged("--yes", key="other", expect=FAILED)

    def test_what_is_added_after_the_look_is_not_accepted(self):
        note, kept = self.stop_with_tail()
        seal = self.city.sql("catalog", "SELECT encode(seal, 'hex') FROM log_head")
        self.make_old(note)
        words = self.operator.expecting(self.unchanged())
        self.city.sql("catalog", f"UPDATE log_head SET seal = '\\x{seal}'")
        self.city.start("catalog")
        self.city.ask("plan", "create", "third", "--file", SAMPLE / "strategy.toml")
        self.city.terminate("catalog")
        self.make_old(note)
        said = self.unchanged(*words, expect=FAILED)
        self.assertEqual(len(self.listed(said)), self.city.log_size("catalog") - kept)
        self.assertIn("any more", said)

    # --- a log that is sealed ---

    def test_that_a_log_was_sealed_is_known_from_its_entries_too(self):
        """Where neither a seal nor a file says so any more."""
        note, _ = self.stop_with_tail()
        self.make_old(note)
        self.operator.accept("catalog")
        self.forge()
        self.city.sql("catalog", "UPDATE log_head SET seal = NULL")
        self.assertFalse(self.operator.kept("catalog.sealed").exists())
        said = self.unchanged(expect=FAILED)
        self.assertIn("seal is gone", said)
        self.assertNotIn("--expect", said)
        self.unchanged("--expect", "1:" + "A" * 43 + "=", "--yes", expect=FAILED)

    def test_a_change_of_key_says_that_a_log_was_sealed(self):
        note, _ = self.stop_with_tail()
        next_key = self.operator.keygen("isesaki.example/catalog", "catalog-2")
        self.operator.admin("rotate-key", "--database", self.operator.dsn("catalog"), "--log-key", self.operator.key("catalog"),
                            "--next-key", next_key, "--reason", "毎年の交替", "--yes")
        self.make_old(note)
        self.assertIn("seal is gone", self.unchanged("--yes", expect=FAILED))
        # Nor is it what is saved in a new log from before there were seals.
        self.operator.new_database("catalog_2")
        key = self.operator.keygen("isesaki.example/catalog-2", "new")
        lost = self.operator.kept("catalog")
        leaves = [logs.leaf_hash(leaf) for leaf in self.leaves()]
        lost.write_text(logs.checkpoint("isesaki.example/catalog", [*leaves, bytes(32)], next_key))
        said = self.operator.admin("new-origin", "--from", self.operator.dsn("catalog"), "--to", self.operator.dsn("catalog_2"),
                                   "--origin", "isesaki.example/catalog-2", "--log-key", key, "--lost-checkpoint", lost,
                                   "--log-vkey", self.operator.vkey("catalog"), "--log-vkey", self.operator.vkey("catalog-2"),
                                   "--reason", "ディスク故障", expect=FAILED)
        self.assertIn("an entry says that it was sealed", said)

    def test_a_forged_tail_is_neither_served_nor_accepted(self):
        self.city.terminate("catalog")
        genuine, size = self.operator.all_rows("catalog"), self.city.log_size("catalog")
        self.forge()
        self.assertEqual(self.operator.refused("catalog", RUNBOOK)["reason"], "LOG_CORRUPT")
        said = self.unchanged("--yes", expect=FAILED)
        (line,) = self.listed(said)
        self.assertIn(f"{MAYOR}␛[2J", line)
        self.assertIn(RUNBOOK, said)
        # Nor where the seal is taken away, so that it looks like an older log.
        self.as_service("UPDATE log_head SET seal = NULL")
        self.assertEqual(self.operator.refused("catalog", RUNBOOK)["reason"], "LOG_CORRUPT")
        self.unchanged("--yes", expect=FAILED)

        # What the kept checkpoint vouches for goes on in a new database.
        self.city.sql("postgres", "ALTER DATABASE catalog RENAME TO catalog_forged")
        self.operator.admit_to("catalog_forged")
        self.operator.new_database("catalog")
        words = ["refill", "--database", self.operator.dsn("catalog"), "--from", self.operator.dsn("catalog_forged"),
                 "--checkpoint-file", self.operator.kept("catalog"), "--log-key", self.operator.key("catalog")]
        self.assertIn("with --yes", self.operator.admin(*words))
        self.assertEqual(self.city.sql("catalog", "SELECT count(*) FROM log_head"), "0")
        self.operator.admin(*words, "--yes")
        self.assertEqual(self.operator.all_rows("catalog"), genuine)
        self.goes_on(size)

    def test_a_seal_alone_that_was_spoiled_is_written_again(self):
        self.city.terminate("catalog")
        size = self.city.log_size("catalog")
        for spoil in ("seal = set_byte(seal, 10, get_byte(seal, 10) # 1)", "seal = NULL"):
            with self.subTest(spoil):
                self.as_service(f"UPDATE log_head SET {spoil}")
                self.assertEqual(self.operator.refused("catalog", RUNBOOK)["reason"], "LOG_CORRUPT")
                self.assertIn("0 wait to be accepted", self.unchanged())
                self.operator.seal("catalog", "--yes")
                self.city.start("catalog")
                sealed = self.operator.shown(size, "catalog")["event"]["logSealed"]
                self.assertEqual((sealed["keptSize"], sealed["size"]), (str(size), str(size)))
                self.city.terminate("catalog")
                size += 1
        # The time is sealed too.
        self.as_service("UPDATE log_head SET recorded_at = recorded_at + 1")
        self.assertIn("the head's time", self.unchanged("--yes", expect=FAILED))


if __name__ == "__main__":
    cases.main()
