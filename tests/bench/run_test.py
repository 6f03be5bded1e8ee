"""Every part of tests/bench/run does what it is to do, with tiny counts. What it measures then means nothing."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[0] / "e2e"))

from harness import cases  # noqa: E402
from harness.city import PROGRAMS  # noqa: E402

# What a part has to print besides what is measured: its ratios, and its figures.
IN_ROUNDS = {
    "append": ["ours: append beside pgbench, 1", "ours: append beside pgbench, 64", "ours, TLS: append beside pgbench, 1",
               "ours, TLS: append beside pgbench, 64", "append beside message-db in one category, 64"],
    "batch": ["batches of 1000 beside COPY in"],
    "held": [f"{name}: {count} in flight, after N s of a held snapshot" for name in ("ours", "ours, TLS") for count in (1, 64)],
    "evaluate": ["ours: evaluation beside the echo, 64", "ours, TLS: evaluation beside the echo, 64",
                 "ours: p99 of evaluation, 64 in flight", "ours, TLS: p99 of evaluation, 64 in flight"],
    "replay": ["ours: replay beside COPY out", "ours, TLS: replay beside COPY out"],
    "watch": ["ours: p99 from recorded_at to a subscriber", "ours, TLS: p99 from recorded_at to a subscriber"],
    "tamper": ["append with hashes beside without"],
}
BY_ITSELF = {
    "start": ["catalog: start to serving, empty log", "progress: start to serving, empty log",
              "catalog: idle memory, empty log", "progress: idle memory, empty log",
              "progress: fold at start beside COPY out", "progress: fold of N entries at start",
              "progress: memory for each of N entries"],
    "idle": ["slowest of the first N evaluations after N s idle", "slowest of the first N appends after N s idle"],
    "growth": ["append rate at N beside that at N", "progress: memory, log of N", "progress: memory, log of N"],
    "audit": ["auditor export of N entries", "auditor verify, without the fold, by CPU time",
              "auditor verify, with the fold, by CPU time", "auditor replay of N entries to their state, for each million"],
    "import": ["import manifesto", "import manifesto again (nothing changes)", "import progress-sheet",
               "import progress-sheet again (nothing changes)", "sheet, through policyctl"],
    "floods": [f"{what} of others while {flood}, beside unflooded" for what in ("p99", "rate")
               for flood in ("calls are reset", "SETTINGS come", "connections say nothing")],
}
MACHINE = ["a switch between two processes, on one core, by a pipe", "fdatasync of 8192 bytes, where the clusters are",
           "COPY in, transactions of 1000"]


def without_numbers(what: str) -> str:
    return re.sub(r"(?<![\w.])\d[\d,.]*(?![\w])", "N", what)


class BenchTest(unittest.TestCase):
    def bench(self, *words, tree: pathlib.Path = PROGRAMS.parent, code: int = 0) -> tuple[dict, str]:
        """What a run writes down, and what it prints."""
        with tempfile.TemporaryDirectory(prefix="seisaku-bench-", dir="/tmp") as folder:
            file = pathlib.Path(folder) / "figures.json"
            done = subprocess.run(
                [sys.executable, str(HERE / "run"), "--scale", "tiny", "--json", str(file), *map(str, words)],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                env=os.environ | {"SEISAKU_BINARY_DIR": str(tree)},
            )
            self.assertEqual(done.returncode, code, done.stdout)
            return json.loads(file.read_text(encoding="utf-8")), done.stdout

    def check(self, parts: dict[str, list[str]], written: dict, said: str):
        """Every part was measured and has printed each row it is to have."""
        self.assertEqual(list(written), ["machine", *parts], said)
        for part, rows in {"machine": MACHINE, **parts}.items():
            with self.subTest(part):
                figures = written[part]
                self.assertIsNone(figures["error"], said)
                table = said.partition(f"\n--- {part}: done")[2].partition("\n===")[0]
                printed = [row["what"] for row in figures["ratios"] + figures["figures"]] + list(figures["samples"])
                for row in printed:
                    self.assertIn(f"\n{row} ", table)
                names = [without_numbers(row) for row in printed]
                for row in map(without_numbers, rows):
                    self.assertIn(row, names)
                for name, samples in figures["samples"].items():
                    self.assertEqual(len(samples), 2, name)
                for ratio in figures["ratios"]:
                    self.assertEqual(ratio["number"], 2, ratio)
                    self.assertLessEqual(ratio["least"], ratio["median"])
                    self.assertLessEqual(ratio["median"], ratio["most"])


class InRoundsTest(BenchTest):
    def test_every_part_in_rounds_prints_its_rows(self):
        written, said = self.bench("--only", *IN_ROUNDS)
        self.check(IN_ROUNDS, written, said)


class ByItselfTest(BenchTest):
    def test_every_other_part_prints_its_rows(self):
        written, said = self.bench("--only", *BY_ITSELF)
        self.check(BY_ITSELF, written, said)

    def test_another_build_is_measured_in_the_same_rounds(self):
        written, said = self.bench("--only", "append", "--no-peers", "--beside", PROGRAMS.parent)
        rows = [f"{ours}: RecordActual, {count} in flight, beside the other build"
                for ours in ("ours", "ours, TLS") for count in (1, 64)]
        self.check({"append": rows}, written, said)

    def test_a_part_that_fails_leaves_the_others_alone(self):
        with tempfile.TemporaryDirectory(prefix="seisaku-bench-", dir="/tmp") as tree:
            pathlib.Path(tree).chmod(0o755)
            (pathlib.Path(tree) / "bin").mkdir()
            for program in PROGRAMS.iterdir():
                if program.name != "state_memory":  # which `start` runs at its end
                    (pathlib.Path(tree) / "bin" / program.name).symlink_to(program)
            written, said = self.bench("--only", "start", "idle", tree=pathlib.Path(tree), code=1)
        self.assertIn("state_memory", written["start"]["error"])
        self.assertIn("progress: fold at start beside COPY out", said.partition("--- start: FAILED")[2])
        self.assertIsNone(written["idle"]["error"])
        self.assertIn("slowest of the first 20 appends", said.partition("--- idle: done")[2])
        self.assertTrue(said.endswith("3 parts, 1 failed: start\n"), said)


if __name__ == "__main__":
    cases.main()
