"""What forms of voice share: whom something is for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import SelectChoice, SelectMultipleField

from advocacy.library import audience
from advocacy.library.content import Audience, Dimension
from advocacy.web.forms import Form
from advocacy.web.house import reading
from advocacy.web.i18n import say


class AudienceForm(Form):
    """A form with an audience: nothing chosen is everyone."""

    team = SelectMultipleField(lazy_gettext("Teams"))
    location = SelectMultipleField(lazy_gettext("Locations"))
    role = SelectMultipleField(lazy_gettext("Roles"))

    def offer(self) -> None:
        """Fills in what can be chosen now."""
        found = audience.choices(reading())
        self.team.choices = [SelectChoice(str(team_id), path) for team_id, path in found.teams]
        self.location.choices = [SelectChoice(place, place) for place in found.locations]
        self.role.choices = [SelectChoice(value, say(label)) for value, label in found.roles]

    def audience(self) -> Audience:
        """Whom the form names."""
        chosen: dict[Dimension, Any] = {
            Dimension.TEAM: self.team.data,
            Dimension.LOCATION: self.location.data,
            Dimension.ROLE: self.role.data,
        }
        return {dimension: tuple(values) for dimension, values in chosen.items() if values}

    def choose(self, kept: Audience) -> None:
        """Marks what was chosen before."""
        for dimension, field in (
            (Dimension.TEAM, self.team),
            (Dimension.LOCATION, self.location),
            (Dimension.ROLE, self.role),
        ):
            field.data = list(kept.get(dimension, ()))
