"""Notices in a newsletter, for those whom they are for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.blocks import Block, Drawn
from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.voice import notices
from advocacy.voice.models import Notice


def _offered(session: Session, _clock: Clock) -> list[tuple[int, str]]:
    query = select(Notice).where(Notice.withdrawn_at.is_(None)).order_by(Notice.id.desc()).limit(20)
    return [(notice.id, notice.title) for notice in session.scalars(query)]


def _draw(session: Session, _clock: Clock, user: User, notice_id: int) -> Drawn | None:
    try:
        notice = notices.get(session, user=user, notice_id=notice_id).notice
    except NotFound:
        return None
    return Drawn(notice.title, "", f"/company/notices/{notice.id}", Text("Read the notice"))


BLOCK = Block("notice", Text("Notices"), _offered, _draw)
