"""Preview cards: wanted when an item gets a link, fetched once by a worker, kept with their picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import HubError
from advocacy.base.fetch import BadAnswer, Fetcher, FetchFailed, Refused
from advocacy.base.house import House
from advocacy.library import cards, media, pictures
from advocacy.library.content import Content
from advocacy.library.media import Media
from advocacy.library.models import ItemKind, PreviewCard

log = structlog.get_logger()

VIDEO_HOSTS = frozenset({"youtube.com", "youtu.be", "vimeo.com", "dailymotion.com", "loom.com", "ted.com"})
"""Where a link is taken for a video at first; the editor can say otherwise."""
AT_ONCE = 5
"""Cards a worker takes in one go."""
LEASE = timedelta(minutes=5)
"""A worker that has not told by then is taken for dead."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
"""Before the second, third, ... try; after the last one it is given up."""
_MAY_PASS = {408, 425, 429}


@dataclass(frozen=True)
class _Claim:
    card_id: int
    url: str
    tries: int


def want(session: Session, clock: Clock, *, url: str) -> PreviewCard:
    """The card of a link: the one that is there, or a new one that a worker will fetch."""
    known = select(PreviewCard).where(PreviewCard.url == url)
    card = session.scalar(known)
    if card is not None:
        return card
    now = clock.now()
    card = PreviewCard(url=url, wanted_at=now, next_try_at=now)
    try:
        with session.begin_nested():
            session.add(card)
    except IntegrityError:  # somebody else wanted it at the same moment
        return session.scalars(known).one()
    return card


def again(session: Session, clock: Clock, *, card_id: int) -> None:
    """Has a card fetched anew, because its page changed or could not be read."""
    card = session.get(PreviewCard, card_id)
    if card is not None:
        card.next_try_at, card.tries, card.wanted_at = clock.now(), 0, clock.now()


def find(session: Session, *, card_id: int | None) -> PreviewCard | None:
    """A card; None when there is none of that id."""
    return session.get(PreviewCard, card_id) if card_id else None


def begun(card: PreviewCard, *, language: str) -> Content:
    """What an item made from a card begins with: for the editor to go on from.

    Args:
        card: fetched, or given up.
        language: of the item.
    """
    host = (urlsplit(card.url).hostname or "").removeprefix("www.").removeprefix("m.")
    return Content(
        title=card.title[:200],
        kind=ItemKind.VIDEO if host in VIDEO_HOSTS else ItemKind.ARTICLE,
        summary=card.description[:2_000],
        source_url=card.url,
        language=language,
    )


def tick(house: House) -> int:
    """Fetches the cards that are due, a few at a time. Any number of workers may do so at once.

    Returns:
        How many were tried.
    """
    claims = _claim(house.db, house.clock)
    for claim in claims:
        try:
            _fetch(house, claim)
        except FetchFailed as error:
            _put_off(house, claim, error)
    return len(claims)


def _claim(db: Database, clock: Clock) -> list[_Claim]:
    with db.reading() as session:  # mostly nothing is due, and a look need not wait for writers
        if session.scalar(_due(clock).limit(1)) is None:
            return []
    with db.transaction() as session:
        found = list(session.scalars(_due(clock).limit(AT_ONCE).with_for_update(skip_locked=True)))
        for card in found:
            card.tries += 1
            card.next_try_at = clock.now() + LEASE
        return [_Claim(card.id, card.url, card.tries) for card in found]


def _due(clock: Clock) -> Select[PreviewCard]:
    return select(PreviewCard).where(PreviewCard.next_try_at <= clock.now()).order_by(PreviewCard.next_try_at)


def _fetch(house: House, claim: _Claim) -> None:
    fetcher = house.part(Fetcher)
    page = fetcher.get(claim.url, accept=cards.ACCEPT, kinds=cards.KINDS)
    card = cards.parse(page.body, url=page.url, content_type=page.headers.get("content-type", ""))
    prepared = _picture(fetcher, card.image_url) if card.image_url else None
    with house.db.transaction() as session:
        row = session.get(PreviewCard, claim.card_id)
        if row is None:
            return
        row.title, row.description, row.site_name = card.title[:300], card.description, card.site_name[:120]
        row.fetched_at, row.next_try_at, row.problem = house.clock.now(), None, None
        if prepared is not None:
            row.picture_id = media.store(
                session,
                house.clock,
                house.part(Media),
                data=prepared.data,
                mime=prepared.mime,
                width=prepared.width,
                height=prepared.height,
            ).id


def _picture(fetcher: Fetcher, url: str) -> pictures.ReadyPicture | None:
    """The card's picture; a card is a card without one."""
    try:
        found = fetcher.get(url, accept=pictures.ACCEPT, kinds=pictures.KINDS, max_bytes=pictures.MOST_BYTES)
        return pictures.prepare(found.body)
    except HubError as error:
        log.info("card without its picture", url=url, reason=str(error))
        return None


def _put_off(house: House, claim: _Claim, error: FetchFailed) -> None:
    is_final = _is_final(error) or claim.tries > len(PAUSES)
    with house.db.transaction() as session:
        row = session.get(PreviewCard, claim.card_id)
        if row is not None:
            row.problem = error.text.to_json()
            row.next_try_at = None if is_final else house.clock.now() + PAUSES[claim.tries - 1]


def _is_final(error: FetchFailed) -> bool:
    """Whether another try would end the same."""
    if isinstance(error, BadAnswer):
        return 200 <= error.status < 500 and error.status not in _MAY_PASS
    return isinstance(error, Refused)
