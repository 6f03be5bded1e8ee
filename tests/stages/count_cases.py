#!/usr/bin/env python3
"""Counts the test cases of one ctest run.

usage: count_cases.py STAGE REPORTS

Reads REPORTS/STAGE.junit.xml (one entry per program) and REPORTS/STAGE.cases/PROGRAM.xml (what a
GoogleTest program wrote). A program without such a file is one case. Appends to counts.tsv,
slow.tsv and failures.txt in REPORTS.
"""

import pathlib
import sys
import textwrap
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

SLOW_SECONDS = 0.5
WHY_LINES = 12


@dataclass(frozen=True)
class Case:
    name: str
    seconds: float
    failed: bool
    why: str = ""  # the first lines of what the test said


def why_failed(case: ElementTree.Element) -> str:
    said = [failure.text or failure.get("message", "") for failure in case.findall("failure")]
    return "\n".join("\n".join(said).splitlines()[:WHY_LINES])


def google_test_cases(file: pathlib.Path) -> list[Case]:
    return [
        Case(
            f"{file.stem} {case.get('classname')}.{case.get('name')}",
            float(case.get("time", "0")),
            case.find("failure") is not None,
            why_failed(case),
        )
        for case in ElementTree.parse(file).iter("testcase")
    ]


def program_cases(program: ElementTree.Element, folder: pathlib.Path) -> list[Case]:
    name = program.get("name")
    failed = program.get("status") != "run"
    whole = Case(name, float(program.get("time", "0")), failed)
    file = folder / f"{name}.xml"
    if not file.is_file():
        return [whole]
    cases = google_test_cases(file)
    # A sanitizer's report at exit, or a program without any case, is a failure of the whole.
    if (failed and not any(case.failed for case in cases)) or not cases:
        cases.append(Case(f"{name} (the program as a whole)", 0.0, True))
    return cases


def main() -> int:
    stage, reports = sys.argv[1], pathlib.Path(sys.argv[2])
    junit = reports / f"{stage}.junit.xml"
    cases = []
    if junit.is_file():
        programs = ElementTree.parse(junit).iter("testcase")
        cases = [case for program in programs for case in program_cases(program, reports / f"{stage}.cases")]
    if not cases:
        cases = [Case("no test was found", 0.0, True)]
    failed = [case for case in cases if case.failed]
    with open(reports / "counts.tsv", "a", encoding="utf-8") as out:
        out.write(f"{stage}\t{len(cases) - len(failed)}\t{len(failed)}\n")
    with open(reports / "failures.txt", "a", encoding="utf-8") as out:
        for case in failed:
            out.write(f"{stage}: {case.name}\n" + textwrap.indent(case.why + "\n" if case.why else "", "    "))
    with open(reports / "slow.tsv", "a", encoding="utf-8") as out:
        out.writelines(
            f"{case.seconds:.2f}\t{stage}\t{case.name}\n" for case in cases if case.seconds >= SLOW_SECONDS
        )
    print(f"{stage}: {len(cases) - len(failed)} test cases passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
