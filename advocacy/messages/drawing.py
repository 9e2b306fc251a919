"""A newsletter as the letter that one reader gets, and the counter that its links lead by."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base.blocks import Blocks, Drawn
from advocacy.base.errors import NotFound
from advocacy.base.house import House
from advocacy.base.letters import Letter, Section
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.messages import choices, unsubscribing
from advocacy.messages.newsletter_models import Newsletter, NewsletterLink
from advocacy.people.models import User
from config import Settings


def letter(
    house: House,
    session: Session,
    newsletter: Newsletter,
    user: User,
    *,
    is_counted: bool = True,
    is_first: bool = True,
    unsubscribe: str = "",
) -> Letter:
    """The newsletter as one person gets it: blocks that are not for them are left out.

    Args:
        house: offers the blocks.
        session: inside a transaction when `is_counted` and `is_first`.
        newsletter: which.
        user: the reader.
        is_counted: whether links lead by the counter; else straight on, for a look before it is sent.
        is_first: whether links that have no counter yet get one; else those lead straight on.
        unsubscribe: the address that stops such letters; "" for the reader's own.
    """
    address, sealer = house.part(Settings).address, house.part(Sealer)
    sections = []
    for kind in house.part(Blocks).all:
        for number in newsletter.blocks.get(kind.name, ()):
            drawn = kind.draw(session, house.clock, user, int(number))
            if drawn is None:
                continue
            link = _link(session, newsletter.id, drawn, is_first=is_first) if is_counted else None
            path = drawn.path if link is None else f"/n/{link}"
            sections.append(
                Section(
                    heading=_said(drawn.title),
                    lines=tuple(_paragraphs(drawn.words)),
                    button=(drawn.button, address + path),
                )
            )
    return Letter(
        subject=_said(newsletter.subject),
        lines=tuple(_paragraphs(newsletter.opening)),
        sections=tuple(sections),
        after=tuple(_paragraphs(newsletter.closing)),
        unsubscribe=unsubscribe
        or unsubscribing.link(sealer, address=address, user_id=user.id, letters=choices.NEWSLETTER),
    )


def _said(words: str) -> Text:
    return Text("{words}", words=words)


def _paragraphs(words: str) -> list[Text]:
    return [_said(" ".join(part.split())) for part in words.replace("\r", "").split("\n\n") if part.strip()]


def _link(session: Session, newsletter_id: int, drawn: Drawn, *, is_first: bool) -> int | None:
    query = select(NewsletterLink).where(
        NewsletterLink.newsletter_id == newsletter_id, NewsletterLink.path == drawn.path
    )
    found = session.scalar(query)
    if found is None and is_first:
        found = NewsletterLink(newsletter_id=newsletter_id, path=drawn.path, label=drawn.title[:200], opened=0)
        session.add(found)
        session.flush()
    return found.id if found is not None else None


def links(session: Session, *, newsletter_id: int) -> list[NewsletterLink]:
    """Its links, with how often each was opened."""
    query = select(NewsletterLink).where(NewsletterLink.newsletter_id == newsletter_id)
    return list(session.scalars(query.order_by(NewsletterLink.opened.desc(), NewsletterLink.id)))


def opened(session: Session, *, link_id: int) -> str:
    """Counts that a link was opened, and nothing about whom. Returns where it leads.

    Raises:
        NotFound: there is none.
    """
    path = session.scalar(
        update(NewsletterLink)
        .where(NewsletterLink.id == link_id)
        .values(opened=NewsletterLink.opened + 1)
        .returning(NewsletterLink.path)
    )
    if path is None:
        raise NotFound()
    return str(path)
