"""Who is invited, and as what: checked before an invitation is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from advocacy.base.errors import Invalid
from advocacy.people import countries, fields
from advocacy.people.models import Role


@dataclass(frozen=True)
class Invitee:
    """Who is invited, and what they will be.

    Args:
        email: where the letter goes.
        name: as far as known.
        team_id: where they will belong.
        roles: beside advocate.
        location: place of work.
        country: its two letters, or its name; "" when not known.
        languages: they post in; preferred first.
        time_zone: "" when their browser is to tell.
    """

    email: str
    name: str = ""
    team_id: int | None = None
    roles: tuple[Role, ...] = ()
    location: str = ""
    country: str = ""
    languages: tuple[str, ...] = ("en",)
    time_zone: str = ""

    def checked(self) -> Invitee:
        """The same with every field as it is kept.

        Raises:
            Invalid: naming the first field that is wrong.
        """
        return replace(self, **{name: rule() for name, rule in self._rules().items()})

    def problems(self) -> list[Invalid]:
        """Everything that is wrong, field by field."""
        found = []
        for rule in self._rules().values():
            try:
                rule()
            except Invalid as error:
                found.append(error)
        return found

    def _rules(self) -> dict[str, Callable[[], Any]]:
        return {
            "email": lambda: fields.email(self.email),
            "name": lambda: fields.name(self.name) if self.name.strip() else "",
            "location": lambda: fields.short("location", self.location, most=80),
            "country": lambda: countries.country(self.country),
            "languages": lambda: tuple(fields.languages(self.languages)),
            "time_zone": lambda: fields.time_zone(self.time_zone),
        }
