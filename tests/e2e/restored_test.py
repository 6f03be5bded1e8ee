"""A log that was restored from an older backup is neither served nor followed."""

import json
import unittest

from harness import cases
from harness.children import Child, wait_until
from harness.city import SAMPLE, City

# As long as a replica of catalog may lag behind without being taken for a restored one, and the last retry.
PATIENCE = 30 + 5 + 10


class RestoredTest(unittest.TestCase):
    def setUp(self):
        self.city = self.enterContext(City())
        self.city.load(manifesto=False)

    def back_up(self, name: str):
        """A cold copy of the service's database."""
        self.city.terminate(name)
        self.city.sql("postgres", f"CREATE DATABASE {name}_backup TEMPLATE {name}")
        self.city.start(name)

    def restore(self, name: str):
        """The service's database is again what it was; the service has ended."""
        self.city.terminate(name)
        self.city.sql("postgres", f"DROP DATABASE {name}")
        self.city.sql("postgres", f"ALTER DATABASE {name}_backup RENAME TO {name}")
        self.city.sql("postgres", f"GRANT CONNECT ON DATABASE {name} TO {name}_service")

    def refused(self, name: str) -> dict[str, str]:
        """What the service says when it is started and ends."""
        log = self.city.directory / "logs" / f"{name}-refused.log"
        child = Child(self.city.service_command(name), log, self.city.user)
        wait_until(f"{name} ends", lambda: not child.is_running(), on_timeout=child.last_words)
        self.assertNotEqual(child.end(0), 0)
        self.assertIn("deploy/runbooks/restored-log.md", child.last_words())
        return self.lines(log, "cannot serve")[-1]

    @staticmethod
    def lines(log, message: str) -> list[dict[str, str]]:
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]
        return [line for line in lines if line["message"] == message]

    def test_an_older_backup_is_not_served(self):
        for name in ("catalog", "progress"):
            self.back_up(name)
        before = {name: self.city.log_size(name) for name in ("catalog", "progress")}
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        position = self.city.log_size("catalog")
        wait_until("progress has copied it", lambda: self.city.log_size("progress") > before["progress"])
        after = {"catalog": position, "progress": self.city.log_size("progress")}
        for name in ("progress", "catalog"):
            self.restore(name)
            self.assertEqual(self.city.log_size(name), before[name])
            said = self.refused(name)
            self.assertEqual(said["reason"], "LOG_ROLLED_BACK")
            self.assertEqual((int(said["kept"]), int(said["size"])), (after[name], before[name]))

    def test_progress_stops_following_a_catalog_that_was_restored(self):
        self.back_up("catalog")
        before = self.city.log_size("progress")
        self.city.ask("plan", "create", "manifesto", "--file", SAMPLE / "manifesto.toml")
        wait_until("progress has copied it", lambda: self.city.log_size("progress") > before)
        self.restore("catalog")
        # Whoever forgets the file too deceives catalog, but not progress.
        (self.city.directory / "checkpoints" / "catalog").unlink()
        self.city.start("catalog")
        log = self.city.directory / "logs" / "progress.log"
        wait_until("progress follows no further", lambda: self.lines(log, "catalog is not followed any more"), PATIENCE)
        self.assertEqual(self.lines(log, "catalog is not followed any more")[-1]["reason"], "CATALOG_FORK")
        wait_until("progress is not ready", lambda: self.lines(log, "not ready"))
        self.assertEqual(self.lines(log, "not ready")[-1]["reason"], "CATALOG_FORK")


if __name__ == "__main__":
    cases.main()
