"""Whether the hub is well: settings, database, clock, workers, mail, networks; each with what to do."""

from __future__ import annotations

import enum
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from advocacy.base import forwarded, leases, retention
from advocacy.base.house import House
from advocacy.base.mail import Post
from advocacy.base.text import Text
from advocacy.insights import checking
from advocacy.library.source_models import Source
from advocacy.messages import chat_channels
from advocacy.people.models import Role, User, UserRole, UserState
from advocacy.reach import countries, follower_health, importing
from advocacy.reach.journal import folder
from advocacy.sharing import costs, places
from advocacy.sharing.cost_models import NetworkTrouble
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.tasks import BrokerAway, Tasks
from config import Settings

QUIET = timedelta(seconds=30)
"""A clock or worker that was not heard of for this long is taken for gone; they report every two seconds."""
BEHIND = timedelta(minutes=2)
LITTLE_MONEY = 0.1
"""Part of a month's budget that is left, below which the operator is warned."""
OLD_DATABASE = timedelta(days=90)
"""Since a database of countries was built: addresses change hands."""
FEW_FAIL, MANY_FAIL = 5, 0.2
"""Accounts, and part of all, whose followers cannot be read before the operator is told: single ones end every day."""
LITTLE_ROOM = 500 * 1024 * 1024
"""Bytes free on the disk below which the operator is warned."""


