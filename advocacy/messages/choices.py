"""What a person hears of, on which channel and when: their choices, and the defaults where they made none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.errors import Invalid
from advocacy.base.notifying import Kind, Kinds
from advocacy.base.text import Text
from advocacy.messages.models import DigestTurn, MessageSettings, NotificationChoice
from advocacy.people.models import User

APP, MAIL, PUSH = "app", "mail", "push"
CHANNELS = (APP, MAIL, PUSH)
LETTERS, NEWSLETTER, DIGEST, FIGURES = "letters", "newsletter", "digest", "figures"
KINDS_OF_LETTERS = (LETTERS, NEWSLETTER, DIGEST, FIGURES)
"""What can be stopped by a click in a letter."""
MOST_LETTERS = (1, 2, 3, 5, 10)
WEEKLY, DAILY, MONTHLY, NEVER = "weekly", "daily", "monthly", "never"
RHYTHMS = (DAILY, WEEKLY, MONTHLY, NEVER)
"""How often the digest comes: every working day, on Mondays, on the first Monday of a month, not at all."""


@dataclass(frozen=True)
class Wanted:
    """What a person chose, as their page hands it over.

    Args:
        on: (kind, channel) of everything that is ticked.
        letters: whether notifications come by e-mail at all.
        newsletter: whether newsletters do.
        figures: whether the monthly letter for leaders does; of no effect for anybody else.
        quiet_from: hour of the day, 0 to 23; the same as `quiet_until` for no quiet hours.
        most_letters: letters about notifications a day, one of `MOST_LETTERS`.
        digest: how often the letter with what is new comes, one of `RHYTHMS`.
        most_pushes: pushes to their devices a day, one of `MOST_LETTERS`.
    """

    on: frozenset[tuple[str, str]] = frozenset()
    letters: bool = True
    newsletter: bool = True
    figures: bool = True
    quiet_from: int = 20
    quiet_until: int = 7
    most_letters: int = 3
    digest: str = WEEKLY
    most_pushes: int = 10


def default(kind: Kind, channel: str) -> bool:
    """Whether a kind is on where nobody chose."""
    return True if channel == APP else kind.by_mail


def settings_of(session: Session, user_id: int) -> MessageSettings:
    """A person's settings; the defaults, not kept, where there are none."""
    return session.get(MessageSettings, user_id) or MessageSettings(
        user_id=user_id,
        wants_letters=True,
        wants_newsletter=True,
        wants_figures=True,
        quiet_from=20,
        quiet_until=7,
        most_letters=3,
        most_pushes=10,
        digest=WEEKLY,
    )


def chosen(session: Session, kinds: Kinds, *, user_id: int) -> dict[tuple[str, str], bool]:
    """What is on for a person, by kind and channel."""
    own = select(NotificationChoice).where(NotificationChoice.user_id == user_id)
    given = {(one.kind, one.channel): one.is_on for one in session.scalars(own)}
    return {
        (kind.name, channel): given.get((kind.name, channel), default(kind, channel))
        for kind in kinds.personal
        for channel in CHANNELS
    }


def who_wants(session: Session, kind: Kind, channel: str, people: Collection[int]) -> set[int]:
    """Those of these people for whom a kind is on."""
    query = select(NotificationChoice.user_id, NotificationChoice.is_on).where(
        NotificationChoice.kind == kind.name, NotificationChoice.channel == channel
    )
    given = {row.user_id: row.is_on for row in session.execute(query)}
    return {user_id for user_id in people if given.get(user_id, default(kind, channel))}


def choose(session: Session, kinds: Kinds, *, user_id: int, wanted: Wanted) -> None:
    """Keeps what a person chose; what is as by default is not kept, so that a better default reaches them.

    Raises:
        Invalid: on `quiet_from`, `most_letters`, `most_pushes` or `digest`.
    """
    if not (0 <= wanted.quiet_from <= 23 and 0 <= wanted.quiet_until <= 23):
        raise Invalid("quiet_from", Text("Please choose an hour of the day."))
    for name, number in (("most_letters", wanted.most_letters), ("most_pushes", wanted.most_pushes)):
        if number not in MOST_LETTERS:
            raise Invalid(name, Text("Please choose one of the numbers."))
    if wanted.digest not in RHYTHMS:
        raise Invalid("digest", Text("Please choose one of these."))
    session.execute(delete(NotificationChoice).where(NotificationChoice.user_id == user_id))
    for kind in kinds.personal:
        for channel in CHANNELS:
            is_on = (kind.name, channel) in wanted.on
            if is_on != default(kind, channel):
                session.add(NotificationChoice(user_id=user_id, kind=kind.name, channel=channel, is_on=is_on))
    kept = settings_of(session, user_id)
    kept.wants_letters, kept.wants_newsletter = wanted.letters, wanted.newsletter
    kept.wants_figures = wanted.figures
    kept.quiet_from, kept.quiet_until = wanted.quiet_from, wanted.quiet_until
    kept.most_letters, kept.most_pushes = wanted.most_letters, wanted.most_pushes
    _set_rhythm(session, kept, wanted.digest)
    session.add(kept)


def _set_rhythm(session: Session, kept: MessageSettings, rhythm: str) -> None:
    """Keeps how often the digest comes; when the next one is due is then worked out anew by `digest_turns`."""
    if kept.digest != rhythm:
        kept.digest = rhythm
        session.execute(update(DigestTurn).where(DigestTurn.user_id == kept.user_id).values(on=None, due_at=None))


def stop(session: Session, *, user_id: int, letters: str) -> None:
    """A person wants no more of these letters, one of `KINDS_OF_LETTERS`; twice is once."""
    if session.get(User, user_id) is None:
        return
    kept = settings_of(session, user_id)
    if letters == DIGEST:
        _set_rhythm(session, kept, NEVER)
    else:
        setattr(kept, f"wants_{letters}", False)
    session.add(kept)


def zone_of(user: User) -> ZoneInfo:
    """A person's time zone; UTC when what is kept is none."""
    try:
        return ZoneInfo(user.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def end_of_quiet(user: User, kept: MessageSettings, now: datetime) -> datetime | None:
    """When a person's quiet hours end, if they are under way."""
    if kept.quiet_from == kept.quiet_until:
        return None
    here = now.astimezone(zone_of(user))
    hour = here.hour
    over_night = kept.quiet_from > kept.quiet_until
    is_quiet = (
        (hour >= kept.quiet_from or hour < kept.quiet_until)
        if over_night
        else kept.quiet_from <= hour < kept.quiet_until
    )
    if not is_quiet:
        return None
    days = 1 if over_night and hour >= kept.quiet_from else 0
    return at_hour(user, here, kept.quiet_until, days=days)


def at_hour(user: User, here: datetime, hour: int, *, days: int = 0) -> datetime:
    """So many days from a moment, at an hour of the person's own day."""
    day = (here.astimezone(zone_of(user)) + timedelta(days=days)).date()
    return at_clock(user, day, hour)


def at_clock(user: User, day: date, hour: int) -> datetime:
    """An hour of a day where the person is."""
    return datetime.combine(day, time(hour), tzinfo=zone_of(user)).astimezone(UTC)


def start_of_day(user: User, now: datetime) -> datetime:
    """Midnight in the person's zone."""
    return at_hour(user, now, 0)
