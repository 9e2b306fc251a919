"""What an alignment check finds, with both places where it can be read."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field


class FindingKind(enum.StrEnum):
    """What is not aligned."""

    NUMBER = "number"
    CURRENCY = "currency"
    DATE = "date"
    NAME = "name"
    LINK = "link"
    MISSING = "missing"
    """A key message that only the brief carries, or only the posts."""
    AVOID = "avoid"
    UNPROVEN = "unproven"
    """A claim that neither the brief nor a proof point bears out."""
    READING = "reading"


@dataclass(frozen=True)
class Place:
    """Words in one of the texts.

    Args:
        where: the text: "brief-nb" or "caption-12"; the page has an anchor of that name.
        quote: the words as they stand there; "" when the whole text is meant.
        around: the sentence they stand in, or the whole text: a change there makes it another finding.
        start: of the quote in the text.
        end: of the quote in the text.
    """

    where: str
    quote: str
    around: str = field(repr=False, default="")
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Finding:
    """Something to look at before an item goes out.

    Args:
        kind: what is not aligned.
        inside: where in the brief; None when the brief says nothing of it.
        outside: where in a ready-made post; None when no post says it.
        about: what more its sentence needs: the key message, what to say instead, the proof that is missing.
        level: of a text that is hard to read, its LIX.
    """

    kind: FindingKind
    inside: Place | None
    outside: Place | None
    about: str = ""
    level: int = 0

    @property
    def key(self) -> str:
        """The same as long as the words at both places are; accepting a finding is remembered by it."""
        sides = (
            (place.where, place.quote, " ".join(place.around.split())) if place else ("", "", "")
            for place in (self.inside, self.outside)
        )
        parts = [self.kind.value, self.about, *(part for side in sides for part in side)]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:40]


def marked(text: str, *, where: str, findings: Iterable[Finding]) -> list[tuple[str, bool]]:
    """A text in pieces, those that a finding quotes marked: (piece, whether it is quoted)."""
    places = [place for one in findings for place in (one.inside, one.outside) if place is not None]
    spans = sorted({(place.start, place.end) for place in places if place.where == where and place.quote})
    pieces: list[tuple[str, bool]] = []
    done = 0
    for start, end in spans:
        if start >= done:
            pieces += [(text[done:start], False), (text[start:end], True)]
            done = end
    return [piece for piece in [*pieces, (text[done:], False)] if piece[0]]
