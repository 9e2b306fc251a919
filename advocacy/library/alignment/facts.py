"""The facts of a text: what can be compared word for word, each with its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from advocacy.library.alignment import dates, links, names, numbers
from advocacy.library.alignment.dates import Date
from advocacy.library.alignment.links import Link
from advocacy.library.alignment.names import Name
from advocacy.library.alignment.numbers import Number
from advocacy.library.alignment.words import is_norwegian


@dataclass(frozen=True)
class Facts:
    """What a text says that can be checked.

    Args:
        numbers: amounts, shares, sums of money and lengths of time.
        dates: days, months, years and times of day.
        links: web addresses.
        names: of people and firms.
        text: that they stand in.
    """

    numbers: Sequence[Number] = ()
    dates: Sequence[Date] = ()
    links: Sequence[Link] = ()
    names: Sequence[Name] = ()
    text: str = field(default="", repr=False)


def of_text(text: str, *, language: str = "") -> Facts:
    """Every fact of a text. What was read as one kind is not read as another again.

    Args:
        text: plain or Markdown; at most some thousand words.
        language: BCP 47 code, for what the text itself does not tell.
    """
    norwegian = is_norwegian(text, otherwise=language)
    found_links = links.find(text)
    rest = _without(text, [(one.start, one.end) for one in found_links])
    found_dates = dates.find(rest, norwegian=norwegian)
    rest = _without(rest, [(one.start, one.end) for one in found_dates])
    found_numbers = numbers.find(rest, norwegian=norwegian)
    named = _without(rest, [(one.start, one.end) for one in found_numbers])
    return Facts(found_numbers, found_dates, found_links, names.find(named), text)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with what stands at those places blotted out, so that every other place stays where it is."""
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text
