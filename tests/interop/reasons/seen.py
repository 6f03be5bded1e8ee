"""What was provoked: every reason that was seen in an error, with its code and its metadata."""

import json
import os
import pathlib
from dataclasses import dataclass

from seisaku_client import Refused


@dataclass(frozen=True)
class Sighting:
    code: str | None  # None: read from a program's log, which has no code
    metadata: dict[str, str]


SEEN: dict[str, list[Sighting]] = {}


def note(reason: str, code: str | None, metadata: dict[str, str]):
    SEEN.setdefault(reason, []).append(Sighting(code, metadata))


def note_refused(refused: Refused):
    note(refused.reason, refused.code.name, refused.metadata)


# What each line of a program's log has besides the error's metadata.
OF_THE_LINE = {"time", "level", "message", "service", "reason", "error", "next_try_in"}


def logged_reason(log: pathlib.Path, message: str, after: int = 0) -> str | None:
    """The reason of the last line with this message, which is noted; None where there is none."""
    reason = None
    for line in lines(log, after):
        if line.get("message") == message:
            reason = line["reason"]
            note(reason, None, {name: value for name, value in line.items() if name not in OF_THE_LINE})
    return reason


def lines(log: pathlib.Path, after: int = 0) -> list[dict[str, str]]:
    """The log's lines from byte `after` on, without one that is not finished."""
    with open(log, encoding="utf-8") as file:
        file.seek(after, os.SEEK_SET)
        return [json.loads(line) for line in file if line.endswith("\n") and line.startswith("{")]
