"""The form of a survey, and what passes between it and the survey's own value."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, cast

from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.views.audience_form import AudienceForm, lists_of
from advocacy.voice.questions import MOST_QUESTIONS, WITH_OPTIONS, Question, QuestionKind
from advocacy.voice.surveys import LONGEST_OPEN, Repeats, Survey, SurveyKind, Written
from advocacy.web.editing import SharedForm
from advocacy.web.fields import LocalMoment
from advocacy.web.forms import at_most, required

KINDS = {
    SurveyKind.SURVEY: lazy_gettext("Survey"),
    SurveyKind.PULSE: lazy_gettext("Pulse: a few questions, again and again"),
    SurveyKind.QUIZ: lazy_gettext("Quiz: what people know"),
}
REPEATS = {
    Repeats.NEVER: lazy_gettext("Once"),
    Repeats.WEEKLY: lazy_gettext("Every week"),
    Repeats.MONTHLY: lazy_gettext("Every four weeks"),
    Repeats.QUARTERLY: lazy_gettext("Every 13 weeks"),
}
QUESTION_KINDS = {
    QuestionKind.SCALE: lazy_gettext("Scale from 1 to 5"),
    QuestionKind.ENPS: lazy_gettext("eNPS: would recommend, from 0 to 10"),
    QuestionKind.CHOICE: lazy_gettext("One choice"),
    QuestionKind.SEVERAL: lazy_gettext("Several choices"),
    QuestionKind.RANKING: lazy_gettext("Ranking"),
    QuestionKind.TEXT: lazy_gettext("Words of their own"),
}
EMPTY_ROWS = 3


class QuestionForm(PlainForm):  # type: ignore[misc]
    """One question."""

    key = HiddenField()
    kind = SelectField(
        lazy_gettext("Kind"), choices=[SelectChoice(kind.value, label) for kind, label in QUESTION_KINDS.items()]
    )
    text_en = StringField(lazy_gettext("Question in English"), [at_most(300)])
    text_nb = StringField(lazy_gettext("Question in Norwegian"), [at_most(300)])
    options = TextAreaField(lazy_gettext("Options, one a line"), [at_most(4_000)])
    required = BooleanField(lazy_gettext("Must be answered"), default=True)
    if_question = IntegerField(lazy_gettext("Only if question number"), [Optional(), NumberRange(1, MOST_QUESTIONS)])
    if_option = IntegerField(lazy_gettext("was answered with option number"), [Optional(), NumberRange(1, 20)])


class SurveyForm(AudienceForm, SharedForm):
    """Everything an editor decides about a survey."""

    title_en = StringField(lazy_gettext("Title in English"), [at_most(160)])
    title_nb = StringField(lazy_gettext("Title in Norwegian"), [at_most(160)])
    intro_en = TextAreaField(lazy_gettext("Why we ask, in English"), [at_most(2_000)])
    intro_nb = TextAreaField(lazy_gettext("Why we ask, in Norwegian"), [at_most(2_000)])
    kind = SelectField(
        lazy_gettext("Kind"), choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()]
    )
    is_anonymous = BooleanField(lazy_gettext("Anonymous"), default=True)
    opens_at = LocalMoment(lazy_gettext("Opens"), validators=[required()])
    open_days = IntegerField(lazy_gettext("Days it is open"), [NumberRange(1, LONGEST_OPEN)], default=7)
    repeats = SelectField(
        lazy_gettext("Asked"), choices=[SelectChoice(kind.value, label) for kind, label in REPEATS.items()]
    )
    questions = FieldList(FormField(QuestionForm), label=lazy_gettext("Questions"), max_entries=MOST_QUESTIONS)

    def written(self) -> Written:
        """What the form says.

        Raises:
            Invalid: on `questions`, when a condition names a question or an option that is not there before it.
        """
        return Written(
            title=_words(self.title_en.data, self.title_nb.data),
            intro=_words(self.intro_en.data, self.intro_nb.data),
            kind=SurveyKind(self.kind.data),
            is_anonymous=self.is_anonymous.data,
            opens_at=cast(datetime, self.opens_at.data),
            open_days=self.open_days.data,
            repeats=Repeats(self.repeats.data),
            audience=self.audience(),
            questions=self._questions(),
        )

    def _questions(self) -> list[Question]:
        found: list[Question] = []
        for row in (entry.form for entry in self.questions.entries):
            text = _words(row.text_en.data, row.text_nb.data)
            if not text:
                continue
            kind = QuestionKind(row.kind.data)
            lines = [line.strip() for line in (row.options.data or "").splitlines() if line.strip()]
            lines = lines if kind in WITH_OPTIONS else []
            found.append(
                Question(
                    key=row.key.data or secrets.token_hex(4),
                    kind=kind,
                    text=text,
                    options=tuple(_option(line) for line in lines),
                    required=row.required.data,
                    only_if=_condition(found, row.if_question.data, row.if_option.data),
                    right=tuple(place for place, line in enumerate(lines) if line.startswith("*")),
                )
            )
        return found

    def add_rows(self) -> None:
        """Puts empty questions at the end."""
        while len(self.questions.entries) < MOST_QUESTIONS and self._empty() < EMPTY_ROWS:
            self.questions.append_entry()

    def _empty(self) -> int:
        return sum(not (entry.form.text_en.data or entry.form.text_nb.data) for entry in self.questions.entries)


def values_of(survey: Survey) -> dict[str, Any]:
    """A survey as its form shows it."""
    questions = [Question.from_json(kept) for kept in survey.questions]
    places = {one.key: number for number, one in enumerate(questions, start=1)}
    return {
        "title_en": survey.title.get("en", ""),
        "title_nb": survey.title.get("nb", ""),
        "intro_en": survey.intro.get("en", ""),
        "intro_nb": survey.intro.get("nb", ""),
        "kind": survey.kind.value,
        "is_anonymous": survey.is_anonymous,
        "opens_at": survey.opens_at,
        "open_days": survey.open_days,
        "repeats": survey.repeats.value,
        "questions": [_row(one, places) for one in questions],
        **lists_of(survey.audience),
    }


def _row(one: Question, places: dict[str, int]) -> dict[str, Any]:
    lines = [
        ("* " if place in one.right else "") + " | ".join(option[code] for code in ("en", "nb") if code in option)
        for place, option in enumerate(one.options)
    ]
    return {
        "key": one.key,
        "kind": one.kind.value,
        "text_en": one.text.get("en", ""),
        "text_nb": one.text.get("nb", ""),
        "options": "\n".join(lines),
        "required": one.required,
        "if_question": places.get(one.only_if[0]) if one.only_if else None,
        "if_option": one.only_if[1][0] + 1 if one.only_if else None,
    }


def _words(english: str | None, norwegian: str | None) -> dict[str, str]:
    both = {"en": (english or "").strip(), "nb": (norwegian or "").strip()}
    return {code: words for code, words in both.items() if words}


def _option(line: str) -> dict[str, str]:
    english, _, norwegian = line.lstrip("* ").partition("|")
    return _words(english, norwegian)


def _condition(before: list[Question], number: int | None, option: int | None) -> tuple[str, tuple[int, ...]] | None:
    if number is None and option is None:
        return None
    named = before[number - 1] if number and number <= len(before) else None
    if named is None or named.kind is not QuestionKind.CHOICE or not option or option > len(named.options):
        raise Invalid(
            "questions", Text("A question can depend on an earlier one with one choice, and on an option of it.")
        )
    return named.key, (option - 1,)
