"""The parts of a run, one after the other. Each prints its table when it is done; one that fails prints why, and the
others run all the same."""

import json
import pathlib
import time
import traceback
from collections.abc import Callable

from measuring.table import Results


def run_parts(parts: dict[str, Callable[[Results], None]], file: pathlib.Path | None = None) -> list[str]:
    """Returns the names of those that failed. What was measured is printed even then. The file, where one is wanted, is
    written anew after each part, so that a run which is cut off leaves what it has."""
    failed, written = [], {}
    for name, measure in parts.items():
        print(f"\n=== {name}", flush=True)
        results, began, error = Results(), time.monotonic(), None
        try:
            measure(results)
        except Exception:  # whatever it is: the other parts have nothing to do with it
            error = traceback.format_exc()
            failed.append(name)
        print(f"--- {name}: {'done' if error is None else 'FAILED'}, {time.monotonic() - began:.0f} s", flush=True)
        results.print()
        if error is not None:
            print(error, flush=True)
        written[name] = results.as_json() | {"error": error}
        if file is not None:
            file.write_text(json.dumps(written, indent=1), encoding="utf-8")
    print(f"{len(parts)} parts, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}", flush=True)
    return failed
