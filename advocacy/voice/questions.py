"""Questions of a survey: their kinds, how they are kept, and what an answer to each must be."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advocacy.base.errors import Invalid
from advocacy.base.text import Text

LONGEST_ANSWER = 2_000
MOST_QUESTIONS = 40
MOST_OPTIONS = 20

Answers = Mapping[str, Any]
"""By the key of the question: a number, a place in the options, places, or words."""


class QuestionKind(enum.StrEnum):
    """How a question is answered."""

    SCALE = "scale"
    """From 1 to 5."""
    ENPS = "enps"
    """From 0 to 10: would you recommend working here."""
    CHOICE = "choice"
    SEVERAL = "several"
    RANKING = "ranking"
    TEXT = "text"


BOUNDS = {QuestionKind.SCALE: (1, 5), QuestionKind.ENPS: (0, 10)}
WITH_OPTIONS = frozenset({QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.RANKING})


@dataclass(frozen=True)
class Question:
    """One question.

    Args:
        key: its name in answers; stays the same from round to round, so that a trend is of one question.
        kind: how it is answered.
        text: by language.
        options: what can be chosen, each by language.
        required: whether it must be answered when it is asked.
        only_if: (key of an earlier choice, places of its options): asked of those who chose one of them.
        right: places of the right options, in a quiz.
    """

    key: str
    kind: QuestionKind
    text: Mapping[str, str]
    options: Sequence[Mapping[str, str]] = ()
    required: bool = True
    only_if: tuple[str, tuple[int, ...]] | None = None
    right: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A form that a JSON column keeps."""
        return {
            "key": self.key,
            "kind": self.kind.value,
            "text": dict(self.text),
            "options": [dict(option) for option in self.options],
            "required": self.required,
            "only_if": None if self.only_if is None else [self.only_if[0], list(self.only_if[1])],
            "right": list(self.right),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Question:
        """What `to_json` gave."""
        only_if = kept["only_if"]
        return cls(
            key=kept["key"],
            kind=QuestionKind(kept["kind"]),
            text=kept["text"],
            options=tuple(kept["options"]),
            required=kept["required"],
            only_if=None if only_if is None else (only_if[0], tuple(only_if[1])),
            right=tuple(kept["right"]),
        )

    def is_asked(self, answers: Answers) -> bool:
        """Whether it is asked of somebody who answered the earlier ones like this."""
        return self.only_if is None or answers.get(self.only_if[0]) in self.only_if[1]


def in_language(words: Mapping[str, str], locale: str) -> str:
    """Words in a language, else in the one they were first written in; "" for none."""
    return words.get(locale) or next((one for one in words.values() if one), "")


def check(questions: Sequence[Question]) -> None:
    """Holds a list of questions to what can be asked.

    Raises:
        Invalid: on field `questions`.
    """
    if not questions:
        raise Invalid("questions", Text("Please write at least one question."))
    if len(questions) > MOST_QUESTIONS:
        raise Invalid("questions", Text("At most {count} questions, please.", count=MOST_QUESTIONS))
    for number, one in enumerate(questions, start=1):
        least = 2 if one.kind in WITH_OPTIONS else 0
        if not least <= len(one.options) <= MOST_OPTIONS:
            raise Invalid(
                "questions",
                Text("Question {number} needs two to {most} options, one a line.", number=number, most=MOST_OPTIONS),
            )


def read(questions: Sequence[Question], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What a form says, held to each question. What is not asked of this person is left out, whatever was sent.

    Args:
        questions: of the round, in order.
        given: what was sent, by key; a ranking as `key.place` for each option, with its rank.

    Raises:
        Invalid: the field is the key of the question.
    """
    answers: dict[str, Any] = {}
    for one in questions:
        if not one.is_asked(answers):
            continue
        answer = _answer(one, given)
        if answer is not None:
            answers[one.key] = answer
        elif one.required:
            raise Invalid(one.key, Text("Please answer this question."))
    return answers


def _answer(question: Question, given: Mapping[str, Sequence[str]]) -> Any:
    if question.kind is QuestionKind.RANKING:
        return _ranking(question, given)
    values = [value.strip() for value in given.get(question.key, ()) if value.strip()]
    if not values:
        return None
    if question.kind is QuestionKind.TEXT:
        if len(values[0]) > LONGEST_ANSWER:
            raise Invalid(question.key, Text("Please keep this below {count} characters.", count=LONGEST_ANSWER))
        return values[0]
    low, high = BOUNDS.get(question.kind, (0, len(question.options) - 1))
    numbers = sorted({int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 4})
    if not numbers or numbers[0] < low or numbers[-1] > high:
        raise Invalid(question.key, Text("Please choose one of the answers."))
    return numbers if question.kind is QuestionKind.SEVERAL else numbers[0]


def _ranking(question: Question, given: Mapping[str, Sequence[str]]) -> list[int] | None:
    places = range(len(question.options))
    ranks = {place: (given.get(f"{question.key}.{place}") or [""])[0].strip() for place in places}
    if not any(ranks.values()):
        return None
    if sorted(ranks.values(), key=lambda rank: (len(rank), rank)) != [str(place + 1) for place in places]:
        raise Invalid(
            question.key, Text("Please give each option a place of its own, from 1 to {count}.", count=len(ranks))
        )
    return sorted(places, key=lambda place: int(ranks[place]))


def is_right(question: Question, answer: Any) -> bool:
    """Whether an answer of a quiz is the right one."""
    return set(answer if isinstance(answer, list) else [answer]) == set(question.right)
