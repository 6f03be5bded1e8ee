"""Disks that are full: of the person at the terminal, and of PostgreSQL. Nothing half-written is left, nothing is
answered that is not kept, and with space again the same command does its work. The messages are
golden/messages/full_disk.txt (SEISAKU_UPDATE_GOLDEN=1 writes them anew)."""

import pathlib
import random
import unittest

from harness import cases
from harness.children import wait_until
from harness.city import DONE, FAILED, SAMPLE, UNAVAILABLE, City, run
from harness.golden_messages import LANGUAGES, Goldens, MessageTest
from harness.mounts import fill, mount_tmpfs, need_own_mounts, unmount

# PostgreSQL says which of its files it was.
PATHS = [(r'"base/\d+/\d+[.\d]*"', '"FILE"')]
SHEET = SAMPLE / "progress-sheet.txt"
AWAITED = "製造業の事業所数"


class FullCity(City):
    """A city whose PostgreSQL has a small disk of its own."""

    def start_postgres(self):
        self.disk = self.directory / "postgres"
        if not self.disk.is_mount():
            made = self.disk.rename(self.directory / "made")
            self.disk.mkdir()
            mount_tmpfs(self.disk, "160m", made.stat().st_uid)
            run(["cp", "-a", f"{made}/.", self.disk])
            # A vacuum of PostgreSQL's own tables would delete the file that `enter` is about.
            with open(self.disk / "postgresql.auto.conf", "a", encoding="utf-8") as settings:
                settings.write("autovacuum = off\n")
        super().start_postgres()

    def enter(self):
        """Connects to both databases. The first connection to one after a start writes a file (pg_internal.init), and
        on a full disk PostgreSQL ends a connection that cannot write it."""
        for service in ("catalog", "progress"):
            self.log_size(service)

    def end_wal_segment(self):
        """Makes PostgreSQL go on in the next segment of its write-ahead log; it may not survive that."""
        try:
            self.sql("postgres", "SELECT pg_switch_wal()")
        except AssertionError:
            pass

    def _deleted(self) -> bool:
        unmount(self.disk)
        return super()._deleted()


def setUpModule():
    city = unittest.enterModuleContext(FullCity())
    city.load(manifesto=False)
    MessageTest.goldens = unittest.enterModuleContext(Goldens("full_disk", city))


class FullDiskOfAPersonTest(MessageTest):
    def setUp(self):
        self.full = self.city.directory / "home" / "full"
        self.full.mkdir(exist_ok=True)
        mount_tmpfs(self.full, "16k")
        self.addCleanup(unmount, self.full)

    def left(self) -> list[str]:
        return sorted(file.name for file in self.full.iterdir())

    def test_an_answer_onto_a_full_disk(self):
        fill(self.full)
        self.refused("sheet", "--plan", "strategy", "--fiscal-year", "2022", "--output", "full/sheet.txt", code=FAILED)
        self.assertEqual(self.left(), ["filler"])

    def test_an_answer_that_is_larger_than_the_disk_leaves_the_old_one(self):
        (self.full / "sheet.txt").write_text("the old one")
        self.refused("sheet", "--plan", "strategy", "--fiscal-year", "2022", "-o", "json", "--output", "full/sheet.txt",
                     code=FAILED)
        self.assertEqual(self.left(), ["sheet.txt"])
        self.assertEqual((self.full / "sheet.txt").read_text(), "the old one")

    def test_findings_onto_a_full_disk_stop_the_import(self):
        fill(self.full)
        self.city.ask("plan", "create", "unfound", "--file", SAMPLE / "strategy.toml")
        self.refused("import", "progress-sheet", SHEET, "--plan", "unfound", "--findings", "full/findings", code=FAILED)
        self.assertEqual(self.left(), ["filler"])

    def test_what_was_recorded_and_cannot_be_shown_is_recorded(self):
        fill(self.full)
        answers = {}
        for language, value in zip(LANGUAGES, ("187事業所", "188事業所")):
            before = self.city.log_size("progress")
            verb = "record" if language == "ja" else "correct"
            words = ("actual", verb, AWAITED, "--plan", "strategy", "--fiscal-year", "2022", "--value", value,
                     "--reason", "試験", "--output", "full/answer.txt")
            answers[language] = self.city.ask(*words, expect=FAILED, language=language)
            self.assertEqual(self.city.log_size("progress"), before + 1)
        self.compare(("actual", "record", AWAITED, "…", "--output", "full/answer.txt"), answers,
                     hidden=[("actual (record|correct)", "actual record")])


class FullDiskOfPostgresqlTest(MessageTest):
    def narrative(self, text: str) -> tuple:
        (self.city.directory / "home" / "long.txt").write_text(text, encoding="utf-8")
        return ("narrative", "record", AWAITED, "--plan", "strategy", "--fiscal-year", "2022", "--kind",
                "issues", "--text-file", "long.txt", "--reason", "試験")

    def filled(self) -> pathlib.Path:
        self.city.enter()
        filler = fill(self.city.disk)
        self.addCleanup(filler.unlink, missing_ok=True)
        return filler

    def test_postgresql_has_no_room_for_the_change(self):
        # No page that is there has room for it, and it cannot be compressed.
        text = random.Random(1).randbytes(45_000).hex()[:60_000]
        words = self.narrative(text)
        filler = self.filled()
        self.refused(*words, code=UNAVAILABLE, hidden=PATHS)
        self.city.ask("sheet", "--plan", "strategy", "--fiscal-year", "2022")
        filler.unlink()
        before = self.sizes()
        self.city.ask(*words)
        self.assertEqual(self.sizes(), (before[0], before[1] + 1))
        kept = self.city.ask_json("narrative", "list", AWAITED, "--plan", "strategy", "--fiscal-year", "2022")
        self.assertIn(text, [one.get("text") for one in kept["narratives"]])

    def test_postgresql_has_no_room_for_its_own_log(self):
        """Then it panics. What was answered is there afterwards, and the same command finishes."""
        city, kpi = self.city, "新規就農者数"

        def correct(value: str, seconds: int = 2) -> bool:
            answer = city.ask("actual", "correct", kpi, "--plan", "strategy", "--fiscal-year", "2022", "--value", value,
                              "--reason", "試験", seconds=seconds, expect=None)
            self.assertIn(answer.code, (DONE, UNAVAILABLE), answer.err)
            return answer.code == DONE

        filler = self.filled()
        acknowledged = []
        # It writes to the segments of its log that it has set aside, one after the other, until there is none left.
        for value in (f"{number}人" for number in range(200, 250)):
            if not correct(value):
                break
            acknowledged.append(value)
            city.end_wal_segment()
        else:
            self.fail("PostgreSQL always had room")
        filler.unlink()
        if not city.children["postgres"].is_running():
            city.children.pop("postgres")
            city.start_postgres()
        wait_until("figures are recorded again", lambda: correct("130人", 5))
        acknowledged.append("130人")
        history = [actual["value"]["printed"] for actual in self.history(kpi)]
        self.assertEqual([value for value in history if value in acknowledged], acknowledged)
        self.assertEqual(len(history), len(set(history)))

    def history(self, kpi: str) -> list:
        actuals = self.city.ask_json("actual", "history", kpi, "--plan", "strategy", "--fiscal-year", "2022")["actuals"]
        return sorted(actuals, key=lambda actual: int(actual["position"]))


if __name__ == "__main__":
    need_own_mounts()
    cases.main()
