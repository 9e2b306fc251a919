"""The words of the programme for closed sets."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import SelectChoice

from advocacy.programme import survey_readings
from advocacy.programme.goals import GoalSource
from advocacy.programme.steps import StepState
from advocacy.programme.touchpoints import Contact
from advocacy.voice.questions import in_language
from advocacy.web.house import reading

SOURCES = {
    GoalSource.SURVEY: lazy_gettext("A question of a survey"),
    GoalSource.COURSE: lazy_gettext("How many in a hundred have passed a course"),
    GoalSource.SHARES: lazy_gettext("Posts that went out since the first day"),
    GoalSource.CLICKS: lazy_gettext("Human clicks since the first day"),
    GoalSource.KUDOS: lazy_gettext("Thanks between colleagues since the first day"),
    GoalSource.ADVOCATES: lazy_gettext("People who shared in the last 30 days"),
    GoalSource.HAND: lazy_gettext("Entered by hand, with a note"),
}
STATES = {
    StepState.PLANNED: lazy_gettext("Planned"),
    StepState.DOING: lazy_gettext("Under way"),
    StepState.DONE: lazy_gettext("Done"),
    StepState.DROPPED: lazy_gettext("Dropped"),
}
CONTACTS = {
    Contact.SHOP: lazy_gettext("Shop or reception"),
    Contact.PHONE: lazy_gettext("Phone"),
    Contact.INVOICE: lazy_gettext("Invoice"),
    Contact.DELIVERY: lazy_gettext("Delivery"),
    Contact.WEB: lazy_gettext("Web and app"),
    Contact.MAIL: lazy_gettext("Mail and chat"),
    Contact.SOCIAL: lazy_gettext("Social networks"),
    Contact.EVENT: lazy_gettext("Event or fair"),
    Contact.VISIT: lazy_gettext("Visit at the customer’s"),
    Contact.OTHER: lazy_gettext("Something else"),
}


def question_choices() -> list[Any]:
    """Questions of surveys that have a figure, as a form offers them, in this person's language."""
    here = str(get_locale() or "en")[:2]
    return [
        SelectChoice("", gettext("None")),
        *(
            SelectChoice(one.value, f"{in_language(one.survey.title, here)}: {in_language(one.question.text, here)}")
            for one in survey_readings.questions(reading())
        ),
    ]
