"""What goes to the network: an item and the approved words as the value that connectors take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.library import lent_pictures, media
from advocacy.library.fitting import Frame, fitted
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, Film, ItemKind, Shown
from advocacy.sharing import sending
from advocacy.sharing.models import Share, ShareKind
from connectors import Card, Connector, Draft, Image, Limits, Progress, ShareLinkConnector, Video

Lend = Callable[[str], str | None]
"""Where a network may fetch the picture with this file name; see `lent_pictures.address`."""
SOMEWHERE = "https://"
"""Stands for an address while a draft is only checked."""


def shows_picture(item: ContentItem) -> bool:
    """Whether the item goes out as a picture; else its link gets a card."""
    return item.kind is ItemKind.IMAGE and item.picture is not None


def film_of(item: ContentItem) -> Film | None:
    """The film that the item goes out as; None for any other item."""
    return item.film if item.kind is ItemKind.FILM else None


def has_card(item: ContentItem) -> bool:
    """Whether the link is shown as a card where the network draws one: for counting and previews."""
    return bool(item.source_url) and not shows_picture(item) and item.kind not in (ItemKind.POST, ItemKind.FILM)


def passed_on(item: ContentItem) -> str | None:
    """The address of the company's post that an item is; None for any other."""
    return item.source_url if item.kind is ItemKind.POST else None


def pictures_for(item: ContentItem, connector: Connector | None) -> tuple[Shown, ...]:
    """The pictures that an item may go out with there: its own, or for a network that takes no post without one, any."""
    if shows_picture(item):
        return item.pictures
    if connector is None or not connector.needs_picture or item.kind is ItemKind.FILM:
        return ()
    if item.pictures or item.card is None or item.card.picture is None:
        return item.pictures
    return (Shown(item.card.picture, item.title),)  # a page says nothing about its picture but its title


def offered(item: ContentItem, connector: Connector | None, limits: Limits | None = None) -> tuple[Shown, ...]:
    """Those of them that go along unless the person chooses others: the first that the network takes together."""
    there = pictures_for(item, connector)
    if connector is None or not there:
        return there
    rule = limits or connector.limits
    if rule.moves_alone and rule.moving_bytes is not None:
        there = there[:1] if there[0].picture.moves else tuple(one for one in there if not one.picture.moves)
    return there[: max(rule.max_images, 1)]


def chosen(
    item: ContentItem, connector: Connector | None, picture_ids: Sequence[int] | None, limits: Limits | None = None
) -> tuple[Shown, ...]:
    """The pictures that the person chose, in the item's order; those that go along by themselves for None.

    Raises:
        Invalid: none is chosen of an item that goes out as a picture.
        NotAllowed: one of them is not the item's any more.
    """
    if picture_ids is None:
        return offered(item, connector, limits)
    there = tuple(one for one in pictures_for(item, connector) if one.picture.id in picture_ids)
    if len(there) < len(set(picture_ids)):
        raise NotAllowed(
            Text("A picture that you chose was removed from this item. Look at it again, then share it.")
        )
    if not there:
        raise Invalid("pictures", Text("Please choose at least one picture."))
    return there


