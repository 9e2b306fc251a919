"""What insights holds about a person who reads them: views they saved, files they asked for, and letters they got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.insights.file_models import FigureFile
from advocacy.insights.models import MonthlyLetter
from advocacy.insights.view_models import SavedView
from advocacy.people.privacy import Holding, rows


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    files = select(FigureFile).where(FigureFile.asked_by == user_id).order_by(FigureFile.id)
    letters = select(MonthlyLetter).where(MonthlyLetter.user_id == user_id).order_by(MonthlyLetter.month)
    views = select(SavedView).where(SavedView.owner_id == user_id).order_by(SavedView.id)
    return {
        "files_of_figures": rows(session, files),
        "monthly_letters": rows(session, letters),
        "saved_views": rows(session, views),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    session.execute(delete(FigureFile).where(FigureFile.asked_by == user_id))
    session.execute(delete(SavedView).where(SavedView.owner_id == user_id))
    session.execute(delete(MonthlyLetter).where(MonthlyLetter.user_id == user_id))


HOLDING = Holding(area="insights", export=_export, erase=_erase)
"""The files themselves go with the next sweep, for no row needs them any more."""
