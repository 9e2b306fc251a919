"""Fields by which a form says whom something is for, for every area that keeps an audience."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext
from wtforms import SelectMultipleField

from advocacy.library import audience
from advocacy.library.content import Audience, Dimension
from advocacy.people.views import choices
from advocacy.web.forms import Form
from advocacy.web.house import reading
from advocacy.web.i18n import say


class AudienceForm(Form):
    """A form with the four lists that make an audience; call `offer` before it is shown or validated."""

    team = SelectMultipleField(lazy_gettext("Teams"))
    location = SelectMultipleField(lazy_gettext("Locations"))
    people_language = SelectMultipleField(lazy_gettext("People who post in"))
    role = SelectMultipleField(lazy_gettext("Roles"))

    def offer(self) -> None:
        """Fills the lists with what there is to choose from."""
        offered = audience.choices(reading())
        self.team.choices = [(str(one), path) for one, path in offered.teams]
        self.location.choices = sorted({*offered.locations, *(self.location.data or ())})
        self.people_language.choices = list(choices.languages(also=self.people_language.data or ()).items())
        self.role.choices = [(value, say(label)) for value, label in offered.roles]

    def audience(self) -> Audience:
        """Whom the form names; a dimension without a value is not there."""
        chosen = {
            Dimension.TEAM: self.team.data,
            Dimension.LOCATION: self.location.data,
            Dimension.LANGUAGE: self.people_language.data,
            Dimension.ROLE: self.role.data,
        }
        return {dimension: tuple(values) for dimension, values in chosen.items() if values}


def lists_of(kept: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the four lists begin with, from an audience as it is kept."""
    names = {"team": "team", "location": "location", "language": "people_language", "role": "role"}
    return {field: list(kept.get(name, ())) for name, field in names.items()}
