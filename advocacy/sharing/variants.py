"""The ready-made texts of an item as somebody meets them: in their order, with the name put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.library.models import Caption, ContentItem
from advocacy.people.models import User
from advocacy.sharing import similarity, wording
from advocacy.sharing.models import Share


@dataclass(frozen=True)
class Variant:
    """A ready-made text to start from.

    Args:
        caption_id: which one.
        label: what it is called, or None for its number.
        text: with the person's name put in; the link's place stays.
        uses: how often colleagues shared it.
    """

    caption_id: int
    label: str
    text: str
    uses: int


def caption_of(text: str, variants: Sequence[Variant]) -> int | None:
    """The ready-made text that these words are, if any."""
    return next((variant.caption_id for variant in variants if variant.text == text), None)


def variants_of(
    item: ContentItem, network: str | None, user: User, used: dict[int, int], company: str
) -> tuple[Variant, ...]:
    """The texts that fit a network and a person, best first: their languages, then the least used.

    Args:
        item: with its ready-made texts.
        network: those for it and for any; None for all.
        user: whose languages decide, and whose name is put in.
        used: how often each was shared; see `uses`.
        company: put in for `{company}`.
    """
    fitting = [caption for caption in item.captions if network is None or caption.network in ("", network)]
    speaks = [str(code).split("-")[0] for code in user.languages]

    def order(caption: Caption) -> tuple[int, int, int, int]:
        language = caption.language.split("-")[0]
        place = speaks.index(language) if language in speaks else len(speaks)
        made_for_it = 0 if network and caption.network == network else 1
        return place, used.get(caption.id, 0), made_for_it, caption.position

    return tuple(
        Variant(
            caption_id=caption.id,
            label=caption.label,
            text=_filled(caption.text, user, company),
            uses=used.get(caption.id, 0),
        )
        for caption in sorted(fitting, key=order)
    )


def _filled(text: str, user: User, company: str) -> str:
    filled = text.replace("{first_name}", user.first_name).replace("{company}", company)
    # A link at the end comes there by itself; its place in the middle of the words stays.
    return filled.rstrip().removesuffix(wording.LINK_PLACE).rstrip()


def uses(session: Session, item: ContentItem) -> dict[int, int]:
    """How often each ready-made text of an item was shared, by its id."""
    rows = session.execute(
        select(Share.caption_id, func.count())
        .where(
            Share.item_id == item.id,
            Share.caption_id.is_not(None),
            Share.state.in_(similarity.PLANNED_OR_OUT),  # what was taken back or failed, nobody has seen
        )
        .group_by(Share.caption_id)
    )
    return {caption_id: int(count) for caption_id, count in rows if caption_id is not None}
