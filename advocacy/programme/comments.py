"""What people say about a plan or a step of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotAllowed, NotFound
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.programme import programmes
from advocacy.programme.step_models import PlanComment, PlanStep

LONGEST = 4_000


@dataclass(frozen=True)
class Said:
    """A comment and who wrote it."""

    comment: PlanComment
    writer: User


def page(
    session: Session, *, programme_id: int, step_id: int | None = None, after: str = "", size: int = 20
) -> Page[Said]:
    """What was said about a plan itself, or about a step; the newest first.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = (
        select(PlanComment, User)
        .join(User, User.id == PlanComment.user_id)
        .where(PlanComment.programme_id == programme_id)
        .order_by(PlanComment.id.desc())
        .limit(size + 1)
    )
    query = query.where(PlanComment.step_id.is_(None) if step_id is None else PlanComment.step_id == step_id)
    if after:
        query = query.where(PlanComment.id < values_of(after, int)[0])
    found = [Said(comment, writer) for comment, writer in session.execute(query)]
    shown = found[:size]
    return Page(shown, cursor_of(shown[-1].comment.id) if len(found) > size else None)


def say(
    session: Session, clock: Clock, *, programme_id: int, body: str, user: User, step_id: int | None = None
) -> PlanComment:
    """Writes a comment with one's name; a programme that is over can be commented too.

    Raises:
        Invalid: on `body`.
        NotFound: no such programme or step.
    """
    programme = programmes.get(session, programme_id=programme_id)
    if not body.strip():
        raise Invalid("body", Text("Please write something."))
    if len(body) > LONGEST:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=LONGEST))
    step = session.get(PlanStep, step_id) if step_id is not None else None
    if step_id is not None and (step is None or step.programme_id != programme_id):
        raise NotFound()
    comment = PlanComment(
        programme_id=programme_id, step_id=step_id, user_id=user.id, body=body.strip(), at=clock.now()
    )
    session.add(comment)
    session.flush()
    # Who it was stands with the event; a name in it would outlive the person's own erasure.
    what = Text("Somebody commented.")
    path = f"/company/plan/{programme_id}"
    if step is not None:
        what = Text("Somebody commented on: {title}", title=step.title)
        path = f"/company/plan/steps/{step.id}"
    programmes.tell(
        session, clock, programme, what=what, by=user.id, kind="plan.commented", path=f"{path}#comment-{comment.id}"
    )
    return comment


def remove(session: Session, *, comment_id: int, by: User, may_edit: bool) -> PlanComment:
    """Takes a comment away: its writer and editors may.

    Raises:
        NotFound: there is none.
        NotAllowed: it is somebody else's.
    """
    comment = session.get(PlanComment, comment_id)
    if comment is None:
        raise NotFound()
    if not may_edit and comment.user_id != by.id:
        raise NotAllowed(Text("A comment is removed by its writer or by an editor."))
    session.delete(comment)
    return comment
