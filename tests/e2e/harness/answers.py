"""Reads policyctl's answers (protojson) and what they are compared with."""

import csv
import pathlib
from fractions import Fraction

GOLDEN = pathlib.Path(__file__).resolve().parents[1] / "golden"


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def golden_rows() -> list[dict[str, str]]:
    """The rows of the sheet as they must be, one per component."""
    with open(GOLDEN / "sheet-2022.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(decimal: dict | None) -> Fraction | None:
    """A Decimal of an answer, exactly; None where it is not set."""
    return None if not decimal else Fraction(decimal["value"])


def short(name: str) -> str:
    """JUDGEMENT_ON_TRACK -> ON_TRACK."""
    for prefix in ("JUDGEMENT_", "CAUSE_", "DIRECTION_", "EVALUATION_CODE_"):
        name = name.removeprefix(prefix)
    return name


def nodes_of(tree: dict) -> list[tuple[int, dict]]:
    """Depth and node of each node of a tree, in its order."""
    return [(item.get("depth", 0), item["node"]) for item in tree["items"] if "node" in item]


def drawn(tree: dict) -> str:
    """A tree's nodes as golden/strategy-tree.txt has them."""
    return "".join(
        "  " * depth
        + f"{node.get('number', '')} | {node['title']}"
        + (" (provisional)" if node.get("provisionalTitle") else "")
        + "\n"
        for depth, node in nodes_of(tree)
    )


def judgements(sheet: dict) -> dict[str, tuple]:
    """What was derived for each KPI, and nothing that was declared."""
    return {
        row["kpi"]["title"]: (
            row["evaluation"]["judgement"],
            number(row["evaluation"].get("ratePercent")),
            [
                (part.get("component", ""), part["judgement"], number(part.get("numerator")), number(part.get("denominator")))
                for part in row["evaluation"]["components"]
            ],
        )
        for row in sheet["rows"]
    }


def target_of(kpi: dict, year: int, component: str) -> dict:
    """The target's Value of a year and component."""
    for target in kpi["targets"]:
        if target["reportingYear"] == year:
            for value in target["values"]:
                if value.get("component", "") == component:
                    return value["value"]
    raise AssertionError(f"{kpi['title']}: no target of {year} {component}")
