"""A company whose people can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from advocacy.base.sealing import Sealer
from advocacy.people.models import User
from advocacy.voice import answering, rounds, surveys
from advocacy.voice.questions import Question, QuestionKind
from advocacy.voice.survey_models import Survey, SurveyRound
from advocacy.voice.surveys import Written

SCALE = Question("mood", QuestionKind.SCALE, {"en": "How was the week?", "nb": "Hvordan var uken?"})
ENPS = Question("enps", QuestionKind.ENPS, {"en": "Would you recommend us?"}, required=False)
WHY = Question("why", QuestionKind.TEXT, {"en": "Why?"}, required=False)


class Asking:
    """Asks, answers and closes, each in one short call."""

    def __init__(self, house: Any, make: Any) -> None:
        self.house, self.make = house, make
        self.editor = make.admin("First Person", email="editor@example.com")

    def people(self, count: int, **fields: Any) -> list[User]:
        """So many colleagues."""
        return [self.make.user(**fields) for _ in range(count)]

    def open(self, *questions: Question, **fields: Any) -> SurveyRound:
        """A survey that is open from now on for 7 days."""
        with self.house.db.transaction() as session:
            written = Written(
                title={"en": "How are you?", "nb": "Hvordan går det?"},
                questions=questions or (SCALE, ENPS, WHY),
                opens_at=self.house.clock.now(),
                **fields,
            )
            survey = surveys.save(session, self.house.clock, written=written, by=self.editor.id, smallest=5)
            opened = rounds.open_next(session, self.house.clock, survey_id=survey.id, smallest=5)
            assert opened is not None
        return opened

    def answer(self, user: User, opened: SurveyRound, **given: object) -> None:
        """One person's answer."""
        with self.house.db.transaction() as session:
            answering.answer(
                session,
                self.house.clock,
                self.house.part(Sealer),
                user=session.get_one(User, user.id),
                round_id=opened.id,
                given={key: [str(value)] for key, value in given.items()},
            )

    def close(self, opened: SurveyRound) -> SurveyRound:
        """Time passes until it is over, and the clock rings."""
        self.house.clock.set(opened.closes_at)
        rounds.tick(self.house)
        with self.house.db.reading() as session:
            return session.get_one(SurveyRound, opened.id)

    def survey(self, opened: SurveyRound) -> Survey:
        """What a round belongs to."""
        with self.house.db.reading() as session:
            return session.get_one(Survey, opened.survey_id)


@pytest.fixture
def asking(house: Any, make: Callable[..., Any]) -> Asking:
    """Asks, answers and closes."""
    return Asking(house, make)
