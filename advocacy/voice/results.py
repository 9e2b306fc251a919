"""What a closed round tells: of all, of groups that are large enough, and from round to round.

It is summed up once, when the round closes: nothing can come to it afterwards.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.paging import Page
from advocacy.base.text import Text
from advocacy.voice import division
from advocacy.voice.questions import BOUNDS, Answers, Question, QuestionKind, is_right
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
        words: some of what people wrote, in no order; `words` of this module has all of it.
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
    found = closed(session, round_id=round_id)
    results = [_result(Question.from_json(asked), summed) for asked, summed in _by_question(found)]
    return found, [
        replace(one, words=words(session, found, one.question).items) if _has_words(one) else one for one in results
    ]


def closed(session: Session, *, round_id: int) -> SurveyRound:
    """A round that has results.

    Raises:
        NotFound: there is none, or it is open still.
    """
    found = session.get(SurveyRound, round_id)
    if found is None or found.closed_at is None or found.results is None:
        raise NotFound(Text("There are no results before the survey has closed."))
    return found


def trends(
    rounds: Sequence[SurveyRound], *, keys: Sequence[str]
) -> dict[str, list[tuple[SurveyRound, Figure | None]]]:
    """Questions from round to round, oldest first; None where too few answered or it was not asked.

    Args:
        rounds: of one survey; open ones are left out.
        keys: of the questions.
    """
    done = sorted((one for one in rounds if one.closed_at is not None), key=lambda one: one.number)
    found: dict[str, list[tuple[SurveyRound, Figure | None]]] = {key: [] for key in keys}
    for one in done:
        summed = {asked["key"]: result for asked, result in _by_question(one)}
        for key in keys:
            found[key].append((one, _figure((summed.get(key) or {}).get("figure"))))
    return found


def words(session: Session, found: SurveyRound, question: Question, *, after: str = "", rows: int = 20) -> Page[str]:
    """What people wrote, in the order of the sheets' random keys, which is none.

    Args:
        session: for reading.
        found: a closed round.
        question: of words, and answered by enough people to be shown.
        after: where the page begins: the cursor of the one before.
        rows: how many at most.
    """
    said: list[tuple[str, str]] = []
    query = select(SurveySheet.id, SurveySheet.answers).where(
        SurveySheet.round_id == found.id, SurveySheet.id > after
    )
    with session.execute(query.order_by(SurveySheet.id).execution_options(yield_per=200)) as sheets:
        for key, answers in sheets:
            if question.key in answers:
                said.append((key, answers[question.key]))
            if len(said) > rows:
                break
    cursor = said[rows - 1][0] if len(said) > rows else None
    return Page([text for _, text in said[:rows]], cursor)


def sum_up(
    questions: Sequence[Any],
    sheets: Sequence[tuple[int | None, Answers]],
    *,
    groups: Sequence[Any],
    smallest: int,
) -> list[Any]:
    """What a round keeps of its answers for good: None for a question that too few answered.

    Args:
        questions: of the round, as it keeps them.
        sheets: the group of each, and what was answered.
        groups: how those who were asked are divided.
        smallest: people in the smallest group that is shown.
    """
    return [_summed(Question.from_json(asked), sheets, groups, smallest) for asked in questions]


def _summed(
    question: Question, sheets: Sequence[tuple[int | None, Answers]], groups: Sequence[Any], smallest: int
) -> dict[str, Any] | None:
    answered = [(group, given[question.key]) for group, given in sheets if question.key in given]
    answers = [answer for _, answer in answered]
    if len(answers) < smallest:
        return None
    return {
        "count": len(answers),
        "figure": _kept(figure_of(question, answers)),
        "parts": _parts(question, answers),
        "groups": _groups(question, answered, groups, smallest),
    }


def _by_question(found: SurveyRound) -> Iterable[tuple[Any, Any]]:
    return zip(found.questions, found.results or [None] * len(found.questions), strict=True)


def _result(question: Question, summed: Mapping[str, Any] | None) -> QuestionResult:
    if summed is None:
        return QuestionResult(question, count=None)
    return QuestionResult(
        question,
        count=summed["count"],
        figure=_figure(summed["figure"]),
        parts=[(question.options[one] if question.options else one, count) for one, count in summed["parts"]],
        groups=[(name, Figure(*kept)) for name, kept in summed["groups"]],
    )


def _has_words(result: QuestionResult) -> bool:
    return result.question.kind is QuestionKind.TEXT and result.count is not None


def _kept(figure: Figure | None) -> list[float] | None:
    return None if figure is None else [figure.value, figure.low, figure.high, figure.count]


def _figure(kept: Any) -> Figure | None:
    return None if kept is None else Figure(*kept)


def _groups(
    question: Question, answered: Sequence[tuple[int | None, Any]], groups: Sequence[Any], smallest: int
) -> list[Any]:
    shown = division.shown([group for group, _ in answered], smallest=smallest)
    lines: list[Any] = []
    for team_id, name in [*map(tuple, groups), (None, None)]:
        mine = [
            answer for group, answer in answered if (group == team_id if team_id is not None else group not in shown)
        ]
        figure = figure_of(question, mine)
        if shown and figure is not None and (team_id in shown or team_id is None):
            lines.append([name, _kept(figure)])
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


def _parts(question: Question, answers: Sequence[Any]) -> list[tuple[int, int]]:
    """Each value of a scale, or each option's place, with how many chose it."""
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
    parts = [(place, counts[place]) for place in range(len(question.options))]
    return sorted(parts, key=lambda part: -part[1]) if question.kind is QuestionKind.RANKING else parts
