"""What a benchmark tells of a target, for the table at the end of a run."""

from __future__ import annotations

import json
import os
from pathlib import Path

TELL = "BENCH_RESULTS"
"""The file that takes it, a line each; without one only what is printed remains."""


def say(what: str, measured: str, target: str, *, is_met: bool | None, beside: str = "") -> None:
    """Tells of one target.

    Args:
        what: is measured.
        measured: with its unit.
        target: with its unit.
        is_met: None where it says nothing at this size.
        beside: what a yardstick came to in the same run; "" without one.
    """
    path = os.environ.get(TELL)
    if path:
        row = {"what": what, "measured": measured, "target": target, "met": is_met, "beside": beside}
        with Path(path).open("a") as file:
            file.write(json.dumps(row) + "\n")
