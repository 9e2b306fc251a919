"""What voice holds about a person. What was answered or written anonymously is not here: nobody can find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.people.privacy import Holding, rows
from advocacy.voice.forum_models import ForumReply, ForumReport, ForumTopic, ForumVote
from advocacy.voice.models import Notice, NoticeReading
from advocacy.voice.page_models import Feedback, HandbookPage, HandbookVersion
from advocacy.voice.survey_models import SurveyParticipation, SurveySheet


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    return {
        "notices_written": rows(session, select(Notice).where(Notice.created_by == user_id)),
        "notices_read": rows(session, select(NoticeReading).where(NoticeReading.user_id == user_id)),
        "open_surveys_answered": rows(
            session, select(SurveyParticipation).where(SurveyParticipation.user_id == user_id)
        ),
        "answers_with_my_name": rows(session, select(SurveySheet).where(SurveySheet.user_id == user_id)),
        "forum_topics": rows(session, select(ForumTopic).where(ForumTopic.user_id == user_id)),
        "forum_replies": rows(session, select(ForumReply).where(ForumReply.user_id == user_id)),
        "forum_reports": rows(session, select(ForumReport).where(ForumReport.user_id == user_id)),
        "forum_votes": rows(session, select(ForumVote).where(ForumVote.user_id == user_id)),
        "handbook_versions": rows(session, select(HandbookVersion).where(HandbookVersion.by == user_id)),
        "feedback": rows(session, select(Feedback).where(Feedback.user_id == user_id)),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    for table in (NoticeReading, SurveyParticipation, Feedback, ForumReport):
        session.execute(delete(table).where(table.user_id == user_id))
    voted = select(ForumVote.topic_id).where(ForumVote.user_id == user_id)
    session.execute(update(ForumTopic).where(ForumTopic.id.in_(voted)).values(votes=ForumTopic.votes - 1))
    session.execute(delete(ForumVote).where(ForumVote.user_id == user_id))
    session.execute(update(SurveySheet).where(SurveySheet.user_id == user_id).values(user_id=None))
    session.execute(update(HandbookPage).where(HandbookPage.owner_id == user_id).values(owner_id=None))
    session.execute(update(ForumTopic).where(ForumTopic.owner_id == user_id).values(owner_id=None))


HOLDING = Holding(area="voice", export=_export, erase=_erase)
"""What was written with a name stays, as a former colleague's; notices and handbook pages are the company's."""
