"""Addresses of data centres: where programs live, and people seldom.

The table is data (`data/data_centres.json`): ranges, whose they are, where that is published and when it was
looked up. An administrator can replace it without touching the program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from advocacy.reach.ranges import Ranges

TABLE = Path(__file__).parent / "data" / "data_centres.json"


@dataclass(frozen=True)
class Operator:
    """Whose ranges, by which source.

    Args:
        name: of the operator.
        source: where the list is published.
        supported_by: what the list is.
        copy_of: ISO date of the copy that each range was checked against; "" when it bore none.
        ranges: in CIDR notation.
    """

    name: str
    source: str
    supported_by: str
    copy_of: str
    ranges: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The whole table as it is published on the page of rules."""

    looked_up: str
    """ISO date."""
    left_out: str
    """What is missing on purpose, and why."""
    kept_when: str
    """By which rule a range is in the table."""
    operators: tuple[Operator, ...]


def table(path: Path = TABLE) -> Table:
    """Reads the table."""
    kept = json.loads(path.read_text())
    return Table(
        looked_up=kept["looked_up"],
        left_out=kept["left_out"],
        kept_when=kept["kept_when"],
        operators=tuple(Operator(**{**one, "ranges": tuple(one["ranges"])}) for one in kept["operators"]),
    )


@cache
def known() -> Ranges:
    """The ranges of the table, to look addresses up in."""
    return Ranges(one for operator in table().operators for one in operator.ranges)