def for_checking(
    item: ContentItem,
    *,
    text: str,
    link: str | None,
    connector: Connector | None = None,
    public_url: str = "",
    picture_ids: Sequence[int] | None = None,
    limits: Limits | None = None,
) -> Draft:
    """A draft with the words alone, for checking them before anything is kept.

    An item that goes out as a picture or film may go without words, so they stand there as empty ones. What is posted by
    hand is held to its words alone: the person adds the rest there.

    Args:
        item: with its card and pictures.
        text: the words.
        link: the tracked link.
        connector: whose rules it will be held to; None for share pages.
        public_url: `Settings.address`: whether a network could fetch a picture from here.
        picture_ids: which pictures the person chose.
        limits: of the account's server, where it has its own.

    Raises:
        Invalid, NotAllowed: as `chosen`.
    """
    there = SOMEWHERE if lent_pictures.can_be_fetched(public_url) else None
    film, is_by_hand = film_of(item), isinstance(connector, ShareLinkConnector)
    along = () if is_by_hand else chosen(item, connector, picture_ids, limits)
    rule = limits or (connector.limits if connector else None)
    return Draft(
        text=text,
        key="",
        record_key="",
        created_at=item.created_at,
        link=link,
        card=_card(item, link, thumb=None) if has_card(item) else None,
        images=tuple(_unread(one, rule, there) for one in along),
        video=_video(film, item.alt_text, read=_nothing, public_url=there) if film and not is_by_hand else None,
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
        lend: for networks that fetch pictures and films themselves.
        author: the name of who shares, for channels, where the post is not under their own account.

    Raises:
        NotFound: the file of a picture or film is gone.
        NotAllowed: a picture that was chosen, or the film that was seen, is not the item's any more.
        Invalid: a picture cannot be made to fit the network.
    """
    item = share.item
    limits = Limits.from_json(share.connection.limits if share.connection else None) or connector.limits
    images = tuple(
        _fitted(one, store, limits, lend if connector.fetches_pictures else None)
        for one in chosen(item, connector, share.picture_ids, limits)
    )
    if share.record_at is None:
        raise ValueError("a share's keys are chosen before its first try")
    return Draft(
        text=share.text,
        key=share.idempotency_key,
        record_key=share.record_key,
        created_at=share.record_at,
        link=link,
        card=_card(item, link, thumb=_thumb(item, store, connector.limits)) if has_card(item) else None,
        images=images,
        video=_film(share, store, lend if connector.fetches_films else None, progress),
        language=share.language,
        author=author,
        progress=progress,
        reposts=passed_on(item),
        below=share.kind is ShareKind.REPLY,
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
        below=share.kind is ShareKind.REPLY,
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
        data = media.read(store, picture=picture)
    except NotFound:  # a card without its picture is still a card
        return None
    return Image(data, picture.mime, item.alt_text, picture.width, picture.height)


def _unread(one: Shown, limits: Limits | None, public_url: str | None) -> Image:
    """A picture as it is held to rules before it is sent: what is made to fit by then is not looked at."""
    mimes = limits.image_mimes if limits else ()
    mime = one.picture.mime if one.picture.mime in mimes else "image/jpeg"
    frames = one.picture.frames if limits and limits.moving_bytes is not None else 1
    return Image(b"", mime, one.alt_text, public_url=public_url, frames=frames)


def _fitted(one: Shown, store: Media, limits: Limits, lend: Lend | None) -> Image:
    ready = fitted(store, one.picture, frame_of(limits))
    url = lend(store.name_of(ready.data, mime=ready.mime)) if lend else None
    return Image(ready.data, ready.mime, one.alt_text, ready.width, ready.height, url, ready.frames)


def _film(share: Share, store: Media, lend: Lend | None, progress: Progress) -> Video | None:
    film = film_of(share.item)
    if film is None and share.film_id is None:
        return None
    if film is None or film.id != share.film_id:
        raise NotAllowed(Text("The film of this item was changed. Look at it again, then share it."))
    path, _ = store.find(film.file_name)
    return _video(
        film,
        share.item.alt_text,
        read=sending.reader(path, film.size, progress),
        public_url=lend(film.file_name) if lend else None,
    )


def _video(film: Film, alt_text: str, *, read: Callable[[int, int], bytes], public_url: str | None) -> Video:
    return Video(read, film.size, film.mime, film.seconds, alt_text, film.width, film.height, public_url)


def _nothing(_start: int, _size: int) -> bytes:
    return b""


def frame_of(limits: Limits) -> Frame:
    """What a network takes of a picture, as the library's own value."""
    return Frame(
        mimes=limits.image_mimes,
        most_bytes=limits.image_bytes,
        most_points=limits.image_pixels,
        widths=limits.image_width,
        shapes=limits.image_shape,
        most_moving_bytes=limits.moving_bytes,
    )
