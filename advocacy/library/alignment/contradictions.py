"""Facts in which a ready-made post differs from the brief: numbers, currencies, dates, names and links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from advocacy.library.alignment import dates, links, names, numbers
from advocacy.library.alignment.dates import Date
from advocacy.library.alignment.facts import Facts
from advocacy.library.alignment.findings import FindingKind
from advocacy.library.alignment.links import Link
from advocacy.library.alignment.names import Name
from advocacy.library.alignment.numbers import Measure, Number
from advocacy.library.alignment.words import sentences, telling

AnyFact = TypeVar("AnyFact", Number, Date, Link, Name)
Pair = tuple[FindingKind, Number | Date | Link | Name, Number | Date | Link | Name]
"""(what differs, the fact in the brief, the fact in the post)."""

LATELY = 2010
"""From this year on a text may well tell of two years without meaning the same."""
NEAR_WORDS = 6
"""Words to each side of a fact by which it is known what it is about."""


def between(brief: Facts, caption: Facts, *, proven: Sequence[Number] = ()) -> list[Pair]:
    """Every fact of a post that the brief tells otherwise. What only one of the two tells is no contradiction.

    Args:
        brief: what we tell our own people.
        caption: what goes outside.
        proven: numbers that proof points bear out: those are taken for another fact unless the words around agree.
    """
    return [
        *_numbers(brief, caption, proven),
        *((FindingKind.DATE, ours, theirs) for ours, theirs in _dates(brief, caption)),
        *((FindingKind.NAME, ours, theirs) for ours, theirs in _names(brief, caption)),
        *((FindingKind.LINK, ours, theirs) for ours, theirs in _links(brief, caption)),
    ]


def unmatched(
    found: Iterable[AnyFact], others: Sequence[AnyFact], agree: Callable[[AnyFact, AnyFact], bool]
) -> list[AnyFact]:
    """Those that agree with none of the others."""
    return [one for one in found if not any(agree(one, other) for other in others)]


def _numbers(brief: Facts, caption: Facts, proven: Sequence[Number]) -> list[Pair]:
    ours = unmatched(brief.numbers, caption.numbers, numbers.agree)
    theirs = [one for one in unmatched(caption.numbers, brief.numbers, numbers.agree) if not one.is_list]
    around = _Around(brief, caption)
    found: list[Pair] = []
    for one in _paired(theirs, ours, lambda a, b: _likely(a, b, around, theirs, ours, proven)):
        mine, other = one
        same_sum = mine.currency and other.currency and mine.currency != other.currency
        kind = FindingKind.CURRENCY if same_sum and _same_value(mine, other) else FindingKind.NUMBER
        found.append((kind, other, mine))
    return found


def _same_value(one: Number, other: Number) -> bool:
    return one.value == other.value or numbers.is_rounded(one.value, other.value)


def _likely(
    mine: Number,
    other: Number,
    around: _Around,
    theirs: Sequence[Number],
    ours: Sequence[Number],
    proven: Sequence[Number],
) -> float:
    """How surely two numbers mean the same thing; 0 when they need not."""
    if mine.measure is not other.measure:
        mixed = {mine.measure, other.measure}
        if mixed != {Measure.MONEY, Measure.PLAIN}:
            return 0
    if mine.currency and other.currency and mine.currency != other.currency and _same_value(mine, other):
        return 10
    score = 2.0 * around.shared(mine.start, mine.end, other.start, other.end)
    if mine.noun and mine.noun == other.noun:
        score += 3
    if mine.rate and other.rate:
        score += 3 if mine.rate == other.rate else -1
    if mine.trend and mine.trend == other.trend:
        score += 1
    if mine.about and mine.about == other.about:
        score += 2
    if score > 0 and mine.value == other.value:
        score += 3
    alone = (
        sum(one.measure is mine.measure for one in theirs) == 1 == sum(one.measure is other.measure for one in ours)
    )
    if alone and not any(numbers.agree(mine, one) for one in proven):
        score += 2 if mine.measure is not Measure.PLAIN else _of_one_size(mine, other)
    return score


def _of_one_size(mine: Number, other: Number) -> float:
    """Plain numbers that stand alone may mean the same when they are of one size."""
    low, high = sorted((abs(mine.value), abs(other.value)))
    return 1.0 if low and high / low <= 3 else 0.0


def _dates(brief: Facts, caption: Facts) -> list[tuple[Date, Date]]:
    ours = unmatched(brief.dates, caption.dates, dates.agree)
    theirs = unmatched(caption.dates, brief.dates, dates.agree)
    around = _Around(brief, caption)
    spans = any(one.is_year and any(dates.agree(one, other) for other in brief.dates) for one in caption.dates)

    def likely(mine: Date, other: Date) -> float:
        if not dates.comparable(mine, other):
            return 0
        score = 2.0 * around.shared(mine.start, mine.end, other.start, other.end) + dates.common(mine, other)
        if mine.is_year and _is_slip(mine, other):
            score += 1
        alone = all(sum(dates.comparable(one, mine) for one in side) == 1 for side in (theirs, ours))
        # A year may tell of anything, unless both tell of the same other year: then it is one span of time.
        return score + (1 if alone and (not mine.is_year or spans) else 0)

    return [(other, mine) for mine, other in _paired(theirs, ours, likely)]


def _is_slip(mine: Date, other: Date) -> bool:
    """Whether two years of the past differ in one figure, as when somebody mistypes the year of a founding."""
    if mine.year is None or other.year is None or max(mine.year, other.year) >= LATELY:
        return False
    return sum(a != b for a, b in zip(str(mine.year), str(other.year), strict=True)) == 1


def _names(brief: Facts, caption: Facts) -> list[tuple[Name, Name]]:
    ours = unmatched(brief.names, caption.names, names.same)
    theirs = unmatched(caption.names, brief.names, names.same)
    found = []
    for mine in theirs:
        pairs = [pair for other in ours if (pair := names.alike(mine, other)) is not None]
        if pairs:
            found.append((pairs[0][1], pairs[0][0]))
    return found


def _links(brief: Facts, caption: Facts) -> list[tuple[Link, Link]]:
    ours = unmatched(brief.links, caption.links, links.same)
    theirs = unmatched(caption.links, brief.links, links.same)

    def likely(mine: Link, other: Link) -> float:
        score = 2.0 * (mine.site == other.site) + 2.0 * (mine.path == other.path and bool(mine.path))
        return score + (1.0 if len(ours) == 1 == len(theirs) else 0.0)

    return [(other, mine) for mine, other in _paired(theirs, ours, likely)]


def _paired(
    theirs: Sequence[AnyFact], ours: Sequence[AnyFact], likely: Callable[[AnyFact, AnyFact], float]
) -> list[tuple[AnyFact, AnyFact]]:
    """Each of a post's facts with the one of the brief that it most likely stands for, the surest first; none twice."""
    ranked = sorted(
        ((likely(mine, other), -a, -b) for a, mine in enumerate(theirs) for b, other in enumerate(ours)), reverse=True
    )
    found: list[tuple[AnyFact, AnyFact]] = []
    used_theirs: set[int] = set()
    used_ours: set[int] = set()
    for score, a, b in ranked:
        if score <= 0:
            break
        if -a in used_theirs or -b in used_ours:
            continue
        used_theirs.add(-a)
        used_ours.add(-b)
        found.append((theirs[-a], ours[-b]))
    return sorted(found, key=lambda pair: pair[0].start)


