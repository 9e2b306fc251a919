"""The monthly letter for leaders: last month's figures of the company beside the month before's, written once.

It tells of the company as a whole, so nothing of single people, and leads to the pages where each figure opens down to
its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.letters import Letter, Section
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.insights import headcounts, overview, periods
from advocacy.insights.models import MonthlyLetter
from advocacy.insights.overview import Key
from advocacy.insights.periods import Span
from advocacy.insights.scope import Scope
from advocacy.messages import choices, digest_turns, unsubscribing
from advocacy.people import outbox
from advocacy.people.models import Role, User, UserRole, UserState
from config import Settings

LATE = 3
"""Days after the first working one on which it is still written, where the hub was away that morning."""
USEFUL_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Months:
    """A month that is over, and the one before it."""

    span: Span
    before: Span
    now: Key
    then: Key


def first_working_day(month: date) -> date:
    """The first Monday to Friday of a month; a country's holidays are not known.

    Args:
        month: any day of it.
    """
    day = month.replace(day=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def tick(house: House) -> int:
    """Writes to every leader whose morning it is and who was not written to about that month. A job.

    Any number of workers may, and each may be killed: the letter and the note that it was written stand in one
    transaction, and there is room for one note a person and month.

    Returns:
        How many letters were put.
    """
    now, put = house.clock.now(), 0
    with house.db.reading() as session:
        waiting = [user for user in _leaders(session) if _is_morning(session, user, now)]
        told: dict[date, Months] = {}
        letters = []
        for user in waiting:
            month = _last_month(user, now)
            if session.get(MonthlyLetter, (user.id, month.first)) is not None:
                continue
            if month.first not in told:
                told[month.first] = figures(session, month, now=now)
            letter = written(house, user, told[month.first])
            if letter is not None and not outbox.paused(session, [user.email]):
                letters.append((user, month.first, letter))
    for user, first, letter in letters:
        put += _put(house, user, first, letter)
    return put


def _leaders(session: Session) -> Sequence[User]:
    """Who may read the figures because leading is their job."""
    query = select(User).join(UserRole, UserRole.user_id == User.id)
    return session.scalars(
        query.where(UserRole.role == Role.LEADER, User.state == UserState.ACTIVE).order_by(User.id)
    ).all()


def _is_morning(session: Session, user: User, now: datetime) -> bool:
    here = now.astimezone(choices.zone_of(user))
    first = first_working_day(here.date())
    if not first <= here.date() <= first + timedelta(days=LATE) or here.weekday() > 4:
        return False
    kept = choices.settings_of(session, user.id)
    at = digest_turns.morning(user, kept, here.date())
    return kept.wants_figures and at <= now <= at + digest_turns.LATEST


def _last_month(user: User, now: datetime) -> Span:
    first = now.astimezone(choices.zone_of(user)).date().replace(day=1)
    return periods.month_of(first - timedelta(days=1))


def figures(session: Session, month: Span, *, now: datetime) -> Months:
    """The company's figures of a month and of the one before.

    Args:
        session: for reading.
        month: a whole one that is over.
        now: the present moment.
    """
    before = periods.month_of(month.first - timedelta(days=1))
    return Months(month, before, _key(session, month, now), _key(session, before, now))


def _key(session: Session, span: Span, now: datetime) -> Key:
    return overview.key(session, Scope(span=span), headcounts.by_team(session, span=span, now=now))


def written(house: House, user: User, told: Months) -> Letter | None:
    """The letter as it would be; None when nothing was shared or followed in either month.

    Args:
        house: its address and sealer.
        user: whom it is for.
        told: the figures.
    """
    if not any(key.posts.measured or key.posts.claimed or key.clicks.raw for key in (told.now, told.then)):
        return None
    address = house.part(Settings).address
    month, before = (format_date(span.first, "LLLL y", locale=user.locale) for span in (told.span, told.before))
    days = f"period=custom&from={told.span.first}&to={told.span.last}"
    return Letter(
        subject=Text("What sharing achieved in {month}", month=month),
        lines=(
            Text("Hello {name},", name=user.name.split()[0]),
            Text(
                "these are the company's figures of {month}, each beside that of {before}. Days are counted in UTC.",
                month=month,
                before=before,
            ),
        ),
        sections=_sections(user, told, before=before, address=address, days=days),
        button=(Text("Open the summary"), f"{address}/insights/summary?{days}"),
        after=(
            Text(
                "Measured, estimated and self-reported figures are never added up. What a network does not tell is not "
                "available, and never 0."
            ),
            Text("You choose whether this letter comes: {address}", address=f"{address}/me/messages"),
        ),
        unsubscribe=unsubscribing.link(house.part(Sealer), address=address, user_id=user.id, letters=choices.FIGURES),
    )


def _sections(user: User, told: Months, *, before: str, address: str, days: str) -> tuple[Section, ...]:
    def number(value: int) -> str:
        return format_decimal(value, locale=user.locale)

    def section(name: Text, basis: Text, value: int, then: int, label: Text, path: str) -> Section:
        return Section(
            heading=Text("{words}", words=number(value)),
            above=name,
            lines=(
                Text("In {before}: {value}.", before=before, value=number(then)),
                basis,
            ),
            button=(label, f"{address}/insights{path}{'&' if '?' in path else '?'}{days}"),
        )

    now, then = told.now, told.then
    measured, posts = Text("Measured."), Text("Look at the posts")
    found = [
        section(
            Text("People who shared"),
            measured,
            now.adoption.shared,
            then.adoption.shared,
            Text("Look at the teams"),
            f"/teams?month={told.span.first:%Y-%m}",
        ),
        section(
            Text("Posts that went out"),
            measured,
            now.posts.measured,
            then.posts.measured,
            posts,
            "/posts?which=measured",
        ),
        section(
            Text("Clicks by people"),
            measured,
            now.clicks.human,
            then.clicks.human,
            Text("Look at the clicks"),
            "/clicks?which=human",
        ),
        section(
            Text("Visitors"),
            Text("Estimated: counted once a day for each link."),
            now.clicks.unique_visitors,
            then.clicks.unique_visitors,
            Text("Look at all figures"),
            "",
        ),
    ]
    if now.posts.claimed or then.posts.claimed:
        claimed = section(
            Text("Posts people told us of"),
            Text("Self-reported."),
            now.posts.claimed,
            then.posts.claimed,
            posts,
            "/posts?which=claimed",
        )
        found.insert(2, claimed)
    return tuple(found)


def _put(house: House, user: User, month: date, letter: Letter) -> bool:
    try:
        with house.db.transaction() as session:
            session.add(MonthlyLetter(user_id=user.id, month=month, written_at=house.clock.now()))
            session.flush()
            outbox.put(
                session,
                house.clock,
                house.part(Sealer),
                to=user.email,
                kind="figures",
                letter=letter,
                locale=user.locale,
                useful_for=USEFUL_FOR,
                is_once=True,
            )
    except IntegrityError:
        return False  # another worker wrote it, or they erased themselves meanwhile
    return True
