"""Every program says its name and the project's version, which stands in the CMakeLists.txt at the top."""

import re
import subprocess
import unittest

from harness import cases
from harness.city import PROGRAMS, REPOSITORY

NAMES = ("auditor", "loadgen", "policyctl", "seisaku-admin", "seisaku-catalog", "seisaku-progress")


class VersionTest(unittest.TestCase):
    def test_every_program_says_it(self):
        project = (REPOSITORY / "CMakeLists.txt").read_text(encoding="utf-8")
        version = re.search(r"^project\(seisaku VERSION (\d+\.\d+\.\d+)", project, re.M)[1]
        for program in NAMES:
            with self.subTest(program=program):
                answer = subprocess.run([PROGRAMS / program, "--version"], capture_output=True, text=True, timeout=30)
                self.assertEqual((answer.returncode, answer.stdout), (0, f"{program} {version}\n"), answer.stderr)


if __name__ == "__main__":
    cases.main()
