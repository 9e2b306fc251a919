"""Which kudos stand on the wall, and with whose name: what each receiver chose, kept ready so that the wall reads one index.

A name stands only where its owner wants it. Words that hold part of the name of somebody who does not are kept off
the wall altogether, for they would tell it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from advocacy.library.search import fold
from advocacy.people.models import User, UserState
from advocacy.recognition.kudos_models import Kudos, KudosReceiver, RecognitionChoice

_WORD = re.compile(r"\w+")
SHORTEST = 3
"""Letters of a part of a name that is looked for: "Jo" and "Bo" are words too."""


def names(words: str, name: str) -> bool:
    """Whether words hold a part of a person's name, also without its accents ("Oystein" for "Øystein").

    Nobody can list every nickname: what this misses, whoever is thanked can say, see `kudos.names_me`.
    """
    said = set(_WORD.findall(fold(words)))
    parts = _WORD.findall(fold(name))
    longest = [part for part in parts if len(part) >= SHORTEST] or parts
    # Also with what languages hang to a name: "Karis", "Kari's".
    return any(word == part or word == part + "s" for part in longest for word in said)


def settle(session: Session, kudos_ids: Sequence[int]) -> None:
    """Works out anew who shows on these kudos, and whether they stand on the wall."""
    people = select(KudosReceiver.user_id).where(KudosReceiver.kudos_id.in_(list(kudos_ids)))
    hold(session, list(session.scalars(people)))
    _settle(session, list(kudos_ids))


def hold(session: Session, user_ids: Sequence[int]) -> None:
    """Lets nobody change what these people chose until the transaction ends.

    Else what is worked out from a choice could be written after its owner had taken it back. First what is chosen,
    then the kudos: whoever comes the other way waits for ever.
    """
    chosen = select(RecognitionChoice.user_id).where(RecognitionChoice.user_id.in_(list(user_ids)))
    session.execute(chosen.order_by(RecognitionChoice.user_id).with_for_update()).all()


def follow(session: Session, user_id: int) -> None:
    """Takes over a person's team, state and choices after one of them changed."""
    hold(session, [user_id])
    team_id = session.scalar(select(User.team_id).where(User.id == user_id))
    session.execute(update(KudosReceiver).where(KudosReceiver.user_id == user_id).values(team_id=team_id))
    of_person = select(KudosReceiver.kudos_id).where(KudosReceiver.user_id == user_id)
    _settle(session, list(session.scalars(of_person)))


def _settle(session: Session, kudos_ids: list[int], at_once: int = 500) -> None:
    for start in range(0, len(kudos_ids), at_once):
        some = kudos_ids[start : start + at_once]
        chose = (
            select(RecognitionChoice.kudos_public)
            .where(RecognitionChoice.user_id == KudosReceiver.user_id)
            .scalar_subquery()
        )
        is_here = exists().where(User.id == KudosReceiver.user_id, User.state == UserState.ACTIVE)
        wants = func.coalesce(KudosReceiver.is_public, chose, False)
        session.execute(
            update(KudosReceiver)
            .where(KudosReceiver.kudos_id.in_(some))
            .values(shows=case((and_(wants, is_here), True), else_=False))
            .execution_options(synchronize_session=False)
        )
        one = aliased(KudosReceiver)
        shown = exists().where(one.kudos_id == Kudos.id, one.shows)
        told = exists().where(one.kudos_id == Kudos.id, one.shows.is_(False), one.is_named)
        stands = and_(Kudos.hidden_at.is_(None), shown, ~told)
        session.execute(
            update(Kudos)
            .where(Kudos.id.in_(some), or_(Kudos.on_wall != stands))
            .values(on_wall=stands)
            .execution_options(synchronize_session=False)
        )
    for found in list(session.identity_map.values()):
        if isinstance(found, Kudos | KudosReceiver):
            session.expire(found)