class _Around:
    """The words around facts, by which it is told what they are about; each text is read once."""

    def __init__(self, brief: Facts, caption: Facts) -> None:
        self._brief, self._caption = _neighbours(brief.text), _neighbours(caption.text)

    def shared(self, start: int, end: int, their_start: int, their_end: int) -> int:
        """How many telling words stand near both: places of the post first, then of the brief."""
        return len(self._caption.near(start, end) & self._brief.near(their_start, their_end))


class _Neighbours:
    def __init__(self, text: str) -> None:
        self._words = list(telling(text))
        self._sentences = [(one.start, one.end) for one in sentences(text)]
        self._known: dict[tuple[int, int], set[str]] = {}

    def near(self, start: int, end: int) -> set[str]:
        if (start, end) not in self._known:
            self._known[start, end] = self._look(start, end)
        return self._known[start, end]

    def _look(self, start: int, end: int) -> set[str]:
        within = next(((a, b) for a, b in self._sentences if a <= start < b), (0, 10**9))
        before = [stem for place, stem in self._words if within[0] <= place < start]
        after = [stem for place, stem in self._words if end <= place < within[1]]
        return {*before[-NEAR_WORDS:], *after[:NEAR_WORDS]}


@lru_cache(maxsize=64)
def _neighbours(text: str) -> _Neighbours:
    """The brief's are asked for once for each of the posts."""
    return _Neighbours(text)
