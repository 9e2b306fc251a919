"""What a closed round tells: of all, of groups that are large enough, and from round to round."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.voice import division
from advocacy.voice.questions import BOUNDS, Question, QuestionKind, is_right
from advocacy.voice.survey_models import SurveyRound, SurveySheet

Z = 1.96
"""Of a normal distribution: 95% of it lies within so many standard deviations."""


@dataclass(frozen=True)
class Figure:
    """A figure with how sure it is.

    Args:
        value: the mean, the eNPS (-100 to 100), or the share of right answers in per cent.
        low: where its 95% interval begins.
        high: where it ends.
        count: answers it was made of.
    """

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class QuestionResult:
    """What was answered to one question.

    Args:
        question: which.
        count: answers; None when they were too few to be shown, and then everything else is empty.
        figure: of scales, eNPS and quiz questions.
        parts: (what could be answered, how many did); for a ranking, points by Borda's count.
        words: what people wrote, in no order.
        groups: (name, figure) of the groups that may be shown; None as name is everybody else.
    """

    question: Question
    count: int | None
    figure: Figure | None = None
    parts: Sequence[tuple[Any, int]] = ()
    words: Sequence[str] = ()
    groups: Sequence[tuple[str | None, Figure]] = ()


def of_round(session: Session, *, round_id: int) -> tuple[SurveyRound, list[QuestionResult]]:
    """Everything that may be known of a round. There is no filter, and no way to lay two questions over one another.

    Raises:
        NotFound: there is none, or it is open still: results that grow answer by answer tell who came last.
    """
    found = session.get(SurveyRound, round_id)
    if found is None or found.closed_at is None:
        raise NotFound(Text("There are no results before the survey has closed."))
    query = select(SurveySheet.group, SurveySheet.answers).where(SurveySheet.round_id == round_id)
    sheets = [(group, answers) for group, answers in session.execute(query)]
    asked = [Question.from_json(kept) for kept in found.questions]
    return found, [_result(one, sheets, found) for one in asked]


def trends(
    session: Session, rounds: Sequence[SurveyRound], *, keys: Sequence[str]
) -> dict[str, list[tuple[SurveyRound, Figure | None]]]:
    """Questions from round to round, oldest first; None where too few answered or it was not asked.

    Args:
        session: for reading.
        rounds: of one survey; open ones are left out.
        keys: of the questions.
    """
    closed = sorted((one for one in rounds if one.closed_at is not None), key=lambda one: one.number)
    answered: dict[tuple[int, str], list[Any]] = defaultdict(list)
    query = select(SurveySheet.round_id, SurveySheet.answers).where(
        SurveySheet.round_id.in_([one.id for one in closed])
    )
    for round_id, answers in session.execute(query):
        for key in answers.keys() & set(keys):
            answered[round_id, key].append(answers[key])
    found: dict[str, list[tuple[SurveyRound, Figure | None]]] = {key: [] for key in keys}
    for one in closed:
        asked = {kept["key"]: Question.from_json(kept) for kept in one.questions}
        for key in keys:
            given = answered[one.id, key]
            is_shown = key in asked and len(given) >= one.smallest
            found[key].append((one, figure_of(asked[key], given) if is_shown else None))
    return found


def _result(
    question: Question, sheets: Sequence[tuple[int | None, dict[str, Any]]], found: SurveyRound
) -> QuestionResult:
    answered = [(group, given[question.key]) for group, given in sheets if question.key in given]
    answers = [answer for _, answer in answered]
    if len(answers) < found.smallest:
        return QuestionResult(question, count=None)
    return QuestionResult(
        question,
        count=len(answers),
        figure=figure_of(question, answers),
        parts=_parts(question, answers),
        words=_words(answers) if question.kind is QuestionKind.TEXT else (),
        groups=_groups(question, answered, found),
    )


def _groups(
    question: Question, answered: Sequence[tuple[int | None, Any]], found: SurveyRound
) -> list[tuple[str | None, Figure]]:
    shown = division.shown([group for group, _ in answered], smallest=found.smallest)
    lines: list[tuple[str | None, Figure]] = []
    for team_id, name in [*map(tuple, found.groups), (None, None)]:
        mine = [
            answer for group, answer in answered if (group == team_id if team_id is not None else group not in shown)
        ]
        figure = figure_of(question, mine)
        if shown and figure is not None and (team_id in shown or team_id is None):
            lines.append((name, figure))
    return lines


def figure_of(question: Question, answers: Sequence[Any]) -> Figure | None:
    """The one figure of a question; None for those without one, or when nobody answered."""
    if not answers:
        return None
    if question.right:
        return _share([is_right(question, answer) for answer in answers])
    if question.kind is QuestionKind.ENPS:
        return _mean([100.0 * ((answer >= 9) - (answer <= 6)) for answer in answers], least=-100, most=100)
    if question.kind is QuestionKind.SCALE:
        low, high = BOUNDS[question.kind]
        return _mean([float(answer) for answer in answers], least=low, most=high)
    return None


def _mean(values: Sequence[float], *, least: float, most: float) -> Figure:
    """A mean with its 95% interval by the normal approximation, kept within what can be answered."""
    count = len(values)
    mean = sum(values) / count
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / (count - 1)) if count > 1 else most - least
    around = Z * spread / math.sqrt(count)
    return Figure(mean, max(least, mean - around), min(most, mean + around), count)


def _share(hits: Sequence[bool]) -> Figure:
    """A share in per cent with Wilson's interval, which holds for few answers and near 0 and 100 too."""
    count = len(hits)
    share = sum(hits) / count
    middle = (share + Z**2 / (2 * count)) / (1 + Z**2 / count)
    around = Z * math.sqrt(share * (1 - share) / count + Z**2 / (4 * count**2)) / (1 + Z**2 / count)
    return Figure(100 * share, 100 * max(0.0, middle - around), 100 * min(1.0, middle + around), count)


def _parts(question: Question, answers: Sequence[Any]) -> list[tuple[Any, int]]:
    if question.kind is QuestionKind.TEXT:
        return []
    counts: Counter[int] = Counter()
    for answer in answers:
        if question.kind is QuestionKind.RANKING:
            counts.update({place: len(answer) - 1 - rank for rank, place in enumerate(answer)})
        else:
            counts.update(answer if isinstance(answer, list) else [answer])
    if question.kind in BOUNDS:
        low, high = BOUNDS[question.kind]
        return [(value, counts[value]) for value in range(low, high + 1)]
    parts = [(option, counts[place]) for place, option in enumerate(question.options)]
    return sorted(parts, key=lambda part: -part[1]) if question.kind is QuestionKind.RANKING else parts


def _words(answers: Sequence[str]) -> list[str]:
    words = list(answers)
    random.SystemRandom().shuffle(words)
    return words
