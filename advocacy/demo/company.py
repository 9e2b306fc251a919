"""Who works at Nordlys: the people and teams of the demo company. Every one of them is made up."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.library.disclosure_policy import Rule
from advocacy.library.disclosures import Place
from advocacy.people.models import Role

PASSWORD = "nordlys demo"  # noqa: S105 - printed for everybody who tries the demo
DOMAIN = "nordlys.example"

TEAMS: tuple[tuple[str, str | None], ...] = (
    ("Sales", None),
    ("Nordic Sales", "Sales"),
    ("Technology", None),
    ("Offshore", "Technology"),
    ("People and Culture", None),
    ("Marketing", None),
)
"""Name, and the department it is in."""


@dataclass(frozen=True)
class Person:
    """One colleague.

    Args:
        name: first and last.
        team: name of a team.
        title: job title.
        location: office.
        roles: beside advocate.
        eager: how many posts in the demo's two months, roughly.
        ranked_by_name: whether they chose to be named on leaderboards.
    """

    name: str
    team: str
    title: str
    location: str
    roles: tuple[Role, ...] = ()
    eager: int = 3
    ranked_by_name: bool = True

    @property
    def email(self) -> str:
        """First name at the demo's domain."""
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


PEOPLE: tuple[Person, ...] = (
    Person("Kari Nordmann", "Nordic Sales", "Account manager", "Oslo", eager=6),
    Person("Mia Lund", "Marketing", "Content lead", "Oslo", (Role.CURATOR,), eager=5),
    Person("Lars Berg", "Marketing", "Communications director", "Oslo", (Role.LEADER,), eager=2),
    Person("Ada Vik", "Technology", "IT manager", "Bergen", (Role.ADMIN, Role.CURATOR, Role.LEADER), eager=1),
    Person("Ingrid Solberg", "Nordic Sales", "Sales manager", "Oslo", eager=11),
    Person("Marcus Lindqvist", "Nordic Sales", "Account manager", "Stockholm", eager=9),
    Person("Aisha Rahman", "Offshore", "Wind engineer", "Bergen", eager=10),
    Person("Tomas Novak", "Offshore", "Site lead", "Stavanger", eager=7),
    Person("Sara Holm", "People and Culture", "Recruiter", "Oslo", eager=8),
    Person("Jonas Eide", "Technology", "Grid planner", "Trondheim", eager=5),
    Person("Emma Dahl", "Sales", "Key account manager", "Copenhagen", eager=4, ranked_by_name=False),
    Person("Oskar Lie", "Technology", "Data engineer", "Oslo", eager=2, ranked_by_name=False),
    Person("Nora Strand", "People and Culture", "HR partner", "Bergen", eager=3),
    Person("Henrik Moe", "Offshore", "Technician", "Stavanger", eager=1, ranked_by_name=False),
    Person("Liv Aas", "Sales", "Sales assistant", "Oslo", eager=0, ranked_by_name=False),
    Person("Petter Haug", "Technology", "Developer", "Trondheim", eager=0, ranked_by_name=False),
)

DISCLOSURES = (
    Rule("", "I work at {company}.", "Jeg jobber i {company}.", is_required=False),
    Rule("US", "I work at {company}.", "Jeg jobber i {company}.", place=Place.BEGINNING),
)
"""In the United States nobody can leave it out; colleagues in other countries may."""

POLICY_TITLE = "How we share"
POLICY = """You speak for yourself, and people know where you work. That is worth a lot, so:

- **Be honest.** Say that you work here when you write about us. The hub adds *I work at Nordlys* for you.
- **Share what you believe in.** Nobody has to share anything, and nobody counts it against you.
- **Keep inside what is for us inside.** Customers, colleagues and numbers that are not public stay with us.
- **Be kind.** If a discussion turns sour, leave it and tell Marketing.

Questions? Ask Mia in Marketing.
"""