class Verdict(enum.StrEnum):
    """How a thing stands."""

    FINE = "fine"
    LOOK = "look"
    """It works, and somebody should look at it."""
    BROKEN = "broken"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Args:
        name: what it is.
        verdict: how it stands.
        says: what was found.
        advice: what to do; None when nothing.
    """

    name: Text
    verdict: Verdict
    says: Text
    advice: Text | None = None


def examine(house: House) -> list[Check]:
    """Looks at everything. Never raises: what cannot be looked at is a finding.

    Args:
        house: whose parts are looked at.
    """
    checks = [*_address(house), *_proxies(house), *_disk(house), *_countries(house)]
    database = _database(house)
    checks.append(database)
    if database.verdict is Verdict.BROKEN:
        return checks
    with house.db.reading() as session:
        now = house.db.now(session)
        checks.append(_process(session, now, kind="clock", name=Text("Clock")))
        checks.append(_process(session, now, kind="worker", name=Text("Worker")))
        checks += [_people(session), _shares(session, house.clock.now()), _sources(session)]
        checks += [_clicks(house, session), _sums(session), *_kept(session)]
        checks += _followers(house, session)
        checks += [*_spending(house, session), *_troubles(house, session), *_places(house, session, now)]
        checks += _chat(session)
    return [*checks, *_broker(house), _mail(house), _networks(house)]


def worst(checks: list[Check]) -> Verdict:
    """How the hub stands as a whole: as its worst part."""
    order = [Verdict.FINE, Verdict.LOOK, Verdict.BROKEN]
    return max((check.verdict for check in checks), key=order.index, default=Verdict.FINE)


def is_alive(house: House) -> bool:
    """Whether the database answers: what a load balancer asks."""
    return _database(house, deeply=False).verdict is not Verdict.BROKEN


def _address(house: House) -> Iterator[Check]:
    settings = house.part(Settings)
    name, host = Text("Public address"), urlsplit(settings.address).hostname or ""
    if host in ("localhost", "127.0.0.1", "::1"):
        yield Check(
            name,
            Verdict.LOOK,
            Text("{address}: links that people share lead nowhere outside this machine.", address=settings.address),
            Text("For a company, set PUBLIC_URL to the https:// address that everybody reaches."),
        )
    elif not settings.is_https:
        yield Check(
            name,
            Verdict.LOOK,
            Text("{address} is not encrypted.", address=settings.address),
            Text("Put a proxy with HTTPS in front, set PUBLIC_URL to its https:// address and TRUSTED_PROXIES to 1."),
        )
    else:
        yield Check(name, Verdict.FINE, Text("{address}", address=settings.address))


def _proxies(house: House) -> Iterator[Check]:
    settings, name = house.part(Settings), Text("Proxies in front")
    advice = Text(
        "Set TRUSTED_PROXIES to the number of proxies in front (1 for a single nginx, Caddy or load balancer), let them "
        "set X-Forwarded-For, and start the hub again."
    )
    consequence = Text(
        "All visitors seem to come from one address: most clicks are filtered as a burst, and failed sign-ins of one "
        "person hold up everybody."
    )
    if settings.trusted_proxies:
        yield Check(name, Verdict.FINE, Text("{count} are believed.", count=settings.trusted_proxies))
    elif forwarded.was_noticed(settings.data_dir, now=house.clock.now()):
        says = Text(
            "A proxy passes requests on, but TRUSTED_PROXIES is not set. {consequence}", consequence=consequence
        )
        yield Check(name, Verdict.LOOK, says, advice)
    elif settings.is_https:
        says = Text(
            "PUBLIC_URL is an https:// address, which takes a proxy, but TRUSTED_PROXIES is not set. {consequence}",
            consequence=consequence,
        )
        yield Check(name, Verdict.LOOK, says, advice)
    else:
        yield Check(name, Verdict.FINE, Text("None is expected."))


def _disk(house: House) -> Iterator[Check]:
    folder = house.part(Settings).data_dir
    name = Text("Disk")
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        yield Check(
            name,
            Verdict.BROKEN,
            Text("{folder} cannot be used: {why}", folder=str(folder), why=error.strerror or ""),
            Text("Set DATA_DIR to a folder that the hub may write to."),
        )
        return
    says = Text("{megabytes} MB free in {folder}", megabytes=free // 1024 // 1024, folder=str(folder))
    if free < LITTLE_ROOM:
        yield Check(name, Verdict.LOOK, says, Text("Make room: clicks and pictures are written there."))
    else:
        yield Check(name, Verdict.FINE, says)


def _countries(house: House) -> Iterator[Check]:
    path, name = house.part(Settings).country_database, Text("Countries of visits")
    if not path:
        return
    try:
        about = countries.supplied(path)
    except countries.Unusable as error:
        yield Check(
            name,
            Verdict.LOOK,
            Text("{path} cannot be used: {why}. Clicks are counted without a country.", path=path, why=str(error)),
            Text("Set COUNTRY_DATABASE to a file in MaxMind's format that the hub may read, and start it again."),
        )
        return
    says = Text(
        "{kind}, built on {day}, in {path}", kind=about.kind, day=about.built_at.date().isoformat(), path=path
    )
    if house.clock.now() - about.built_at > OLD_DATABASE:
        yield Check(name, Verdict.LOOK, says, Text("It is old. Put a newer one there and start the hub again."))
    else:
        yield Check(name, Verdict.FINE, says)


def _database(house: House, *, deeply: bool = True) -> Check:
    from advocacy import migrating  # brings Alembic along, which no page needs but this one

    name = Text("Database")
    kind = "SQLite" if house.db.is_sqlite else "PostgreSQL"
    try:
        with house.db.reading() as session:
            house.db.now(session)
        if deeply and not migrating.is_current(house.db):
            return Check(
                name,
                Verdict.BROKEN,
                Text("{kind} answers, but its tables are of another version.", kind=kind),
                Text("Run: python -m advocacy migrate"),
            )
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Check(
            name,
            Verdict.BROKEN,
            Text("{kind} does not answer: {why}", kind=kind, why=why),
            Text("Start the database, or mend DATABASE_URL."),
        )
    return Check(name, Verdict.FINE, Text("{kind} answers.", kind=kind))


def _process(session: Session, now: datetime, *, kind: str, name: Text) -> Check:
    last = leases.newest_beat(session, kind=kind)
    if last is not None and now - last < QUIET:
        return Check(
            name, Verdict.FINE, Text("It was heard of {seconds} s ago.", seconds=int((now - last).total_seconds()))
        )
    says = (
        Text("It never ran here.")
        if last is None
        else Text("It was last heard of at {moment} UTC.", moment=f"{last:%Y-%m-%d %H:%M}")
    )
    return Check(
        name,
        Verdict.BROKEN,
        says,
        Text("Nothing is published or read without it. Run: python -m advocacy serve (or {kind})", kind=kind),
    )


def _people(session: Session) -> Check:
    name = Text("Administrators")
    count = (
        session.scalar(
            select(func.count())
            .select_from(UserRole)
            .join(User, User.id == UserRole.user_id)
            .where(UserRole.role == Role.ADMIN, User.state == UserState.ACTIVE)
        )
        or 0
    )
    if count:
        return Check(name, Verdict.FINE, Text("{count} can sign in.", count=count))
    return Check(
        name,
        Verdict.LOOK,
        Text("Nobody can administer the hub."),
        Text("Run: python -m advocacy create-user --role admin --email you@example.com --name 'Your Name'"),
    )


def _shares(session: Session, now: datetime) -> Check:
    name = Text("Publishing")
    late = (
        session.scalar(
            select(func.count()).where(Share.state == ShareState.SCHEDULED, Share.next_attempt_at < now - BEHIND)
        )
        or 0
    )
    asking = (
        session.scalar(
            select(func.count()).where(or_(Share.state == ShareState.UNCONFIRMED, Share.state == ShareState.MISSED))
        )
        or 0
    )
    if late:
        return Check(
            name,
            Verdict.LOOK,
            Text("{count} shares should have gone out more than two minutes ago.", count=late),
            Text("Look whether a worker runs, and whether it keeps up: WORKER_THREADS, or more workers."),
        )
    return Check(
        name, Verdict.FINE, Text("Nothing is late. {count} shares wait for their person's answer.", count=asking)
    )


def _clicks(house: House, session: Session) -> Check:
    name, now = Text("Clicks"), house.clock.now()
    journal = importing.health(session, house.clock, directory=folder(house.part(Settings).data_dir))
    if journal.lost or journal.unreadable:
        return Check(
            name,
            Verdict.LOOK,
            Text("{count} clicks of the last week could not be counted.", count=journal.lost + journal.unreadable),
            Text("Visitors were sent on all the same. Look whether the disk was full; the log says when and why."),
        )
    if journal.waiting_bytes and (journal.newest_import is None or now - journal.newest_import > BEHIND):
        return Check(
            name,
            Verdict.LOOK,
            Text("{kilobytes} kB of clicks wait to be counted.", kilobytes=journal.waiting_bytes // 1024 + 1),
            Text("They are safe on disk. Look whether a worker runs on this machine."),
        )
    return Check(name, Verdict.FINE, Text("Every click is counted within seconds."))


def _sums(session: Session) -> Check:
    name, last = Text("Sums"), checking.newest(session)
    if last is None:
        return Check(
            name, Verdict.FINE, Text("They are compared with the single posts, clicks and points each night.")
        )
    at, found = f"{last[0]:%Y-%m-%d %H:%M}", last[1]
    if found.is_fine:
        return Check(
            name,
            Verdict.FINE,
            Text("On {moment} UTC all agreed with the single posts, clicks and points.", moment=at),
        )
    return Check(
        name,
        Verdict.LOOK,
        Text(
            "On {moment} UTC sums of {days} days, of {people} people and of {months} months did not agree with the single "
            "posts, clicks and points.",
            moment=at,
            days=found.wrong_days,
            people=found.wrong_people,
            months=found.wrong_months,
        ),
        Text("They have been made anew. The log says which; if it happens again, report it."),
    )


def _followers(house: House, session: Session) -> Iterator[Check]:
    """The daily reading of how many follow linked accounts, and networks that asked us to read figures later."""
    name, going = Text("Followers"), follower_health.going(session, now=house.clock.now())
    says = Text(
        "{read} of {accounts} linked accounts were read today. {failing} could not be read when last tried.",
        read=going.read,
        accounts=going.accounts,
        failing=going.failing,
    )
    if going.late:
        late = Text("{count} linked accounts should have been read hours ago.", count=going.late)
        yield Check(name, Verdict.LOOK, late, Text("Look whether a worker runs, and whether it keeps up."))
    elif going.failing >= max(FEW_FAIL, going.accounts * MANY_FAIL):
        advice = Text(
            "They are tried again by themselves, and each person sees why on their own page. The log says more."
        )
        yield Check(name, Verdict.LOOK, says, advice)
    else:
        yield Check(name, Verdict.FINE, says)
    for pause in going.pauses:
        label = house.part(Networks).label(pause.network)
        where = Text("{network} at {server}", network=label, server=pause.server) if pause.server else label
        says = Text("It asked us not to read figures before {moment} UTC.", moment=f"{pause.until:%Y-%m-%d %H:%M}")
        yield Check(
            where, Verdict.LOOK, says, Text("Nothing needs to be done: they are read by themselves afterwards.")
        )


def _kept(session: Session) -> Iterator[Check]:
    """What was removed because it is older than the company keeps it."""
    names = {retention.CLICKS: Text("Old clicks"), retention.EVENTS: Text("Old events")}
    for kind, row in retention.in_force(session).items():
        if row.gone_before is None:
            says = Text("None was removed so far.")
        else:
            says = Text(
                "Those of before {day} are not kept; {count} were removed so far. Sums and points stay.",
                day=row.gone_before.isoformat(),
                count=row.removed,
            )
        yield Check(names[kind], Verdict.FINE, says)


def _sources(session: Session) -> Check:
    name = Text("Sources")
    active = session.scalar(select(func.count()).where(Source.active)) or 0
    failing = session.scalar(select(func.count()).where(Source.active, Source.failures >= 3)) or 0
    if failing:
        return Check(
            name,
            Verdict.LOOK,
            Text("{failing} of {active} sources have failed three times or more.", failing=failing, active=active),
            Text("Open Library > Sources: each says what is wrong with it."),
        )
    return Check(name, Verdict.FINE, Text("{active} sources are read.", active=active))


def _broker(house: House) -> Iterator[Check]:
    tasks, name = house.part(Tasks), Text("Task broker")
    if not tasks.broker:
        return
    try:
        waiting = tasks.waiting()
    except BrokerAway:
        yield Check(
            name,
            Verdict.LOOK,
            Text("{kind} does not answer. Meanwhile each worker carries out what it claims.", kind=tasks.broker),
            Text("Start it, or mend TASK_BROKER_URL. Nothing is lost: the database knows what is to be done."),
        )
    else:
        yield Check(
            name,
            Verdict.FINE,
            Text("{kind} answers. {count} pieces of work wait in its queue.", kind=tasks.broker, count=waiting),
        )


def _mail(house: House) -> Check:
    post = house.part(Post)
    if post.is_kept_in_files:
        return Check(
            Text("Mail"),
            Verdict.LOOK,
            Text("No mail server: letters are kept as files in {folder}.", folder=str(post.folder)),
            Text("Set SMTP_URL and MAIL_FROM, so that invitations and password resets arrive."),
        )
    return Check(Text("Mail"), Verdict.FINE, Text("Letters go out through the company's mail server."))


def _spending(house: House, session: Session) -> Iterator[Check]:
    """How much of the month's budget is left, for each network that charges."""
    for network in house.part(Networks).connectable():
        connector = house.part(Networks).api(network.name)
        if not connector.currency:
            continue
        name, purse = Text("Spending: {network}", network=connector.label), costs.purse(session, house.db, connector)
        amounts = {"used": costs.money(purse.used), "currency": purse.currency}
        if purse.budget is None or purse.left is None:
            says = Text("{used} {currency} used this month, without a limit.", **amounts)
            advice = Text(
                "Set {setting} to an amount in {currency}, so that the hub stops before it is passed.",
                setting=f"{connector.name.upper()}_MONTHLY_BUDGET",
                currency=purse.currency,
            )
            yield Check(name, Verdict.LOOK, says, advice)
            continue
        says = Text(
            "{used} of {budget} {currency} used this month, {left} left.",
            budget=costs.money(purse.budget),
            left=costs.money(purse.left),
            **amounts,
        )
        if purse.left > purse.budget * LITTLE_MONEY:
            yield Check(name, Verdict.FINE, says)
        else:
            advice = Text(
                "Posts and figures wait for the next month, or for a higher {setting}.",
                setting=f"{connector.name.upper()}_MONTHLY_BUDGET",
            )
            yield Check(name, Verdict.LOOK, says, advice)


