"""What goes to the network: an item and the approved words as the value that connectors take."""

from __future__ import annotations

from dataclasses import replace

from advocacy.base.errors import NotFound
from advocacy.library import media
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, ItemKind, Picture
from advocacy.sharing.models import Share
from connectors import Card, Draft, Image, Limits, Progress


def shows_picture(item: ContentItem) -> bool:
    """Whether the item goes out as a picture; else its link gets a card."""
    return item.kind is ItemKind.IMAGE and item.picture is not None


def has_card(item: ContentItem) -> bool:
    """Whether the link is shown as a card where the network draws one: for counting and previews."""
    return bool(item.source_url) and not shows_picture(item)


def for_checking(item: ContentItem, *, text: str, link: str | None) -> Draft:
    """A draft with the words alone, for checking them before anything is kept.

    An item that goes out as a picture may go without words, so its picture stands there as an empty one.
    """
    picture = item.picture if shows_picture(item) else None
    return Draft(
        text=text,
        key="",
        record_key="",
        created_at=item.created_at,
        link=link,
        card=_card(item, link, thumb=None) if has_card(item) else None,
        images=(_image(picture, b"", item.alt_text),) if picture else (),
    )


def of_share(share: Share, *, store: Media, limits: Limits, link: str | None, progress: Progress) -> Draft:
    """The draft of a share, the same for every try.

    Args:
        share: with its item, card and pictures loaded, and its keys chosen.
        store: where pictures are read from.
        limits: the network's; a card's picture that is too large for it is left out rather than the share refused.
        link: the tracked link.
        progress: what earlier tries came to, and where to keep more.

    Raises:
        NotFound: the file of the item's picture is gone.
    """
    item = share.item
    picture = item.picture if shows_picture(item) else None
    image = _image(picture, media.read(store, picture=picture), item.alt_text) if picture else None
    if share.record_at is None:
        raise ValueError("a share's keys are chosen before its first try")
    return Draft(
        text=share.text,
        key=share.idempotency_key,
        record_key=share.record_key,
        created_at=share.record_at,
        link=link,
        card=_card(item, link, thumb=_thumb(item, store, limits)) if has_card(item) else None,
        images=(image,) if image else (),
        language=share.language,
        progress=progress,
    )


def words_only(share: Share, *, link: str | None, progress: Progress) -> Draft:
    """What a look at the network needs: words, link, keys and earlier progress, without reading any picture."""
    draft = for_checking(share.item, text=share.text, link=link)
    return replace(
        draft,
        key=share.idempotency_key,
        record_key=share.record_key,
        created_at=share.record_at or share.created_at,
        language=share.language,
        progress=progress,
    )


def _card(item: ContentItem, link: str | None, *, thumb: Image | None) -> Card:
    card = item.card
    return Card(
        url=link or item.source_url,
        title=(card.title if card else "") or item.title,
        description=(card.description if card else "") or item.summary,
        thumb=thumb,
    )


def _thumb(item: ContentItem, store: Media, limits: Limits) -> Image | None:
    picture = item.picture or (item.card.picture if item.card else None)
    if picture is None or picture.size > (limits.thumb_bytes or 0):
        return None
    try:
        return _image(picture, media.read(store, picture=picture), item.alt_text)
    except NotFound:  # a card without its picture is still a card
        return None


def _image(picture: Picture, data: bytes, alt_text: str) -> Image:
    return Image(data=data, mime=picture.mime, alt_text=alt_text, width=picture.width, height=picture.height)
