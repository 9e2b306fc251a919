"""Makes people and things for tests, each with one short call and sensible defaults."""

from __future__ import annotations

from typing import Any

from advocacy.base.house import House
from advocacy.people import users
from advocacy.people.models import Role, Team, User

PASSWORD = "a long enough password"


class Factory:
    """Makes things in the house's database, each in a transaction of its own.

    Objects come back detached and loaded; read them again to see later changes.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def team(self, name: str = "", *, parent: Team | None = None) -> Team:
        """A department, or a team in one."""
        with self.house.db.transaction() as session:
            team = Team(name=name or f"Team {self._next()}", parent_id=parent.id if parent else None)
            session.add(team)
        return team

    def user(self, name: str = "", *roles: Role, team: Team | None = None, **fields: Any) -> User:
        """A person who can sign in with PASSWORD; roles come beside advocate."""
        number = self._next()
        name = name or f"Person {number}"
        email = fields.pop("email", f"{name.split()[0].lower()}{number}@example.com")
        with self.house.db.transaction() as session:
            user = users.create(
                session,
                self.house.clock,
                email=email,
                name=name,
                roles=roles,
                team_id=team.id if team else None,
                **{key: fields.pop(key) for key in ("location", "languages", "locale", "time_zone") if key in fields},
            )
            for key, value in fields.items():
                setattr(user, key, value)
        return user

    def curator(self, name: str = "Cura Tor", **fields: Any) -> User:
        """A person of marketing."""
        return self.user(name, Role.CURATOR, **fields)

    def leader(self, name: str = "Lea Der", **fields: Any) -> User:
        """A person who reads the reports."""
        return self.user(name, Role.LEADER, **fields)

    def admin(self, name: str = "Ad Min", **fields: Any) -> User:
        """A person who runs the hub."""
        return self.user(name, Role.ADMIN, **fields)
