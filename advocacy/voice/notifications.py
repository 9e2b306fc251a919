"""What voice tells people of. Whoever wrote anonymously is not known, so nobody can tell them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.library.audience import members
from advocacy.people.models import Role, UserRole
from advocacy.voice import audience, forum_pieces
from advocacy.voice.forum_models import ForumTopic, TopicState
from advocacy.voice.forum_pieces import Piece
from advocacy.voice.models import Notice
from advocacy.voice.survey_models import Survey, SurveyRound


def _answered(session: Session, happened: Event) -> Told | None:
    topic = _topic(session, happened)
    if (
        topic is None
        or not topic.is_there
        or topic.user_id is None
        or (topic.state is TopicState.OPEN and not topic.answer)
    ):
        return None
    says = Text("There is an answer to what you wrote in the forum.")
    return Told([topic.user_id], says, f"/company/forum/{topic.id}", about=topic.title)


def _replied(session: Session, happened: Event) -> Told | None:
    topic = _topic(session, happened)
    if topic is None or not topic.is_there or topic.user_id is None:
        return None
    return Told(
        [topic.user_id],
        Text("A colleague answered what you wrote in the forum."),
        f"/company/forum/{topic.id}",
        about=topic.title,
        bundle=f"replies:{topic.id}",
        together=Text("{count} colleagues answered what you wrote in the forum."),
    )


def _noticed(session: Session, happened: Event) -> Told | None:
    notice = session.get(Notice, happened.subject_id)
    if notice is None or notice.withdrawn_at is not None:
        return None
    asked = members(session, audience.of(notice.audience)).subquery()
    people = list(session.scalars(select(asked.c.id)))
    return Told(
        people,
        Text("There is a new notice."),
        f"/company/notices/{notice.id}",
        about=notice.title,
        for_all=not audience.of(notice.audience),
    )


def _asked(session: Session, happened: Event) -> Told | None:
    """Leads to the list and not to the form: what it keeps of being looked at tells nothing of an answer."""
    opened = session.get(SurveyRound, int(happened.data.get("round", 0)))
    if opened is None or opened.closed_at is not None:
        return None
    survey = session.get_one(Survey, opened.survey_id)
    asked = members(session, audience.of(survey.audience)).subquery()
    return Told(
        list(session.scalars(select(asked.c.id))),
        Text("A survey asks what you think."),
        "/company/surveys",
        about=" · ".join(dict.fromkeys(filter(None, survey.title.values()))),
        for_all=not survey.audience,
    )


def _owned(session: Session, happened: Event) -> Told | None:
    topic = _topic(session, happened)
    if (
        topic is None
        or not topic.is_there
        or topic.owner_id is None
        or topic.owner_id != happened.data.get("user_id")
    ):
        return None
    says = Text("You are asked to follow up what a colleague wrote in the forum.")
    return Told([topic.owner_id], says, f"/company/forum/{topic.id}", about=topic.title)


def _reported(session: Session, happened: Event) -> Told | None:
    piece = _piece(session, happened)
    if piece is None:
        return None
    others = [UserRole.role == Role.CURATOR, UserRole.user_id != (piece.writer_id or 0)]
    curators = list(session.scalars(select(UserRole.user_id).where(*others)))
    if not curators:
        others[0] = UserRole.role == Role.ADMIN
        curators = list(session.scalars(select(UserRole.user_id).where(*others)))
    says = Text("A colleague reports something in the forum and asks you to look.")
    return Told(curators, says, "/company/forum/reported", bundle=f"reported:{piece.row.id}")


def _report_answered(session: Session, happened: Event) -> Told | None:
    people = [int(one) for one in happened.data.get("reporters", [])]
    if not people or _piece(session, happened) is None:
        return None
    down = Text("A curator took down what you reported in the forum.")
    left = Text("A curator looked at what you reported in the forum, and left it.")
    says = down if happened.kind == "topic.hidden" else left
    return Told(people, says, f"/company/forum/{happened.data['topic']}")


def _taken_down(session: Session, happened: Event) -> Told | None:
    if happened.kind in ("topic.gone", "topic.taken_back"):
        if "reply" in happened.data:
            return None
        path = f"/company/forum/{happened.data['topic']}"
        return Told([], Text("This topic was taken back."), path, forgets=True)
    piece = _piece(session, happened)
    if piece is None:
        return None
    people = [] if piece.writer_id is None else [piece.writer_id]
    path = f"/company/forum/{piece.topic.id}"
    if happened.kind == "topic.shown_again":
        return Told(people, Text("What you wrote in the forum stands again."), path)
    says = Text("A curator took down what you wrote in the forum.")
    return Told(people, says, path, about=str(happened.data["reason"]), forgets=piece.reply is None)


def _piece(session: Session, happened: Event) -> Piece | None:
    try:
        return forum_pieces.find(
            session,
            topic_id=str(happened.data.get("topic", "")),
            reply_id=str(happened.data.get("reply", "")),
        )
    except NotFound:
        return None  # taken back meanwhile


def _topic(session: Session, happened: Event) -> ForumTopic | None:
    return session.get(ForumTopic, str(happened.data.get("topic", "")))


KINDS = (
    Kind("notice", frozenset({"notice.published"}), Text("Notices"), _noticed, "speakerphone", for_channels=True),
    Kind(
        "survey",
        frozenset({"survey.opened"}),
        Text("Surveys that ask me"),
        _asked,
        "forms",
        by_mail=False,  # whoever has not answered gets a letter later on
        for_channels=True,
    ),
    Kind("topic_owned", frozenset({"topic.owned"}), Text("What I am asked to follow up"), _owned, "target"),
    Kind("topic_answered", frozenset({"topic.answered"}), Text("Answers to what I wrote"), _answered, "messages"),
    Kind(
        "topic_replied",
        frozenset({"topic.replied"}),
        Text("Colleagues who write below what I wrote"),
        _replied,
        "message-circle",
        by_mail=False,
    ),
    Kind(
        "topic_hidden",
        frozenset({"topic.hidden", "topic.shown_again", "topic.taken_back", "topic.gone"}),
        Text("What I wrote in the forum and a curator took down"),
        _taken_down,
        "eye-off",
    ),
    Kind("topic_reported", frozenset({"topic.reported"}), Text("What is reported in the forum"), _reported, "flag"),
    Kind(
        "topic_report_answered",
        frozenset({"topic.hidden", "topic.report_answered"}),
        Text("What I reported in the forum"),
        _report_answered,
        "eye",
    ),
)
