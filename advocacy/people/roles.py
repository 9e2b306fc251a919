"""Roles, as people read and write them."""

from __future__ import annotations

from collections.abc import Iterable

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people.models import Role, User

LABELS = {
    Role.ADVOCATE: Text("Advocate"),
    Role.CURATOR: Text("Curator"),
    Role.LEADER: Text("Leader"),
    Role.ADMIN: Text("Administrator"),
}
MEANINGS = {
    Role.CURATOR: Text("Keeps the library: writes, reviews and publishes what colleagues can share."),
    Role.LEADER: Text("Reads the insights: what was shared, and what came of it."),
    Role.ADMIN: Text("Runs the hub: people, teams, settings. May do all that curators and leaders do."),
}
_WORDS = {
    "advocate": Role.ADVOCATE,
    "ambassadør": Role.ADVOCATE,
    "ansatt": Role.ADVOCATE,
    "employee": Role.ADVOCATE,
    "curator": Role.CURATOR,
    "redaktør": Role.CURATOR,
    "leader": Role.LEADER,
    "leder": Role.LEADER,
    "admin": Role.ADMIN,
    "administrator": Role.ADMIN,
}
"""What may stand in a list of people, in English and Norwegian."""


def of(words: Iterable[str]) -> list[Role]:
    """The roles that these words name, beside advocate.

    Raises:
        Invalid: on field `roles`, naming the word that is no role.
    """
    found = set()
    for word in words:
        role = _WORDS.get(word.strip().casefold())
        if role is None:
            raise Invalid(
                "roles",
                Text(
                    "“{word}” is not a role. Use advocate, curator, leader or administrator.", word=word.strip()[:40]
                ),
            )
        found.add(role)
    return sorted(found - {Role.ADVOCATE})


def leads(user: User) -> bool:
    """Whether leading is somebody's own role; an administrator may look, which is another matter."""
    return Role.LEADER in user.roles
