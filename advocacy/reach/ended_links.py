"""Where tracked links lead once their item has ended: on, to a page of ours that says so, or to an address of choice."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.models import ContentItem, ItemState
from advocacy.people.models import closed_set
from advocacy.sharing.models import Link, Share

LONGEST = 2000
"""Characters of an address."""


class End(enum.StrEnum):
    """How an item ends."""

    EXPIRED = "expired"
    """Its time is over."""
    WITHDRAWN = "withdrawn"
    """An editor took it back."""


class Leads(enum.StrEnum):
    """Where its links lead then."""

    ON = "on"
    """Where they always led."""
    PAGE = "page"
    """To our page that says that there is nothing any more."""
    ADDRESS = "address"
    """To an address that the administrator gave."""


class EndedLink(Base):
    """What the administrator decided for one way to end."""

    __tablename__ = "ended_link"

    ending: Mapped[End] = mapped_column(closed_set(End), primary_key=True)
    leads: Mapped[Leads] = mapped_column(closed_set(Leads))
    address: Mapped[str] = mapped_column(String(LONGEST), default="")
    """Kept while another way is chosen, so that it need not be typed again."""


@dataclass(frozen=True)
class Choice:
    """Where the links of items that ended in one way lead.

    Args:
        leads: the way.
        address: where to, for `Leads.ADDRESS`.
    """

    leads: Leads
    address: str = ""


UNLESS_DECIDED: Mapping[End, Choice] = {End.EXPIRED: Choice(Leads.ON), End.WITHDRAWN: Choice(Leads.PAGE)}
"""What readers found stays found when its time is over; what was taken back is gone."""


def in_force(session: Session) -> dict[End, Choice]:
    """What holds for each way to end."""
    decided = {row.ending: Choice(row.leads, row.address) for row in session.scalars(select(EndedLink))}
    return {**UNLESS_DECIDED, **decided}


def decide(session: Session, clock: Clock, *, by: int, end: End, leads: Leads, address: str = "") -> None:
    """Decides where links of items that ended in one way lead: in force within two seconds everywhere.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        end: how the items end.
        leads: where to.
        address: a whole web address, for `Leads.ADDRESS`.

    Raises:
        Invalid: on `address`, when it is needed and is none.
    """
    address = address.strip()
    parts = urlsplit(address)
    if leads is Leads.ADDRESS and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise Invalid("address", Text("Please give a whole web address, such as https://www.example.com/news."))
    if len(address) > LONGEST:
        raise Invalid("address", Text("Please keep this below {count} characters.", count=LONGEST))
    if in_force(session)[end] == Choice(leads, address):
        return
    session.merge(EndedLink(ending=end, leads=leads, address=address))
    events.record(
        session,
        clock,
        kind="ended_links.changed",
        actor_id=by,
        subject=("ended_link", None),
        data={"end": end.value, "leads": leads.value, "address": address},
    )


def rows(codes: Iterable[str]) -> Select[Any]:
    """Links with what `target` needs to know of each."""
    of_link: tuple[Any, ...] = (Link.id, Link.code, Link.target, Link.withdrawn_at, Share.user_id)
    return (
        select(*of_link, ContentItem.state, ContentItem.expires_at)
        .outerjoin(Share, Share.link_id == Link.id)
        .outerjoin(ContentItem, ContentItem.id == Share.item_id)
        .where(Link.code.in_(list(codes)))
    )


def target(row: Any, choices: Mapping[End, Choice], now: datetime) -> str | None:
    """Where one of `rows` leads at this moment; None is our page that says that it ended."""
    if row.withdrawn_at is not None:
        return None
    if row.state is ItemState.WITHDRAWN:
        choice = choices[End.WITHDRAWN]
    elif row.expires_at is not None and row.expires_at <= now:
        choice = choices[End.EXPIRED]
    else:
        return str(row.target)
    if choice.leads is Leads.ON:
        return str(row.target)
    return choice.address if choice.leads is Leads.ADDRESS else None
