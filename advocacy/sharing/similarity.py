"""How much a text is like what colleagues shared lately: by words, so that other commas or capitals change nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.sharing.models import Share, ShareState

WINDOW = timedelta(days=30)
"""How far back colleagues' texts are looked at."""
NOTABLE = 50
"""Percent from which a person is told."""
TOO_CLOSE = 80
"""Percent from which it is refused where words of one's own are asked for: of 20 words, two in the middle changed."""
MOST = 1_000
"""Texts that one is held against at most, those of the same item first, then the newest."""

OUT = (ShareState.PUBLISHED,)
PLANNED_OR_OUT = (ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.UNCONFIRMED, *OUT)
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\{link\}", re.IGNORECASE)
_WORD = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True)
class Likeness:
    """What colleagues shared that is most like a text.

    Args:
        percent: of the words in their order that both have, 0 to 100.
        colleagues: how many shared something that is at least `NOTABLE` like it.
    """

    percent: int
    colleagues: int

    @property
    def is_notable(self) -> bool:
        """Whether the person should know."""
        return self.percent >= NOTABLE

    @property
    def is_too_close(self) -> bool:
        """Whether it is refused where words of one's own are asked for."""
        return self.percent >= TOO_CLOSE


NOTHING_LIKE_IT = Likeness(0, 0)


def resemblance(one: str, other: str, *, disclosures: Sequence[str] = ()) -> float:
    """How alike two texts are by their words in order.

    Dice's coefficient over pairs of neighbouring words, the beginning and the end counting as words. Links, the
    disclosure, case, punctuation and emoji do not count. Sources: Dice, "Measures of the Amount of Ecologic
    Association Between Species", Ecology 26 (1945); word shingles: Broder, "On the resemblance and containment of
    documents" (1997).

    Args:
        one: a text.
        other: another.
        disclosures: what people have to add, such as "#employee"; both may hold it.

    Returns:
        0.0 for no pair in common to 1.0 for the same words. A text without words is like no other.
    """
    return _alike(_pairs(one, disclosures), _pairs(other, disclosures))


def to_colleagues(
    session: Session,
    clock: Clock,
    *,
    user_id: int,
    item_id: int,
    text: str,
    networks: Collection[str],
    disclosures: Sequence[str] = (),
    states: Collection[ShareState] = PLANNED_OR_OUT,
) -> Likeness:
    """How much a text is like what colleagues shared or planned on a network in the last `WINDOW`.

    Args:
        session: for reading.
        clock: tells when.
        user_id: whose own shares do not count.
        item_id: whose shares are looked at first.
        text: as it will go out.
        networks: the names of the connectors of that network (`x` and `x_link` are one to their readers).
        disclosures: what people in any country have to add; see `disclosure_policy.wordings`.
        states: which of colleagues' shares count. `OUT` where anybody may ask as often as they like: what is planned is
            not theirs to find out word by word.

    Returns:
        The greatest likeness, and how many colleagues come near it.
    """
    mine = _pairs(text, disclosures)
    if not mine:
        return NOTHING_LIKE_IT
    # A share that was prepared and never opened is out nowhere, so drafts do not count.
    theirs = session.execute(
        select(Share.user_id, Share.text)
        .where(
            Share.user_id != user_id,
            Share.network.in_(networks),
            Share.state.in_(states),
            # What was planned long ago and went out lately is seen lately.
            func.coalesce(Share.published_at, Share.due_at, Share.approved_at) > clock.now() - WINDOW,
            Share.removed_at.is_(None),
        )
        .order_by(case((Share.item_id == item_id, 0), else_=1), Share.id.desc())
        .limit(MOST)
    )
    best, near = 0.0, set()
    for colleague, words in theirs:
        alike = _alike(mine, _pairs(words, disclosures))
        best = max(best, alike)
        if alike * 100 >= NOTABLE:
            near.add(colleague)
    return Likeness(int(best * 100), len(near))


def _alike(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> float:
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if one and other else 0.0


def _pairs(text: str, disclosures: Sequence[str]) -> Counter[tuple[str, str]]:
    """Neighbouring words. One of a single word still has its beginning and its end."""
    words = _words(text)
    added = [found for one in disclosures if (found := _words(one))]
    # Those of the policy and of the item may follow one another, in either order.
    for one in [*added, *added]:
        if words[-len(one) :] == one:
            words = words[: -len(one)]
        if words[: len(one)] == one:
            words = words[len(one) :]
    return Counter(zip(["", *words], [*words, ""], strict=True)) if words else Counter()


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _ADDRESS.sub(" ", text)).casefold()
    return _WORD.findall(plain)
