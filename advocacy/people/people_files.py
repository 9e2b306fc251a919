"""Lists of people to invite: read from a file, shown with what is wrong row by row, then invited all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from advocacy.base import events, spreadsheets
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import invitations, team_changes
from advocacy.people.entry_models import Invitation, PeopleFile
from advocacy.people.models import User
from advocacy.people.people_rows import COLUMNS, Report, Row, judge, meanings_of

MOST_ROWS = 5_000
KEPT = timedelta(days=1)


def keep(session: Session, clock: Clock, *, data: bytes, file_name: str, makes_teams: bool, by: int) -> PeopleFile:
    """Reads a file and keeps it for a day, until somebody has looked at it and says yes. Nobody is invited yet.

    Args:
        session: inside a transaction.
        clock: tells when.
        data: a CSV file.
        file_name: as it was called.
        makes_teams: whether teams that are not there yet are made.
        by: who brought it.

    Raises:
        Invalid: on field `file`, saying what to do.
    """
    rows = spreadsheets.read(data, most_rows=MOST_ROWS + 1)
    if len(rows) < 2:
        raise Invalid("file", Text("The file holds no people. Its first row names the columns, the next are people."))
    heading, *people = rows
    if "email" not in meanings_of(heading):
        raise Invalid(
            "file",
            Text(
                "We found no column called “email”. The first row must name the columns; it says: {heading}.",
                heading=", ".join(heading)[:200],
            ),
        )
    kept = PeopleFile(
        file_name=file_name[:200],
        columns=heading,
        rows=people,
        makes_teams=makes_teams,
        created_by=by,
        created_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    return kept


def get(session: Session, clock: Clock, *, file_id: int) -> PeopleFile:
    """A file that waits for a yes.

    Raises:
        NotFound: it was used, or is more than a day old.
    """
    kept = session.get(PeopleFile, file_id)
    if kept is None or kept.created_at < clock.now() - KEPT:
        raise NotFound(Text("This list was used already, or is more than a day old. Please choose the file again."))
    return kept


def invite_all(
    session: Session,
    clock: Clock,
    sealer: Sealer,
    *,
    file_id: int,
    leaves_out_wrong: bool,
    days: int,
    locale: str,
    address: str,
    by: User,
) -> int:
    """Invites everybody of a file in one transaction, teams that are missing made first.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: closes links and letters.
        file_id: the file, which is removed.
        leaves_out_wrong: whether rows with a problem are passed over.
        days: how long the links work.
        locale: language of the letters.
        address: the hub's public address.
        by: who invites.

    Returns:
        How many were invited.

    Raises:
        NotFound: the file was used already.
        Conflict: there are problems and they are not to be passed over, or nobody is left.
        Invalid: on `days`.
    """
    kept = get(session, clock, file_id=file_id)
    report = judge(session, clock, kept)
    if report.wrong and not leaves_out_wrong:
        raise Conflict(
            Text("Some rows have problems, so nobody was invited. Mend the file, or leave those rows out.")
        )
    if not report.right:
        raise Conflict(Text("There is nobody to invite in this list."))
    invitations.check_days(days)
    made: dict[tuple[str, ...], int] = {}
    for row in report.right:
        is_new = row.invitee is not None and row.team_names and row.invitee.team_id is None
        if is_new and row.team_names not in made:
            made[row.team_names] = team_changes.at_path(session, clock, names=list(row.team_names), by=by.id).id
    built: list[tuple[Invitation, str]] = []
    for row in report.right:
        if row.invitee is not None:
            invitation, token = invitations.build(clock, sealer, invitee=row.invitee, days=days, locale=locale, by=by)
            invitation.team_id = made.get(row.team_names, invitation.team_id)
            built.append((invitation, token))
    session.add_all([invitation for invitation, _ in built])
    for invitation, token in built:
        link = invitations.link_of(address, token)
        invitations.send(session, clock, sealer, invitation=invitation, link=link, by=by)
    session.delete(kept)
    events.record(
        session,
        clock,
        kind="people_file.invited",
        actor_id=by.id,
        subject=("people_file", file_id),
        data={"invited": len(built), "left_out": len(report.wrong)},
    )
    return len(built)


def problems_file(report: Report, *, say: Callable[[Text], str]) -> bytes:
    """The rows with problems as a CSV file to mend and bring again.

    Args:
        report: the file, judged.
        say: puts a sentence into the reader's language.
    """
    heading = [*COLUMNS, "problem"]
    return spreadsheets.write(
        [heading, *([*(row.cells.get(name, "") for name in COLUMNS), _told(row, say)] for row in report.wrong)]
    )


def template_file() -> bytes:
    """An empty list with one example, to begin with."""
    return spreadsheets.write(
        [
            COLUMNS,
            (
                "kari.nordmann@example.com",
                "Kari Nordmann",
                "Sales > Nordic",
                "curator",
                "Oslo",
                "NO",
                "nb, en",
                "Europe/Oslo",
            ),
        ]
    )


def sweep(session: Session, clock: Clock) -> None:
    """Removes lists that nobody said yes to."""
    session.execute(delete(PeopleFile).where(PeopleFile.created_at < clock.now() - KEPT))


def _told(row: Row, say: Callable[[Text], str]) -> str:
    return " ".join(say(problem) for _, problem in row.problems)
