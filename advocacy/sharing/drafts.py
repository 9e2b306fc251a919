"""What goes to the network: an item and the approved words as the value that connectors take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from advocacy.base.errors import NotFound
from advocacy.library import lent_pictures, media
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, ItemKind, Picture
from advocacy.sharing.models import Share
from connectors import Card, Connector, Draft, Image, Limits, Progress

Lend = Callable[[Picture, str], str | None]
"""Where a network may fetch this picture as this kind; see `lent_pictures.address`."""
SOMEWHERE = "https://"
"""Stands for an address while a draft is only checked."""


def shows_picture(item: ContentItem) -> bool:
    """Whether the item goes out as a picture; else its link gets a card."""
    return item.kind is ItemKind.IMAGE and item.picture is not None


def has_card(item: ContentItem) -> bool:
    """Whether the link is shown as a card where the network draws one: for counting and previews."""
    return bool(item.source_url) and not shows_picture(item) and item.kind is not ItemKind.POST


def passed_on(item: ContentItem) -> str | None:
    """The address of the company's post that an item is; None for any other."""
    return item.source_url if item.kind is ItemKind.POST else None


def picture_for(item: ContentItem, connector: Connector | None) -> Picture | None:
    """The picture that an item goes out with there: its own, or for a network that takes no post without one, any."""
    if shows_picture(item):
        return item.picture
    if connector is None or not connector.needs_picture:
        return None
    return item.picture or (item.card.picture if item.card else None)


def for_checking(
    item: ContentItem, *, text: str, link: str | None, connector: Connector | None = None, public_url: str = ""
) -> Draft:
    """A draft with the words alone, for checking them before anything is kept.

    An item that goes out as a picture may go without words, so its picture stands there as an empty one.

    Args:
        item: with its card and pictures.
        text: the words.
        link: the tracked link.
        connector: whose rules it will be held to; None for share pages.
        public_url: `Settings.address`: whether a network could fetch a picture from here.
    """
    picture = picture_for(item, connector)
    there = SOMEWHERE if lent_pictures.can_be_fetched(public_url) else None
    kind = _kind(picture, connector.limits) if picture and connector else ""
    return Draft(
        text=text,
        key="",
        record_key="",
        created_at=item.created_at,
        link=link,
        card=_card(item, link, thumb=None) if has_card(item) else None,
        images=(_image(picture, b"", item.alt_text, mime=kind, public_url=there),) if picture else (),
        reposts=passed_on(item),
    )


def of_share(
    share: Share,
    *,
    store: Media,
    connector: Connector,
    link: str | None,
    progress: Progress,
    lend: Lend,
    author: str,
) -> Draft:
    """The draft of a share, the same for every try.

    Args:
        share: with its item, card and pictures loaded, and its keys chosen.
        store: where pictures are read from.
        connector: the network's; a card's picture that is too large for it is left out rather than the share refused.
        link: the tracked link.
        progress: what earlier tries came to, and where to keep more.
        lend: for networks that fetch pictures themselves.
        author: the name of who shares, for channels, where the post is not under their own account.

    Raises:
        NotFound: the file of the item's picture is gone.
    """
    item = share.item
    picture = picture_for(item, connector)
    image = None
    if picture is not None:
        kind = _kind(picture, connector.limits)
        data = lent_pictures.read(store, picture=picture, mime=kind)
        there = lend(picture, kind) if connector.fetches_pictures else None
        image = _image(picture, data, item.alt_text, mime=kind, public_url=there)
    if share.record_at is None:
        raise ValueError("a share's keys are chosen before its first try")
    return Draft(
        text=share.text,
        key=share.idempotency_key,
        record_key=share.record_key,
        created_at=share.record_at,
        link=link,
        card=_card(item, link, thumb=_thumb(item, store, connector.limits)) if has_card(item) else None,
        images=(image,) if image else (),
        language=share.language,
        author=author,
        progress=progress,
        reposts=passed_on(item),
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


def _kind(picture: Picture, limits: Limits) -> str:
    """As what a picture is sent: a network that does not take its kind gets a JPEG."""
    return picture.mime if picture.mime in limits.image_mimes else "image/jpeg"


def _image(picture: Picture, data: bytes, alt_text: str, *, mime: str = "", public_url: str | None = None) -> Image:
    return Image(
        data=data,
        mime=mime or picture.mime,
        alt_text=alt_text,
        width=picture.width,
        height=picture.height,
        public_url=public_url,
    )
