"""What programs call themselves: crawlers, link checkers and automated browsers, told by the User-Agent header.

Known crawlers come from the package `crawler-user-agents`, less a few of its patterns that real phones match; the
other families from our own list (`data/agents.json`). All patterns are matched by RE2, whose time grows with the length of the header and never
explodes, whatever a visitor sends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import re2

TABLE = Path(__file__).parent / "data" / "agents.json"
REMEMBERED = 20_000
"""Agents whose family is remembered in one process."""


class Patterns:
    """Patterns that are looked for together.

    Args:
        patterns: in RE2's language.
        unless: an agent in which this is found matches none of them.
    """

    def __init__(self, patterns: Iterable[str], *, unless: str = "") -> None:
        self._set = re2.Set.SearchSet()
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()
        self._unless = re2.compile(unless) if unless else None

    def found_in(self, agent: str) -> bool:
        """Whether any of them is in there."""
        if self._unless is not None and self._unless.search(agent):
            return False
        return bool(self._set.Match(agent))


class Families:
    """Sorts agents into kinds of programs, and the rest that may be browsers; remembers what it found."""

    def __init__(self) -> None:
        import crawleruseragents  # a few megabytes that only the importer of clicks needs

        own = json.loads(TABLE.read_text())
        narrowed = own["narrowed"]["patterns"]
        public = (one["pattern"] for one in crawleruseragents.CRAWLER_USER_AGENTS_DATA)
        crawlers = [
            *filter(None, (narrowed.get(pattern, pattern) for pattern in public)),
            *own["crawlers"]["patterns"],
            *own["named_elsewhere"]["patterns"],
        ]
        self._families = (
            ("headless", Patterns(own["headless"]["patterns"])),
            ("crawler", Patterns(crawlers)),
            ("mail_gateway", Patterns(own["mail_gateways"]["patterns"])),
            ("self_named", Patterns(own["self_named"]["patterns"], unless=own["self_named"]["unless"])),
        )
        self._remembered: dict[str, str] = {}

    def of(self, agent: str) -> str:
        """`headless`, `crawler`, `mail_gateway`, `self_named`, or "" for what may be a browser."""
        found = self._remembered.get(agent)
        if found is None:
            found = next((name for name, patterns in self._families if patterns.found_in(agent)), "")
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[agent] = found
        return found


@cache
def families() -> Families:
    """The families, built once in a process (it takes some hundredths of a second)."""
    return Families()


def device_of(agent: str) -> str:
    """What kind of device a browser says it runs on: `phone`, `tablet`, `desktop`, or "" when it does not tell."""
    if "iPad" in agent or "Tablet" in agent or ("Android" in agent and "Mobile" not in agent):
        return "tablet"
    if "Mobile" in agent or "iPhone" in agent or "Android" in agent:
        return "phone"
    if any(mark in agent for mark in ("Windows", "Macintosh", "X11", "CrOS", "Linux")):
        return "desktop"
    return ""
