"""What the programme holds about a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.people.privacy import Holding, rows
from advocacy.programme.goal_models import GoalFigure
from advocacy.programme.models import Programme, ProgrammeFollower
from advocacy.programme.step_models import PlanComment, PlanStep
from advocacy.programme.touchpoint_models import Touchpoint


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    return {
        "plans_followed": rows(session, select(ProgrammeFollower).where(ProgrammeFollower.user_id == user_id)),
        "programmes_owned": rows(session, select(Programme).where(Programme.owner_id == user_id)),
        "steps_owned": rows(session, select(PlanStep).where(PlanStep.owner_id == user_id)),
        "touchpoints_owned": rows(session, select(Touchpoint).where(Touchpoint.owner_id == user_id)),
        "comments_on_plans": rows(session, select(PlanComment).where(PlanComment.user_id == user_id)),
        "figures_entered": rows(session, select(GoalFigure).where(GoalFigure.entered_by == user_id)),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    session.execute(delete(ProgrammeFollower).where(ProgrammeFollower.user_id == user_id))
    for table in (Programme, PlanStep, Touchpoint):
        session.execute(update(table).where(table.owner_id == user_id).values(owner_id=None))


HOLDING = Holding(area="programme", export=_export, erase=_erase)
"""Comments stay, as a former colleague's; goals, steps and figures are the company's."""
