"""Networks of the company's own: an administrator names the address of a share page, and people find it beside others."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.sharing.network_models import OwnNetwork
from advocacy.sharing.networks import in_our_words
from connectors import Card, Draft, OwnPage, Rejected

MOST = 20
LONGEST_LABEL = 40


def offered(session: Session) -> list[OwnNetwork]:
    """Those that people can choose, by label."""
    kept = select(OwnNetwork).where(OwnNetwork.removed_at.is_(None))
    return list(session.scalars(kept.order_by(OwnNetwork.label, OwnNetwork.id)))


def one(session: Session, *, network_id: int) -> OwnNetwork:
    """One that people can choose.

    Raises:
        NotFound: there is none, or no longer.
    """
    found = session.get(OwnNetwork, network_id)
    if found is None or found.removed_at is not None:
        raise NotFound()
    return found


def preview(*, label: str, template: str, words: str, title: str, link: str) -> str:
    """The address that would open for a share.

    Args:
        label: what people call the network.
        template: as typed.
        words: of the sample share.
        title: of its item.
        link: its tracked link.

    Raises:
        Invalid: on field `template` or `label`.
    """
    _checked_label(label)
    try:
        page = OwnPage(name="own", label=label, template=template)
        card = Card(url=link, title=title)
        return page.share_url(
            Draft(words, key="", record_key="", created_at=datetime(2026, 1, 1, tzinfo=UTC), link=link, card=card)
        )
    except Rejected as refused:
        raise Invalid("template", in_our_words(refused.reason)) from refused


def add(session: Session, clock: Clock, *, label: str, template: str, by: int) -> OwnNetwork:
    """Adds one.

    Args:
        session: inside a transaction.
        clock: tells when.
        label: what people call it, 1 to `LONGEST_LABEL` characters.
        template: an https address with `{url}`, `{text}` and `{title}` where they go.
        by: which administrator.

    Raises:
        Invalid: on field `label` or `template`.
        Conflict: there are as many as a person can choose from.
    """
    name, address = _checked_label(label), _checked_template(template)
    there = offered(session)
    if len(there) >= MOST:
        raise Conflict(Text("There are {count} networks of your own already. Remove one first.", count=MOST))
    if any(other.label.casefold() == name.casefold() for other in there):
        raise Invalid("label", Text("There is a network of this name already."))
    made = OwnNetwork(label=name, template=address, created_at=clock.now())
    session.add(made)
    session.flush()
    _tell(session, clock, made, "own_network.added", by)
    return made


def remove(session: Session, clock: Clock, *, network_id: int, by: int) -> None:
    """Offers it no longer. Shares that were made keep its name.

    Raises:
        NotFound: there is none, or no longer.
    """
    gone = one(session, network_id=network_id)
    gone.removed_at = clock.now()
    _tell(session, clock, gone, "own_network.removed", by)


def _checked_label(label: str) -> str:
    kept = " ".join(label.split())
    if not kept:
        raise Invalid("label", Text("Please say what people call it."))
    if len(kept) > LONGEST_LABEL:
        raise Invalid("label", Text("Please keep the name below {count} characters.", count=LONGEST_LABEL))
    return kept


def _checked_template(template: str) -> str:
    try:
        return OwnPage(name="own", label="", template=template).template
    except Rejected as refused:
        raise Invalid("template", in_our_words(refused.reason)) from refused


def _tell(session: Session, clock: Clock, network: OwnNetwork, kind: str, by: int) -> None:
    events.record(
        session,
        clock,
        kind=kind,
        actor_id=by,
        subject=("own_network", network.id),
        data={"label": network.label, "template": network.template},
    )
