"""Kudos: a colleague thanks others. Whoever is thanked decides whether everybody reads it; the giver can take it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.events import Happening
from advocacy.base.text import Text
from advocacy.people.models import User, UserState
from advocacy.recognition import standing
from advocacy.recognition.kudos_models import CompanyValue, Kudos, KudosReceiver, KudosReport, RecognitionChoice

__all__ = ["Kudos"]

LONGEST = 1000
MOST_RECEIVERS = 10
MOST_A_DAY = 20
"""Kudos of one person in a day: thanks, not a mailing."""


def give(
    session: Session, clock: Clock, *, giver: User, to: Sequence[int], words: str, value_id: int, key: str
) -> Kudos:
    """Thanks colleagues.

    Args:
        session: inside a transaction.
        clock: tells when.
        giver: who thanks.
        to: ids of those who are thanked, 1 to 10.
        words: plain words, 1 to 1,000 characters.
        value_id: what of the company's values they showed.
        key: of the form, up to 60 characters: the same key again gives the same kudos and no second one.

    Returns:
        What was given.

    Raises:
        Invalid: on `to`, `message` or `value`.
    """
    # Whoever gives stands still meanwhile, so that two clicks or two tabs are counted one after the other.
    session.execute(select(User.id).where(User.id == giver.id).with_for_update()).all()
    already = session.scalar(select(Kudos).where(Kudos.request_key == key))
    if already is not None and already.giver_id == giver.id:
        return already
    receivers = _receivers(session, giver, to)
    said = words.replace("\r\n", "\n").strip()
    if not said:
        raise Invalid("message", Text("Please write what you want to thank for."))
    if len(said) > LONGEST:
        raise Invalid("message", Text("Please keep this below {count} characters.", count=LONGEST))
    value = session.get(CompanyValue, value_id)
    if value is None or not value.is_open:
        raise Invalid("value", Text("Please choose one."))
    now = clock.now()
    _check_day(session, giver, now)
    kudos = Kudos(giver_id=giver.id, value_id=value.id, words=said, given_at=now, request_key=key)
    session.add(kudos)
    session.flush()
    session.add_all(
        KudosReceiver(kudos_id=kudos.id, user_id=one.id, team_id=one.team_id, is_named=standing.names(said, one.name))
        for one in receivers
    )
    session.flush()
    standing.settle(session, [kudos.id])
    about = ("kudos", kudos.id)
    people = [one.id for one in receivers]
    events.record_all(
        session,
        clock,
        [
            Happening("kudos.given", about, {"receivers": people, "value_id": value.id}, giver.id),
            *(Happening("kudos.received", about, {"user_id": one}, giver.id) for one in people),
        ],
    )
    return kudos


def _receivers(session: Session, giver: User, to: Sequence[int]) -> list[User]:
    wanted = list(dict.fromkeys(to))
    if not wanted:
        raise Invalid("to", Text("Please choose whom you want to thank."))
    if giver.id in wanted:
        raise Invalid("to", Text("You cannot thank yourself here. A colleague will."))
    if len(wanted) > MOST_RECEIVERS:
        raise Invalid(
            "to", Text("At most {count} people at once, so that it stays a thank you.", count=MOST_RECEIVERS)
        )
    query = select(User).where(User.id.in_(wanted), User.state == UserState.ACTIVE).order_by(User.search_words)
    found = list(session.scalars(query))
    if len(found) < len(wanted):
        raise Invalid("to", Text("Somebody you chose is no longer here. Please look at the list again."))
    return found


def _check_day(session: Session, giver: User, now: datetime) -> None:
    begins = datetime.combine(_day(now), time(), UTC)
    today = select(func.count()).where(
        Kudos.giver_id == giver.id, Kudos.given_at >= begins, Kudos.given_at < begins + timedelta(days=1)
    )
    if (session.scalar(today) or 0) >= MOST_A_DAY:
        raise Invalid("to", Text("That is {count} today already. Please go on tomorrow.", count=MOST_A_DAY))


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def get(session: Session, *, kudos_id: int, reader: User, is_moderator: bool) -> Kudos:
    """Kudos that this person may read: on the wall, given or received by them; moderators also what is reported or hidden.

    Raises:
        NotFound: there is none, it was taken back, or it is between others.
    """
    kudos = session.get(Kudos, kudos_id)
    if kudos is not None and (
        kudos.on_wall
        or kudos.giver_id == reader.id
        or (is_moderator and (kudos.hidden_at is not None or is_reported(session, kudos_id=kudos_id)))
        or _received(session, kudos_id=kudos_id, user_id=reader.id) is not None
    ):
        return kudos
    raise _not_there()


def is_reported(session: Session, *, kudos_id: int) -> bool:
    """Whether somebody reported it and no curator has answered yet."""
    waits = exists().where(KudosReport.kudos_id == kudos_id, KudosReport.settled_at.is_(None))
    return bool(session.scalar(select(waits)))


def _not_there() -> NotFound:
    return NotFound(Text("We could not find that thank you. It may have been taken back, or it is between others."))


def _received(session: Session, *, kudos_id: int, user_id: int) -> KudosReceiver | None:
    return session.get(KudosReceiver, (kudos_id, user_id))


def remove(session: Session, clock: Clock, *, kudos_id: int, by: User) -> None:
    """Takes kudos away: the giver's own for everybody, a received one for oneself.

    What it earned is taken back. Nothing of the words stays; where the last of those who were thanked does not want
    it, it is gone.

    Raises:
        NotFound: there is none that this person gave or received.
    """
    kudos = get(session, kudos_id=kudos_id, reader=by, is_moderator=False)
    if kudos.giver_id == by.id:
        gone = list(session.scalars(select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == kudos.id)))
        session.delete(kudos)
    elif _received(session, kudos_id=kudos_id, user_id=by.id) is not None:
        gone = [by.id]
        leave(session, user_id=by.id, kudos_ids=[kudos.id])
    else:
        raise _not_there()
    _tell(session, clock, "kudos.removed", kudos_id, by=by.id, people=gone)


def leave(session: Session, *, user_id: int, kudos_ids: Sequence[int]) -> None:
    """Takes a receiver off kudos; where nobody else is left, or the words hold their name, it goes altogether."""
    for row in session.scalars(
        select(KudosReceiver).where(KudosReceiver.user_id == user_id, KudosReceiver.kudos_id.in_(list(kudos_ids)))
    ).all():
        others = select(func.count()).where(KudosReceiver.kudos_id == row.kudos_id, KudosReceiver.user_id != user_id)
        if row.is_named or not session.scalar(others):
            session.execute(delete(KudosReceiver).where(KudosReceiver.kudos_id == row.kudos_id))
            session.execute(delete(Kudos).where(Kudos.id == row.kudos_id))
        else:
            session.delete(row)
    session.flush()
    standing.settle(session, kudos_ids)


def choose(session: Session, clock: Clock, *, kudos_id: int, user: User, is_public: bool) -> None:
    """A receiver says whether this one stands on the wall with their name, whatever they chose for all.

    Raises:
        NotFound: they did not receive it.
    """
    row = _received(session, kudos_id=kudos_id, user_id=user.id)
    if row is None:
        raise _not_there()
    everybody = select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == kudos_id)
    standing.hold(session, list(session.scalars(everybody)))
    row.is_public = is_public
    session.flush()
    standing.settle(session, [kudos_id])
    events.record(
        session,
        clock,
        kind="kudos.choice_made",
        actor_id=user.id,
        subject=("kudos", kudos_id),
        data={"is_public": is_public},
    )


def names_me(session: Session, clock: Clock, *, kudos_id: int, user: User) -> None:
    """A receiver who does not stand on the wall says that the words tell who it is: they come off it then.

    Raises:
        NotFound: they did not receive it.
    """
    row = _received(session, kudos_id=kudos_id, user_id=user.id)
    if row is None:
        raise _not_there()
    row.is_named = True
    session.flush()
    standing.settle(session, [kudos_id])
    events.record(session, clock, kind="kudos.names_me", actor_id=user.id, subject=("kudos", kudos_id))


def choices(session: Session, *, user_id: int) -> RecognitionChoice:
    """What a person lets colleagues see; nothing until they chose."""
    found = session.get(RecognitionChoice, user_id)
    return found or RecognitionChoice(user_id=user_id, kudos_public=False, page_public=False)


def choose_for_all(session: Session, clock: Clock, *, user: User, kudos_public: bool, page_public: bool) -> None:
    """A person chooses what colleagues see of their recognition; what they chose for a single kudos stays."""
    before = choices(session, user_id=user.id)
    if (before.kudos_public, before.page_public) == (kudos_public, page_public):
        return
    session.merge(RecognitionChoice(user_id=user.id, kudos_public=kudos_public, page_public=page_public))
    session.flush()
    standing.follow(session, user.id)
    events.record(  # a choice about one's own data: the log can prove it
        session,
        clock,
        kind="user.recognition_chosen",
        actor_id=user.id,
        subject=("user", user.id),
        data={"kudos_public": kudos_public, "page_public": page_public},
    )


def check_moderates(session: Session, *, kudos_id: int, by: User) -> Kudos:
    """Kudos that this moderator may decide about.

    Raises:
        NotFound: it is neither on the wall nor reported nor hidden.
        NotAllowed: one's own: another moderator decides about it.
    """
    kudos = get(session, kudos_id=kudos_id, reader=by, is_moderator=True)
    if kudos.giver_id == by.id or _received(session, kudos_id=kudos_id, user_id=by.id) is not None:
        raise NotAllowed(Text("This one is about you. Ask another curator to look at it."))
    return kudos


def hide(session: Session, clock: Clock, *, kudos_id: int, by: User, reason: str) -> None:
    """A moderator hides kudos that is on the wall or reported; giver and receivers still see it, with the reason.

    Points for it go back, and whoever reported it is told.

    Raises:
        Invalid: on `reason`.
        NotFound: it is neither on the wall nor reported.
        NotAllowed: one's own: another moderator decides about it.
    """
    kudos = check_moderates(session, kudos_id=kudos_id, by=by)
    said = " ".join(reason.split())
    if not said or len(said) > 300:
        raise Invalid("reason", Text("Please say why, in 300 characters at most."))
    people = list(session.scalars(select(KudosReceiver.user_id).where(KudosReceiver.kudos_id == kudos_id)))
    open_ones = (KudosReport.kudos_id == kudos_id, KudosReport.settled_at.is_(None))
    reporters = list(session.scalars(select(KudosReport.user_id).where(*open_ones)))
    session.execute(update(KudosReport).where(*open_ones).values(settled_at=clock.now()))
    kudos.hidden_at, kudos.hidden_by, kudos.hidden_reason = clock.now(), by.id, said
    session.flush()
    standing.settle(session, [kudos_id])
    _tell(session, clock, "kudos.hidden", kudos_id, by=by.id, people=people, reporters=reporters)


def show_again(session: Session, clock: Clock, *, kudos_id: int, by: User) -> None:
    """A moderator takes back that they hid it; it stands where its receivers chose. Points stay taken back.

    Raises:
        NotFound: none that is hidden.
    """
    kudos = get(session, kudos_id=kudos_id, reader=by, is_moderator=True)
    if kudos.hidden_at is None:
        raise NotFound()
    kudos.hidden_at, kudos.hidden_by, kudos.hidden_reason = None, None, ""
    session.flush()
    standing.settle(session, [kudos_id])
    _tell(session, clock, "kudos.shown_again", kudos_id, by=by.id, people=[])


def _tell(
    session: Session,
    clock: Clock,
    kind: str,
    kudos_id: int,
    *,
    by: int,
    people: Sequence[int],
    reporters: Sequence[int] = (),
) -> None:
    data = {"receivers": list(people)} | ({"reporters": list(reporters)} if reporters else {})
    events.record(session, clock, kind=kind, actor_id=by, subject=("kudos", kudos_id), data=data)
