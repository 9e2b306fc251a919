"""What is held against a share before it is taken: its time, its words, doubles, and the day's cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.library import disclosure_policy
from advocacy.library.models import ContentItem, Editing
from advocacy.people.models import User
from advocacy.sharing import drafts, similarity, switches
from advocacy.sharing.models import Connection, Share, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.rules import Rules
from advocacy.sharing.wall_time import on_the_wall, zone_of
from connectors import Draft, Limits, Rejected, ShareLinkConnector

DOUBLE = timedelta(hours=1)
"""The same item to the same account within this time is taken for a slip, such as two open tabs."""
FARTHEST = timedelta(days=366)

UNDER_WAY = (ShareState.SCHEDULED, ShareState.PUBLISHING, ShareState.UNCONFIRMED)


def due_time(clock: Clock, item: ContentItem, due_at: datetime | None, *, zone: str) -> datetime:
    """The time a share is for: `due_at`, or now for None.

    Args:
        clock: what time it is.
        item: what is shared.
        due_at: aware.
        zone: of the person who shares, for telling them another time.

    Raises:
        Invalid: it has passed, is too far away, the item ends before, or our own people have it first until later.
    """
    now = clock.now()
    due = due_at or now
    if due < now - timedelta(minutes=1):
        raise Invalid("when", Text("This time has passed. Choose a later one."))
    if due > now + FARTHEST:
        raise Invalid("when", Text("Please choose a time within the next year."))
    told_inside_first(item, due, zone=zone)
    if item.expires_at is not None and due >= item.expires_at:
        raise Invalid("when", Text("This item ends before that time. Choose an earlier one."))
    return max(due, now)


def told_inside_first(item: ContentItem, at: datetime, *, zone: str) -> None:
    """Holds back what only our own people may have at that moment.

    Raises:
        Invalid: it may not be shared yet; says from when.
    """
    if item.outside_from is not None and item.is_inside_only(at):
        raise Invalid(
            "when",
            Text(
                "We tell our own people first: this may be shared from {when}. Plan it for then or later.",
                when=on_the_wall(item.outside_from, zone).strftime("%d.%m.%Y %H:%M"),
            ),
        )


def is_open(session: Session, *, network: str) -> None:
    """Holds a share back from a network that is switched off.

    Raises:
        Invalid: it is.
    """
    if switches.is_off(session, network):
        raise Invalid("networks", switches.SWITCHED_OFF)


def words(
    networks: Networks,
    *,
    item: ContentItem,
    network: str,
    text: str,
    link: str | None,
    limits: Mapping[str, Any] | None,
    public_url: str,
    picture_ids: Sequence[int] | None = None,
) -> None:
    """Holds a final text, and the pictures that were chosen, to the network's own rules.

    Raises:
        Invalid: it is empty, too long, or has no link or picture where the network needs one, or one that the network
            cannot fetch from here.
    """
    connector = networks.rules(network)
    if connector is not None:
        try:
            rule = Limits.from_json(limits)
            draft = drafts.for_checking(
                item,
                text=text,
                link=link,
                connector=connector,
                public_url=public_url,
                picture_ids=picture_ids,
                limits=rule,
            )
            described(draft)
            connector.check(draft, rule)
            if isinstance(connector, ShareLinkConnector) and not connector.many_servers:
                connector.share_url(draft)  # says what its page lacks, such as a link
        except Rejected as refused:
            raise Invalid("text", in_our_words(refused.reason)) from refused
    elif not networks.wording(network, text, link, has_card=False).strip():
        raise Invalid("text", Text("There is no text to share. Write something first."))


def described(draft: Draft) -> None:
    """Refuses a picture or film that nobody described: people who cannot see it would get nothing.

    Raises:
        Invalid: one has no words.
    """
    if draft.video and not draft.video.alt_text.strip():
        raise Invalid(
            "pictures",
            Text("The film of this item has no description for people who cannot see it. Ask its editor to add one."),
        )
    if any(not image.alt_text.strip() for image in draft.images):
        raise Invalid(
            "pictures",
            Text(
                "A picture of this item has no description for people who cannot see it. Ask its editor to add one."
            ),
        )


def own_words(
    session: Session,
    clock: Clock,
    networks: Networks,
    *,
    user_id: int,
    item: ContentItem,
    network: str,
    text: str,
    company: str = "",
) -> None:
    """Holds a final text against what colleagues shared, where the item or the network asks for words of one's own.

    Raises:
        Invalid: it is nearly the same as a colleague's; says how nearly, and what to do.
    """
    facts = networks.get(network)
    if item.editing is not Editing.PERSONAL and not facts.demands_own_words:
        return
    likeness = similarity.to_colleagues(
        session,
        clock,
        user_id=user_id,
        item_id=item.id,
        text=text,
        networks=networks.siblings(facts.network),
        disclosures=disclosure_policy.wordings(session, item=item, company=company),
    )
    if not likeness.is_too_close:
        return
    if item.editing is Editing.LOCKED:
        raise Invalid(
            "text",
            Text(
                "{network} does not allow that several people post the same, and this text is fixed. Take another ready-made text, or leave {network} out.",
                network=facts.label,
            ),
        )
    if facts.demands_own_words:
        raise Invalid(
            "text",
            Text(
                "{network} does not allow that several people post the same, and a colleague shared {percent} % the same words. Please say it in words of your own.",
                network=facts.label,
                percent=likeness.percent,
            ),
        )
    raise Invalid(
        "text",
        Text(
            "A colleague shared {percent} % the same words. Please say it in words of your own.",
            percent=likeness.percent,
        ),
    )


def no_double(session: Session, clock: Clock, connection: Connection, item: ContentItem, *, user: User) -> None:
    """Refuses the same item to the same account or channel while one is on its way, or right after one.

    Raises:
        Conflict: saying where the first one is.
    """
    same = select(Share.id).where(Share.connection_id == connection.id, Share.item_id == item.id)
    recently = and_(Share.published_at > clock.now() - DOUBLE, Share.removed_at.is_(None))
    theirs = same.where(Share.user_id != user.id, or_(Share.state.in_(UNDER_WAY), recently))
    if session.scalar(theirs.limit(1)) is not None:  # only a channel has several people
        raise Conflict(
            Text("A colleague is sharing this to {handle} already. Once is enough.", handle=connection.handle)
        )
    if session.scalar(same.where(Share.state.in_(UNDER_WAY)).limit(1)) is not None:
        raise Conflict(
            Text(
                "This is on its way to {handle} already. Look at My shares: there you can change or cancel it.",
                handle=connection.handle,
            )
        )
    if session.scalar(same.where(recently).limit(1)) is not None:
        raise Conflict(
            Text("You shared this to {handle} less than an hour ago. Once is enough.", handle=connection.handle)
        )


def goes_on(rules: Rules) -> None:
    """Refuses what would go out now while sharing is paused.

    Raises:
        Invalid: it is paused; says why.
    """
    if rules.pause is not None:
        raise Invalid("when", rules.pause.reason())


def not_quiet(rules: Rules, *, due: datetime, zone: str) -> None:
    """Keeps shares out of the company's quiet hours.

    Args:
        rules: now in force.
        due: aware.
        zone: of the person who shares.

    Raises:
        Invalid: it lies in them; says when they end.
    """
    ends = rules.after_quiet(due, zone)
    if ends == due or rules.quiet_from is None or rules.quiet_until is None:
        return
    raise Invalid(
        "when",
        Text(
            "Nothing is shared between {begin} and {end}. Choose a time outside these hours, {day} at {end} at the earliest.",
            begin=rules.quiet_from.isoformat("minutes"),
            end=rules.quiet_until.isoformat("minutes"),
            day=on_the_wall(ends, zone).strftime("%d.%m.%Y"),
        ),
    )


def one_at_a_time(session: Session, *, user: User) -> None:
    """Lets a person's other requests wait until this one is over, so that none of them counts without the others."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update())


def day_has_room(
    session: Session, rules: Rules, *, user: User, network: str, due: datetime, there_already: datetime | None = None
) -> None:
    """Holds a person to the daily cap on the day, in their zone, of `due`.

    Args:
        session: for reading.
        rules: now in force.
        user: whose day, and in whose zone.
        network: the connector's name; each network has days of its own.
        due: aware.
        there_already: for when the share is planned now; within that day it may be moved about however full it is.

    Raises:
        Invalid: that day is full.
    """
    zone = zone_of(user.time_zone)
    day = due.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = (day + timedelta(days=1)).replace(fold=0)
    if there_already is not None and day <= there_already < next_day:
        return
    counted = select(func.count()).where(
        Share.user_id == user.id,
        Share.network == network,
        Share.due_at >= day,
        Share.due_at < next_day,
        Share.state.in_((*UNDER_WAY, ShareState.PUBLISHED)),
    )
    if (session.scalar(counted) or 0) >= rules.daily_cap:
        raise Invalid(
            "when",
            Text(
                "You have {cap} shares on this network that day already. Choose another day: more would look like spam.",
                cap=rules.daily_cap,
            ),
        )
