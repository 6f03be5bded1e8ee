"""A log that was restored from an older backup is neither served nor followed."""

import subprocess
import unittest

from harness import cases
from harness.children import wait_until
from harness.city import SAMPLE, City

# As long as a replica of catalog may lag behind without being taken for a restored one, and the last retry.
PATIENCE = 30 + 5 + 10


class RestoredTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.city.load(manifesto=False)

    def test_an_older_backup_is_not_served(self):
        for name in ("catalog", "progress"):
            self.city.back_up(name)
        before = {name: self.city.log_size(name) for name in ("catalog", "progress")}
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        position = self.city.log_size("catalog")
        wait_until("progress has copied it", lambda: self.city.log_size("progress") > before["progress"])
        after = {"catalog": position, "progress": self.city.log_size("progress")}
        for name in ("progress", "catalog"):
            self.city.restore(name)
            self.assertEqual(self.city.log_size(name), before[name])
            said = self.city.refused(name)
            self.assertEqual(said["reason"], "LOG_ROLLED_BACK")
            self.assertEqual((int(said["kept"]), int(said["size"])), (after[name], before[name]))

    def test_progress_stops_following_a_catalog_that_was_restored(self):
        self.city.back_up("catalog")
        before = self.city.log_size("progress")
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        wait_until("progress has copied it", lambda: self.city.log_size("progress") > before)
        self.city.restore("catalog")
        # Whoever forgets the file too deceives catalog, but not progress.
        (self.city.directory / "checkpoints" / "catalog").unlink()
        self.city.start("catalog")
        end = "catalog is not followed any more"
        wait_until("progress follows no further", lambda: self.city.logged("progress", end), PATIENCE)
        self.assertEqual(self.city.logged("progress", end)[-1]["reason"], "CATALOG_FORK")
        wait_until("progress is not ready", lambda: self.city.logged("progress", "not ready"))
        self.assertEqual(self.city.logged("progress", "not ready")[-1]["reason"], "CATALOG_FORK")

    def test_a_replica_of_catalog_that_has_stopped_says_so_and_progress_follows_another_one(self):
        city = self.city
        spoil = "UPDATE log_head SET seal = set_byte(seal, 30, get_byte(seal, 30) # 1)"
        city.sql("catalog", spoil)
        wait_until("catalog stops", lambda: city.logged("catalog", "not ready"))
        city.sql("catalog", spoil)
        city.start("catalog-1")  # which has seen nothing of that
        file = city.directory / "run" / "catalog.address"
        stopped, other = file.read_text(encoding="utf-8"), (file.parent / "catalog-1.address").read_text(encoding="utf-8")
        before = city.log_size("progress")
        self.follow(other)
        city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        wait_until("progress has copied it", lambda: city.log_size("progress") > before)

        # It knows fewer entries than progress now, and signs no checkpoint of them.
        witness = subprocess.run(city.witness_command("catalog", city.directory / "home" / "state", address=stopped.strip()),
                                 capture_output=True, encoding="utf-8", check=False)
        self.assertNotEqual(witness.returncode, 0, witness.stdout)
        self.assertIn("LOG_CORRUPT", witness.stderr)
        self.follow(stopped)
        city.terminate("catalog")
        city.start("catalog")
        after = city.log_size("progress")
        city.ask("plan", "create", "later", "--file", SAMPLE / "manifesto.toml")
        wait_until("progress follows it again", lambda: city.log_size("progress") > after)
        self.assertEqual(city.logged("progress", "catalog is not followed any more"), [])

    def follow(self, address: str):
        """Progress follows the replica of catalog at this address from now on, and who asks catalog asks that one."""
        (self.city.directory / "run" / "catalog.address").write_text(address, encoding="utf-8")
        self.city.terminate("progress")
        self.city.start("progress")


if __name__ == "__main__":
    cases.main()
