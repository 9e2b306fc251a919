"""What recognition holds about a person: points, which stay as counts with nobody's name; kudos they gave and received."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.people.privacy import Holding, rows
from advocacy.recognition import challenge_data, kudos, reward_data
from advocacy.recognition.badge_models import Absence, ActiveWeek, BadgeGiven, PersonCount
from advocacy.recognition.kudos_models import Kudos, KudosReceiver, KudosReport, RecognitionChoice
from advocacy.recognition.models import PointsEntry
from advocacy.recognition.story_models import Story, StoryPerson, StoryState


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    mine = select(PointsEntry).where(PointsEntry.user_id == user_id).order_by(PointsEntry.id)
    thanked = select(KudosReceiver.kudos_id).where(KudosReceiver.user_id == user_id)
    return {
        "points": rows(session, mine),
        "kudos_given": rows(
            session, select(Kudos).where(Kudos.giver_id == user_id).order_by(Kudos.id), without=("request_key",)
        ),
        "kudos_received": rows(
            session, select(Kudos).where(Kudos.id.in_(thanked)).order_by(Kudos.id), without=("request_key",)
        ),
        "choice_for_each_kudos": rows(session, select(KudosReceiver).where(KudosReceiver.user_id == user_id)),
        "kudos_reported": rows(session, select(KudosReport).where(KudosReport.user_id == user_id)),
        **reward_data.export(session, user_id),
        **challenge_data.export(session, user_id),
        "badges": rows(session, select(BadgeGiven).where(BadgeGiven.user_id == user_id)),
        "counts_for_badges": rows(session, select(PersonCount).where(PersonCount.user_id == user_id)),
        "active_weeks": rows(session, select(ActiveWeek).where(ActiveWeek.user_id == user_id)),
        "days_away": rows(session, select(Absence).where(Absence.user_id == user_id)),
        "stories_told": rows(session, select(Story).where(Story.user_id == user_id).order_by(Story.id)),
        "stories_that_name_me": rows(session, select(StoryPerson).where(StoryPerson.user_id == user_id)),
        "what_colleagues_see": rows(session, select(RecognitionChoice).where(RecognitionChoice.user_id == user_id)),
    }


def _erase(session: Session, clock: Clock, user_id: int) -> None:
    reward_data.erase(session, clock, user_id)
    challenge_data.erase(session, user_id)
    received = session.scalars(select(KudosReceiver.kudos_id).where(KudosReceiver.user_id == user_id)).all()
    kudos.leave(session, user_id=user_id, kudos_ids=received)
    session.execute(update(Kudos).where(Kudos.hidden_by == user_id).values(hidden_by=None))
    naming = select(StoryPerson.story_id).where(StoryPerson.user_id == user_id)
    session.execute(update(Story).where(Story.id.in_(naming)).values(state=StoryState.WITHDRAWN))
    session.execute(delete(StoryPerson).where(StoryPerson.user_id == user_id))
    session.execute(delete(Story).where(Story.user_id == user_id))
    session.execute(update(Story).where(Story.approved_by == user_id).values(approved_by=None))
    for table in (RecognitionChoice, KudosReport, BadgeGiven, PersonCount, ActiveWeek, Absence):
        session.execute(delete(table).where(table.user_id == user_id))


HOLDING = Holding(area="recognition", export=_export, erase=_erase)
"""What a person thanked others for stays theirs, as a former colleague's; what they were thanked for goes, and so do
the stories they told; a story that names them is withdrawn."""
