"""Runs the test cases of a program and, where GTEST_OUTPUT asks for it, writes them down as GoogleTest does, so
that tests/run counts cases and not programs."""

import os
import pathlib
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree


class CountedResult(unittest.TextTestResult):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.suite = ElementTree.Element("testsuite")
        self._started = time.monotonic()

    def startTest(self, test):
        self._started = time.monotonic()
        super().startTest(test)

    def _write(self, test, failure: str | None):
        case = ElementTree.SubElement(self.suite, "testcase")
        _, _, name = test.id().rpartition(".")
        case.set("classname", type(test).__name__)
        case.set("name", name)
        case.set("time", f"{time.monotonic() - self._started:.3f}")
        if failure is not None:
            ElementTree.SubElement(case, "failure").text = failure

    def addSuccess(self, test):
        super().addSuccess(test)
        self._write(test, None)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._write(test, self._exc_info_to_string(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self._write(test, self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._write(test, f"{subtest}: {self._exc_info_to_string(err, test)}")


def main():
    """Runs every test case of the program that calls it."""
    runner = unittest.TextTestRunner(resultclass=CountedResult, verbosity=2)
    program = unittest.main(module="__main__", testRunner=runner, exit=False)
    report = os.environ.get("GTEST_OUTPUT", "")
    if report.startswith("xml:") and report.endswith("/"):
        suites = ElementTree.Element("testsuites")
        suites.append(program.result.suite)
        name = os.environ["SEISAKU_TEST_NAME"]
        ElementTree.ElementTree(suites).write(pathlib.Path(report[4:]) / f"{name}.xml", encoding="utf-8")
    sys.exit(0 if program.result.wasSuccessful() and program.result.testsRun > 0 else 1)