def _troubles(house: House, session: Session) -> Iterator[Check]:
    """Networks that refuse us until an administrator has put something in order there."""
    for row in session.scalars(select(NetworkTrouble).order_by(NetworkTrouble.network)):
        says = Text(
            "{reason} Since {moment} UTC.", reason=Text.from_json(row.reason), moment=f"{row.since:%Y-%m-%d %H:%M}"
        )
        label = house.part(Networks).label(row.network)
        yield Check(
            label, Verdict.LOOK, says, Text("Shares wait meanwhile, and go out by themselves once it is in order.")
        )


def _places(house: House, session: Session, now: datetime) -> Iterator[Check]:
    """Networks, or servers of one, that do not answer or asked all of us to wait."""
    for one in places.troubles(session, now):
        label = house.part(Networks).label(one.network)
        name = Text("{network} at {server}", network=label, server=one.server) if one.server else label
        advice = Text("Nothing needs to be done: shares wait, and go out by themselves once it takes them again.")
        yield Check(name, Verdict.LOOK, one.says(), advice)


def _chat(session: Session) -> Iterator[Check]:
    """Channels of the company that do not take what they are told."""
    for channel in chat_channels.every(session):
        if channel.failure:
            why = Text.from_json(channel.failure)
            yield Check(Text("{channel}", channel=channel.name), Verdict.LOOK, why, Text("See Admin > Chat."))


def _networks(house: House) -> Check:
    awake = ", ".join(str(network.label) for network in house.part(Networks).connectable())
    return Check(
        Text("Networks"), Verdict.FINE, Text("Awake: {networks}; share links for the others.", networks=awake)
    )
