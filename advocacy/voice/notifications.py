"""What voice tells people of. Whoever wrote anonymously is not known, so nobody can tell them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.notifying import Kind, Told
from advocacy.base.text import Text
from advocacy.library.audience import members
from advocacy.voice import audience
from advocacy.voice.forum_models import ForumTopic, TopicState
from advocacy.voice.models import Notice
from advocacy.voice.survey_models import Survey, SurveyRound


def _answered(session: Session, happened: Event) -> Told | None:
    topic = _topic(session, happened)
    if topic is None or topic.user_id is None or (topic.state is TopicState.OPEN and not topic.answer):
        return None
    says = Text("There is an answer to what you wrote in the forum.")
    return Told([topic.user_id], says, f"/company/forum/{topic.id}", about=topic.title)


def _replied(session: Session, happened: Event) -> Told | None:
    topic = _topic(session, happened)
    if topic is None or topic.user_id is None:
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
    if topic is None or topic.owner_id is None or topic.owner_id != happened.data.get("user_id"):
        return None
    says = Text("You are asked to follow up what a colleague wrote in the forum.")
    return Told([topic.owner_id], says, f"/company/forum/{topic.id}", about=topic.title)


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
)
