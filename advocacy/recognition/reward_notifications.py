"""What recognition tells people of: what became of the rewards they asked for."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.people.models import Role, UserRole

_ANSWERS = {
    "redemption.granted": Text("A reward that you asked for is agreed to."),
    "redemption.declined": Text("A reward that you asked for was declined. Your points are back, with the reason."),
    "redemption.handed_out": Text("A reward of yours is noted as handed out."),
}


def _answer(_session: Session, happened: Event) -> Told | None:
    if "user_id" not in happened.data:
        return None
    title = str(happened.data["title"])
    return Told([int(happened.data["user_id"])], _ANSWERS[happened.kind], "/rewards/mine", about=title)


def _asked(session: Session, happened: Event) -> Told | None:
    if "title" not in happened.data:
        return None
    who = select(UserRole.user_id).where(UserRole.role.in_([Role.LEADER, Role.ADMIN])).distinct()
    return Told(
        list(session.scalars(who)),
        Text("A colleague asks for a reward. Please decide."),
        "/rewards/asked",
        about=str(happened.data["title"]),
        bundle="rewards:asked",
        together=Text("{count} colleagues ask for rewards. Please decide."),
    )


KINDS = (
    Kind("reward_answer", frozenset(_ANSWERS), Text("Rewards I asked for"), _answer, "gift"),
    Kind(
        "reward_asked",
        frozenset({"redemption.asked"}),
        Text("Rewards that colleagues ask for"),
        _asked,
        "gift",
        by_mail=False,
    ),
)
