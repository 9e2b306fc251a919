"""Levels: how far a person's points have come, by published thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.base.text import Text


@dataclass(frozen=True)
class Level:
    """A level.

    Args:
        number: from 1.
        title: what it is called.
        points: from how many points on.
    """

    number: int
    title: Text
    points: int


LEVELS: tuple[Level, ...] = (
    Level(1, Text("Newcomer"), 0),
    Level(2, Text("Contributor"), 50),
    Level(3, Text("Storyteller"), 200),
    Level(4, Text("Ambassador"), 600),
    Level(5, Text("Guide"), 1_500),
    Level(6, Text("Lighthouse"), 4_000),
)
"""In force, lowest first."""


def level_of(points: int) -> Level:
    """The level of so many points; nobody falls below the first."""
    return [level for level in LEVELS if level.points <= max(0, points)][-1]


def next_level(points: int) -> Level | None:
    """The one after; None at the top."""
    return next((level for level in LEVELS if level.points > max(0, points)), None)
