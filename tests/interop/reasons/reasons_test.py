"""Every reason that the services' code gives is documented in proto/REASONS.md and provoked here, and there is none
besides: first the provocations, then what they showed."""

import pathlib
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import asking
import breaking
import documented
import in_code
import seen
import starting
from harness import cases
from harness.children import clean_environment
from harness.city import PROGRAMS

LIBRARY_TEST = PROGRAMS / "reasons_test"


def load_tests(loader: unittest.TestLoader, own: unittest.TestSuite, _pattern):
    return unittest.TestSuite([*map(loader.loadTestsFromModule, (asking, starting, breaking)), own])


class EveryReasonTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """What no caller can provoke is provoked in the libraries, by a test of theirs that says what it saw."""
        with tempfile.TemporaryDirectory() as directory:
            report = pathlib.Path(directory) / "report.xml"
            environment = clean_environment(GTEST_OUTPUT=f"xml:{report}")
            subprocess.run([LIBRARY_TEST], env=environment, check=True, capture_output=True)
            for case in ElementTree.parse(report).iter("testcase"):
                said = {entry.get("name"): entry.get("value") for entry in case.iter("property")}
                metadata = dict(line.split("=", 1) for line in said["metadata"].splitlines() if line)
                seen.note(said["reason"], said["code"], metadata)
        cls.documented = documented.reasons()

    def test_what_the_code_gives_is_documented(self):
        self.assertEqual(sorted(in_code.reasons()), sorted(self.documented))

    def test_what_is_documented_was_provoked(self):
        self.assertEqual(sorted(seen.SEEN), sorted(self.documented))

    def test_codes_are_those_documented(self):
        for reason, sightings in seen.SEEN.items():
            codes = {sighting.code for sighting in sightings} - {None}
            with self.subTest(reason=reason):
                self.assertLessEqual(codes, self.documented[reason].codes)

    def test_metadata_are_those_documented(self):
        parameters = documented.expectations()
        for reason, sightings in seen.SEEN.items():
            says = self.documented[reason]
            self.assertLessEqual(says.sometimes, {name for sighting in sightings for name in sighting.metadata})
            for sighting in sightings:
                expected = says.metadata
                if says.parameters:
                    expected = expected | parameters[sighting.metadata["expected"]]
                with self.subTest(reason=reason):
                    self.assertEqual(sorted(set(sighting.metadata) - says.sometimes), sorted(expected))


if __name__ == "__main__":
    cases.main()
