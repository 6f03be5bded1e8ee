"""Logs that somebody tampered with, by seed: whatever is changed below the size of a checkpoint that was kept outside
is found, and the first position that is wrong is named where the files still show it.

SEISAKU_SEED=N runs one seed."""

import os
import random
import shutil
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import bundle_tampering as tampering
from harness import cases
from harness import database_tampering as in_database
from harness.bundle_tampering import BundledLog, Change
from harness.city import INPUT_REFUSED
from harness.proving import CONTRADICTION, Auditor, worked_city

SEEDS = {"ci": 500, "full": 10_000}[os.environ.get("SEISAKU_SCALE", "ci")]
DATABASE_SEEDS = SEEDS // 5
ONE_SEED = os.environ.get("SEISAKU_SEED")
LOGS = ("catalog", "progress")
WORKERS = 2


class Stage:
    """One exported city, and what a witness of each log kept. The services are not needed any more."""

    def __init__(self, city):
        self.city, self.auditor = city, Auditor(city)
        options = self.auditor.witness()
        self.since = {name: options[2 * i : 2 * i + 2] for i, name in enumerate(LOGS)}
        self.bundle = self.auditor.export("bundle")
        self.logs = {name: BundledLog(self.bundle / name) for name in LOGS}

    def verify(self, name: str, change: Change, where: str, *options) -> tuple[int, dict]:
        """Exit code and report of a bundle with one log, in which that was changed."""
        folder = self.auditor.folder / where
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.bundle / name, folder / name)
        shutil.copy(self.bundle / "contracts.binpb", folder)
        for file, content in change.files.items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True) if content is None else path.write_bytes(content)
        return self.auditor.report(folder, *options)


class TamperingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.enterClassContext(worked_city()))

    def check(self, seed: int) -> str:
        """What is wrong with what came of a seed; "" where nothing is."""
        rng = random.Random(seed)
        name = LOGS[seed % 2]
        change = rng.choice(tampering.KINDS)(self.stage.logs[name], rng)
        code, report = self.stage.verify(name, change, f"seed-{seed % 16}-{seed}", *self.stage.since[name])
        shutil.rmtree(self.stage.auditor.folder / f"seed-{seed % 16}-{seed}")
        about = f"SEISAKU_SEED={seed}: {name}, {change.what}: exit code {code}, {report}"
        if change.unproven and code == INPUT_REFUSED:
            doubts = report["logs"][0].get("doubts", [])
            return "" if set(doubts) & set(change.unproven) else about
        if code != CONTRADICTION:
            own = [point for point in report["logs"][0]["checkpoints"] if point["from"].endswith(f"{name}/checkpoint")]
            lost = change.loses and not any(point["cosignatures"] for point in own)
            return "" if lost else about
        first = report["logs"][0]["violations"]["first"]
        named = int(first["position"]) if "position" in first else None
        return "" if change.positions is None or named in change.positions else f"{about}\nnot {change.positions}"

    def test_every_change_of_a_bundle_is_found(self):
        seeds = range(SEEDS) if ONE_SEED is None else [int(ONE_SEED)]
        with ThreadPoolExecutor(WORKERS) as pool:
            for missed in filter(None, pool.map(self.check, seeds)):
                with self.subTest(missed.partition(":")[0]):
                    self.fail(missed)


class DatabaseTest(unittest.TestCase):
    """By a superuser. Each change is made in a copy of a log's database."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.enterClassContext(worked_city()))
        for name in LOGS:
            cls.stage.city.terminate(name)
            cls.stage.city.sql(name, in_database.without_triggers())

    def check(self, seed: int) -> str:
        rng = random.Random(seed)
        name, copy = LOGS[seed % 2], f"tampered_{seed}"
        change = rng.choice(in_database.KINDS)(self.stage.logs[name], rng)
        city = self.stage.city
        city.sql("postgres", f"CREATE DATABASE {copy} TEMPLATE {name}")
        city.sql(copy, f"{change.sql}; {in_database.with_triggers()}")
        code, report = self.stage.auditor.report("--database", city._dsn(copy), *self.stage.since[name])
        city.sql("postgres", f"DROP DATABASE {copy}")
        about = f"SEISAKU_SEED={seed}: {name}, {change.sql}: exit code {code}, {report}"
        if change.unproven:
            return "" if code == INPUT_REFUSED and change.unproven in report["logs"][0]["doubts"] else about
        if change.remark:
            remarks = [remark["code"] for remark in report["logs"][0].get("remarks", [])]
            return "" if (code, remarks) == (0, [change.remark]) else about
        if code != CONTRADICTION:
            return about
        first = report["logs"][0]["violations"]["first"]
        named = int(first["position"]) if "position" in first else None
        return "" if change.positions is None or named in change.positions else f"{about}\nnot {change.positions}"

    def test_every_change_of_a_database_is_found(self):
        for seed in range(DATABASE_SEEDS) if ONE_SEED is None else [int(ONE_SEED)]:
            if missed := self.check(seed):
                with self.subTest(missed.partition(":")[0]):
                    self.fail(missed)


class RewriteTest(unittest.TestCase):
    """By somebody who has the log's own key."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(cls.enterClassContext(worked_city()))

    def forge(self, how, seed: int) -> tuple[str, Change]:
        name = LOGS[seed % 2]
        key = self.stage.city.directory / "keys" / f"{name}.key"
        return name, how(self.stage.logs[name], f"isesaki.example/{name}", key, random.Random(seed))

    def test_only_a_checkpoint_kept_outside_shows_a_rewrite(self):
        for seed in range(6):
            name, change = self.forge(tampering.rewritten, seed)
            code, report = self.stage.verify(name, change, "forged")
            self.assertEqual((code, report["proven"]), (0, True), f"{change.what}: nobody else can know")
            code, report = self.stage.verify(name, change, "forged", *self.stage.since[name])
            self.assertEqual(code, CONTRADICTION, change.what)
            first = report["logs"][0]["violations"]["first"]
            self.assertEqual((first["code"], int(first["below"])), ("ROOT_DIFFERS", self.stage.logs[name].size))

    def test_only_a_checkpoint_kept_outside_shows_a_restored_backup(self):
        for seed in range(6):
            name, change = self.forge(tampering.restored, seed)
            code, report = self.stage.verify(name, change, "forged")
            self.assertEqual((code, "later" in report["logs"][0]), (0, False), change.what)
            # An export of then looks just so: that it is not today's, is said.
            code, report = self.stage.verify(name, change, "forged", *self.stage.since[name])
            self.assertEqual(code, 0, change.what)
            (later,) = report["logs"][0]["later"]
            self.assertEqual((int(later["size"]), {int(report["logs"][0]["size"])}),
                             (self.stage.logs[name].size, change.positions))


if __name__ == "__main__":
    cases.main()
