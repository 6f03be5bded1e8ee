"""CPU seconds of processes, from /proc."""

import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # The name, in parentheses, may hold anything.
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu_seconds(pid: int, with_children: bool = False) -> float:
    """User and system time so far. With children: those that live, and those that were waited for."""
    fields = _stat(pid)
    ticks = int(fields[11]) + int(fields[12])
    if with_children:
        ticks += int(fields[13]) + int(fields[14])
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                try:
                    ticks += round(cpu_seconds(int(child), True) * TICKS)
                except (FileNotFoundError, ProcessLookupError):
                    continue  # it ended meanwhile, and is counted as one that was waited for next time
    return ticks / TICKS


def resident_mib(pid: int) -> float:
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
