"""The rows of a list of people, judged: who would be invited, and what is wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people import fields, roles, teams
from advocacy.people.entry_models import Invitation, PeopleFile
from advocacy.people.invitation_list import is_open
from advocacy.people.invitees import Invitee
from advocacy.people.models import Role, User

COLUMNS = ("email", "name", "team", "roles", "location", "country", "languages", "time zone")
"""Of the template; every name below is understood too."""
_MEANT = {
    "email": ("email", "e-mail", "e-post", "epost", "mail", "e-mail address", "email address", "e-postadresse"),
    "name": ("name", "navn", "full name", "fullt navn", "display name"),
    "first name": ("first name", "fornavn", "given name", "firstname"),
    "last name": ("last name", "etternavn", "surname", "family name", "lastname"),
    "team": ("team", "department", "avdeling", "unit", "enhet"),
    "roles": ("roles", "role", "roller", "rolle"),
    "location": ("location", "office", "sted", "kontor", "arbeidssted", "place"),
    "country": ("country", "country code", "land", "landkode"),
    "languages": ("languages", "language", "språk"),
    "time zone": ("time zone", "timezone", "tidssone"),
}


@dataclass(frozen=True)
class Row:
    """A row of the file, judged.

    Args:
        number: as the spreadsheet shows it; the heading is 1.
        cells: by the template's column names.
        invitee: who would be invited; None when something is wrong.
        team_names: of the team from the top down; empty for none.
        problems: what is wrong, each with the column it is in.
    """

    number: int
    cells: dict[str, str]
    invitee: Invitee | None
    team_names: tuple[str, ...] = ()
    problems: tuple[tuple[str, Text], ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole file, judged.

    Args:
        rows: every row that is not empty.
        unused: columns that mean nothing to us.
        new_teams: paths of teams that would be made.
    """

    rows: Sequence[Row]
    unused: Sequence[str] = ()
    new_teams: Sequence[str] = ()
    right: Sequence[Row] = field(init=False)
    wrong: Sequence[Row] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "right", [row for row in self.rows if row.invitee is not None])
        object.__setattr__(self, "wrong", [row for row in self.rows if row.invitee is None])


def judge(session: Session, clock: Clock, kept: PeopleFile) -> Report:
    """What would happen with each row now, and what is wrong with it."""
    meanings = meanings_of(kept.columns)
    known_teams = {path.casefold(): team_id for team_id, path in teams.path_names(session).items()}
    rows: list[Row] = []
    first_seen: dict[str, int] = {}
    for number, cells in enumerate(kept.rows, start=2):
        if any(cells):
            row = _judge_row(number, _named(cells, meanings), known_teams, makes_teams=kept.makes_teams)
            rows.append(_judge_repeat(row, first_seen))
    rows = _judge_known(session, clock, rows)
    new_teams = {
        teams.ARROW.join(row.team_names): None
        for row in rows
        if row.invitee is not None and row.team_names and row.invitee.team_id is None
    }
    unused = [name for position, name in enumerate(kept.columns) if name and position not in meanings.values()]
    return Report(rows=rows, unused=unused, new_teams=sorted(new_teams))


def meanings_of(heading: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by the template's names."""
    found: dict[str, int] = {}
    for position, name in enumerate(heading):
        plain = name.strip().casefold().replace("_", " ")
        for meaning, names in _MEANT.items():
            if plain in names:
                found.setdefault(meaning, position)
    return found


def _named(cells: Sequence[str], meanings: dict[str, int]) -> dict[str, str]:
    found = {meaning: cells[position] if position < len(cells) else "" for meaning, position in meanings.items()}
    first, last = found.pop("first name", ""), found.pop("last name", "")
    if not found.get("name"):
        found["name"] = f"{first} {last}".strip()
    return found


def _judge_row(number: int, cells: dict[str, str], known_teams: dict[str, int], *, makes_teams: bool) -> Row:
    problems: list[tuple[str, Text]] = []
    names = tuple(" ".join(part.split()) for part in cells.get("team", "").replace("›", ">").split(">"))
    team_names = names if any(names) else ()
    team_id = known_teams.get(teams.ARROW.join(team_names).casefold())
    if team_names and team_id is None:
        problem = _team_problem(team_names, makes_teams=makes_teams)
        if problem is not None:
            problems.append(("team", problem))
    held: list[Role] = []
    try:
        held = roles.of(fields.split(cells.get("roles", "")))
    except Invalid as error:
        problems.append(("roles", error.text))
    invitee = Invitee(
        email=cells.get("email", ""),
        name=cells.get("name", ""),
        team_id=team_id,
        roles=tuple(held),
        location=cells.get("location", ""),
        country=cells.get("country", ""),
        languages=tuple(fields.split(cells.get("languages", ""))),
        time_zone=cells.get("time zone", ""),
    )
    problems += [(error.field.replace("_", " "), error.text) for error in invitee.problems()]
    checked = None if problems else invitee.checked()
    return Row(number=number, cells=cells, invitee=checked, team_names=team_names, problems=tuple(problems))


def _team_problem(names: tuple[str, ...], *, makes_teams: bool) -> Text | None:
    if not all(names):
        return Text("A name is missing beside “>” in the team “{team}”.", team=teams.ARROW.join(names)[:120])
    if any(len(name) > 120 for name in names) or len(names) > teams.DEEPEST:
        return Text("This team's path is too long.")
    if not makes_teams:
        return Text(
            "There is no team “{team}”. Write the path from the top, such as Sales > Nordic, or let us make it.",
            team=teams.ARROW.join(names)[:120],
        )
    return None


def _judge_repeat(row: Row, first_seen: dict[str, int]) -> Row:
    if row.invitee is None:
        return row
    earlier = first_seen.setdefault(row.invitee.email, row.number)
    if earlier == row.number:
        return row
    return _refused(row, Text("This address stands in row {row} already.", row=earlier))


def _judge_known(session: Session, clock: Clock, rows: list[Row]) -> list[Row]:
    wanted = [row.invitee.email for row in rows if row.invitee is not None]
    here: set[str] = set()
    invited: set[str | None] = set()
    for some in _portions(wanted):
        here.update(session.scalars(select(User.email).where(User.email.in_(some))))
        invited.update(session.scalars(select(Invitation.email).where(Invitation.email.in_(some), is_open(clock))))
    judged = []
    for row in rows:
        if row.invitee is not None and row.invitee.email in here:
            row = _refused(row, Text("Somebody with this address is here already."))
        elif row.invitee is not None and row.invitee.email in invited:
            row = _refused(row, Text("This address was invited already. You can send that invitation again."))
        judged.append(row)
    return judged


def _refused(row: Row, problem: Text) -> Row:
    return Row(row.number, row.cells, None, row.team_names, (*row.problems, ("email", problem)))


def _portions(values: Sequence[str], size: int = 500) -> Iterator[Iterable[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
