"""Which ready-made posts of an item people took, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.library.models import Caption
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import Share, ShareState


@dataclass(frozen=True)
class Variant:
    """A ready-made post and its use.

    Args:
        caption: the post; None for words of people's own, or a post that has been removed since.
        posts: shares that are out there and began with it, proven or claimed.
        people: who shared it, counted.
        human: clicks by people on the links of those shares.
    """

    caption: Caption | None
    posts: int
    people: int
    human: int


def of_item(session: Session, *, item_id: int) -> Sequence[Variant]:
    """The ready-made posts of an item in their order, unused ones too; last what began with none of them."""
    captions = list(session.scalars(select(Caption).where(Caption.item_id == item_id).order_by(Caption.position)))
    out_there = (Share.item_id == item_id, Share.state == ShareState.PUBLISHED)
    counted = select(Share.caption_id, func.count(), func.count(Share.user_id.distinct())).where(*out_there)
    uses = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(counted.group_by(Share.caption_id))}
    summed = select(Share.caption_id, func.sum(ReachDay.human)).join(ReachDay, ReachDay.link_id == Share.link_id)
    clicks = {row[0]: int(row[1]) for row in session.execute(summed.where(*out_there).group_by(Share.caption_id))}
    known = {caption.id for caption in captions}
    rest = [key for key in uses if key not in known]
    variants = [Variant(one, *uses.get(one.id, (0, 0)), clicks.get(one.id, 0)) for one in captions]
    if rest:
        posts, people = (sum(uses[key][place] for key in rest) for place in (0, 1))
        variants.append(Variant(None, posts, people, sum(clicks.get(key, 0) for key in rest)))
    return variants
