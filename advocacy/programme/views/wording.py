"""The words of the programme for closed sets."""

from __future__ import annotations

from flask_babel import lazy_gettext

from advocacy.programme.goals import GoalSource
from advocacy.programme.steps import StepState

SOURCES = {
    GoalSource.SURVEY: lazy_gettext("A question of a survey"),
    GoalSource.COURSE: lazy_gettext("How many in a hundred have passed a course"),
    GoalSource.SHARES: lazy_gettext("Posts that went out since the first day"),
    GoalSource.CLICKS: lazy_gettext("Human clicks since the first day"),
    GoalSource.ADVOCATES: lazy_gettext("People who shared in the last 30 days"),
    GoalSource.HAND: lazy_gettext("Entered by hand, with a note"),
}
STATES = {
    StepState.PLANNED: lazy_gettext("Planned"),
    StepState.DOING: lazy_gettext("Under way"),
    StepState.DONE: lazy_gettext("Done"),
    StepState.DROPPED: lazy_gettext("Dropped"),
}
