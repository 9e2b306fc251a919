"""What insights holds about a person who reads them: the files they asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.insights.file_models import FigureFile
from advocacy.people.privacy import Holding, rows


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    files = select(FigureFile).where(FigureFile.asked_by == user_id).order_by(FigureFile.id)
    return {"files_of_figures": rows(session, files)}


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    session.execute(delete(FigureFile).where(FigureFile.asked_by == user_id))


HOLDING = Holding(area="insights", export=_export, erase=_erase)
"""The files themselves go with the next sweep, for no row needs them any more."""
