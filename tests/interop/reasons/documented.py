"""What proto/REASONS.md says: each reason with its code and metadata, and what may have been expected."""

import re
from dataclasses import dataclass

from harness.city import REPOSITORY

PAGE = REPOSITORY / "proto" / "REASONS.md"
CODED = re.compile(r"`([A-Za-z_0-9]+)`")


@dataclass(frozen=True)
class Documented:
    codes: frozenset[str]
    metadata: frozenset[str]
    sometimes: frozenset[str]  # what may be missing: behind a semicolon, "`why` where …"
    parameters: bool  # whether those of the code in `expected` stand in the metadata too


def _tables() -> list[tuple[list[str], list[list[str]]]]:
    """Heading cells and rows of each table of the page."""
    tables, rows = [], []
    for line in [*PAGE.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
        elif rows:
            tables.append((rows[0], rows[2:]))
            rows = []
    return tables


def reasons() -> dict[str, Documented]:
    found: dict[str, Documented] = {}
    for heading, rows in _tables():
        if heading[:3] != ["reason", "code", "metadata"]:
            continue
        for names, codes, metadata, *_ in rows:
            # Where the codes of a row are as many as its reasons they belong to each other, else to all.
            reasons_of_row = [name.strip(" †") for name in names.split(",")]
            codes_of_row = [code.strip() for code in codes.split(",")]
            for index, reason in enumerate(reasons_of_row):
                if reason in found:
                    raise AssertionError(f"{PAGE.name} has {reason} twice")
                always, _, sometimes = metadata.partition(";")
                paired = len(codes_of_row) == len(reasons_of_row)
                found[reason] = Documented(
                    frozenset([codes_of_row[index]] if paired else codes_of_row),
                    frozenset(CODED.findall(always)),
                    frozenset(CODED.findall(sometimes)),
                    "and its parameters" in metadata,
                )
    return found


def expectations() -> dict[str, frozenset[str]]:
    """The codes that `expected` may be, with the names of their parameters."""
    return {
        CODED.findall(row[0])[0]: frozenset(CODED.findall(row[1]))
        for heading, rows in _tables()
        if heading[:2] == ["code", "parameters"]
        for row in rows
    }
