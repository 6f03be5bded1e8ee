"""The sample's documents, and what is made of them: one cell changed, a piece cut off."""

from harness.city import SAMPLE

SHEET = (SAMPLE / "progress-sheet.txt").read_bytes().decode("utf-8")
MANIFESTO = (SAMPLE / "manifesto.txt").read_bytes().decode("utf-8")


def line_of(kpi: str) -> int:
    """Where the KPI's row is in SHEET.split("\\n"), from 0."""
    (at,) = [i for i, line in enumerate(SHEET.split("\n")) if kpi in line.split("\t")]
    return at


def with_cell(kpi: str, before: str, after: str) -> str:
    """The sheet with one cell of the KPI's row replaced."""
    lines = SHEET.split("\n")
    at = line_of(kpi)
    cells = lines[at].split("\t")
    cells[cells.index(before)] = after
    lines[at] = "\t".join(cells)
    return "\n".join(lines)
