"""The alignment check: brief, ready-made posts and message house in, findings out. No database, no clock, no chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from advocacy.library.alignment import contradictions, facts, links, readability
from advocacy.library.alignment.facts import Facts
from advocacy.library.alignment.findings import Finding, FindingKind, Place
from advocacy.library.alignment.messages import Message, MessageHouse, Proven, avoided_in, carried, unproven
from advocacy.library.alignment.words import Sentence, sentence_at

ALL_POSTS = "posts"
"""Where: all ready-made posts together, for what none of them says."""


@dataclass(frozen=True)
class Written:
    """A text to check.

    Args:
        where: its anchor on the page, such as "brief-nb" or "caption-12".
        language: BCP 47 code.
        text: as it stands there.
    """

    where: str
    language: str
    text: str


@dataclass(frozen=True)
class Carried:
    """Which texts carry a key message.

    Args:
        message: which.
        inside: whether a brief does.
        outside: in how many ready-made posts.
    """

    message: Message
    inside: bool
    outside: int


@dataclass(frozen=True)
class Checked:
    """What a check says of an item.

    Args:
        findings: in the order of the posts, facts that differ first.
        carried: for each key message, where it is told.
        levels: the LIX of each text by its `where`; too short ones are left out.
    """

    findings: Sequence[Finding]
    carried: Sequence[Carried]
    levels: dict[str, int]


def check(
    briefs: Sequence[Written], captions: Sequence[Written], house: MessageHouse, *, own_link: str = ""
) -> Checked:
    """Compares what we tell our own people with what goes outside.

    A post is compared with the brief in its own language, else with the first one: numbers, dates, names and links are
    the same in any language.

    Args:
        briefs: the item's own first, then those in further languages; [] where there is none.
        captions: the ready-made posts.
        house: what holds today.
        own_link: of the item; a post may name it whatever the brief links to.
    """
    proven = Proven.by(house)
    inside = {one.where: facts.of_text(one.text, language=one.language) for one in briefs}
    found: list[Finding] = []
    for caption in captions:
        brief = _brief_for(caption, briefs)
        found += _of_caption(
            caption, brief, inside[brief.where] if brief else None, house, proven, links.of(own_link)
        )
    found += [one for brief in briefs for one in _avoided(brief, house, is_inside=True)]
    carried_where = []
    for message in house.messages:
        told = [(one, place) for one in briefs if (place := carried(message, one.text))]
        shown = [(one, place) for one in captions if (place := carried(message, one.text))]
        carried_where.append(Carried(message, bool(told), len(shown)))
        if briefs and captions:
            found += _missing(message, told, shown, briefs[0], captions)
    levels = {one.where: level for one in (*briefs, *captions) if (level := readability.lix(one.text)) is not None}
    return Checked(_once(found), carried_where, levels)


def _brief_for(caption: Written, briefs: Sequence[Written]) -> Written | None:
    same = (one for one in briefs if one.language[:2] == caption.language[:2])
    return next(same, briefs[0] if briefs else None)


def _of_caption(
    caption: Written,
    brief: Written | None,
    inside: Facts | None,
    house: MessageHouse,
    proven: Proven,
    own_link: tuple[str, str] | None,
) -> list[Finding]:
    outside = facts.of_text(caption.text, language=caption.language)
    outside = replace(outside, links=[one for one in outside.links if (one.host, one.path) != own_link])
    found = []
    differing: list[tuple[int, int]] = []
    if brief is not None and inside is not None:
        for kind, ours, theirs in contradictions.between(inside, outside, proven=proven.numbers):
            found.append(Finding(kind, _place(brief, ours), _place(caption, theirs)))
            differing.append((theirs.start, theirs.end))
    found += _avoided(caption, house, is_inside=False)
    found += [
        Finding(FindingKind.UNPROVEN, None, _place(caption, one))
        for one in unproven(caption.text, outside, inside, proven)
        if (one.start, one.end) not in differing
    ]
    level = readability.lix(caption.text)
    if level is not None and level > readability.DIFFICULT:
        place = Place(caption.where, "", caption.text)
        found.append(Finding(FindingKind.READING, None, place, level=level))
    return found


def _avoided(one: Written, house: MessageHouse, *, is_inside: bool) -> list[Finding]:
    found = []
    for claim, word in avoided_in(one.text, house.avoided, language=one.language):
        place = _place(one, claim)
        inside, outside = (place, None) if is_inside else (None, place)
        found.append(Finding(FindingKind.AVOID, inside, outside, about=word.instead))
    return found


def _missing(
    message: Message,
    told: Sequence[tuple[Written, Sentence]],
    shown: Sequence[tuple[Written, Sentence]],
    brief: Written,
    captions: Sequence[Written],
) -> list[Finding]:
    """A key message that only one side tells: our people hear it and nobody outside does, or the other way round."""
    if told and not shown:
        posts = Place(ALL_POSTS, "", "\n".join(one.text for one in captions))
        said = message.said(told[0][0].language)
        return [Finding(FindingKind.MISSING, _place(*told[0]), posts, about=said)]
    if shown and not told:
        said = message.said(shown[0][0].language)
        inside = Place(brief.where, "", brief.text)
        return [Finding(FindingKind.MISSING, inside, _place(*shown[0]), about=said)]
    return []


class _Spanned(Protocol):
    """Anything that stands at a place of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def _place(one: Written, words: _Spanned) -> Place:
    start, end = words.start, words.end
    return Place(one.where, one.text[start:end], sentence_at(one.text, start), start, end)


def _once(found: Sequence[Finding]) -> list[Finding]:
    """Each finding once: the same words twice in one sentence are one thing to look at."""
    return list({one.key: one for one in found}.values())
