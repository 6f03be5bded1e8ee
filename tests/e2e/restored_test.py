"""A log that was restored from an older backup is neither served nor followed."""

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


if __name__ == "__main__":
    cases.main()
