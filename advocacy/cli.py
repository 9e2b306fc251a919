"""python -m advocacy: everything an operator does from a terminal."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from advocacy import migrating, serving
from advocacy.admin import backups, health
from advocacy.admin.health import Verdict
from advocacy.app import build_house
from advocacy.base import logs
from advocacy.base.errors import HubError
from advocacy.base.house import House
from advocacy.demo import company as demo_company
from advocacy.demo import seeding
from advocacy.people import bounces, setting_up, users
from advocacy.people.models import Role
from advocacy.sharing import restoring
from config import Settings, settings_or_exit


@click.group(help="The employee advocacy hub.")
def main() -> None:
    """The commands below."""


@main.command()
@click.option("--web-only", is_flag=True, help="Only the web server; run `clock` and `worker` apart.")
def serve(web_only: bool) -> None:
    """Run the hub: the web server, and beside it the clock and a worker."""
    settings = settings_or_exit()
    logs.set_up(level=settings.log_level, as_json=settings.log_format == "json")
    house = build_house(settings)
    migrating.upgrade(house.db)
    way_in = _way_in(house, settings)
    house.db.dispose()
    click.echo(f"Starting the hub on {settings.address} ...")
    status = serving.serve(
        settings, with_clock=not web_only, with_worker=not web_only, when_ready=lambda: _greet(settings, way_in)
    )
    click.echo("The hub has stopped. Your data stays.")
    raise SystemExit(status)


def _way_in(house: House, settings: Settings) -> str:
    """How to sign in, in a line or two. An empty hub is offered demo data by a person at a terminal."""
    with house.db.reading() as session:
        is_empty = setting_up.is_needed(session)
        has_demo = session.scalar(seeding.IS_DEMO) is not None
    if is_empty and sys.stdin.isatty():
        click.echo("This hub is empty.")
        if click.confirm("Fill it with a made-up company, so that there is something to try?", default=True):
            click.echo("Painting pictures and inventing two months of sharing ...")
            seeding.seed(house)
            is_empty, has_demo = False, True
    if is_empty:
        return (
            f"Nobody is here yet. Make yourself the administrator with this code: {setting_up.code(settings.data_dir)}\n"
            "  (Or stop, run `.venv/bin/python -m advocacy seed-demo`, and try it with a made-up company.)"
        )
    return DEMO_PEOPLE if has_demo else "Sign in with your address and password."


DEMO_PEOPLE = (
    f'Sign in with the password "{demo_company.PASSWORD}" as\n'
    "    kari@nordlys.example   who shares\n"
    "    mia@nordlys.example    who fills the library\n"
    "    lars@nordlys.example   who reads the reports\n"
    "    ada@nordlys.example    who runs the hub"
)


def _greet(settings: Settings, way_in: str) -> None:
    click.echo(f"\n  Open {settings.address} in a browser. Ctrl-C stops the hub.\n\n  {way_in}\n")


@main.command()
def seed_demo() -> None:
    """Fill an empty hub with a made-up company and two months of its sharing."""
    house = build_house(settings_or_exit())
    migrating.upgrade(house.db)
    try:
        seeding.seed(house)
    except HubError as error:
        raise click.ClickException(str(error)) from error
    click.echo(DEMO_PEOPLE)


@main.command(hidden=True)
def web() -> None:
    """Run the web server alone; `serve` does this."""
    serving.web(settings_or_exit())


@main.command()
def clock() -> None:
    """Run a clock. Several may run; one leads."""
    serving.clock(_house_with_logs())


@main.command()
def worker() -> None:
    """Run a worker. Several may run; they share the work."""
    serving.worker(_house_with_logs())


def _house_with_logs() -> House:
    settings = settings_or_exit()
    logs.set_up(level=settings.log_level, as_json=settings.log_format == "json")
    return build_house(settings)


@main.command()
def migrate() -> None:
    """Bring the database to this version."""
    house = build_house(settings_or_exit())
    migrating.upgrade(house.db)
    click.echo("The database is up to date.")


@main.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, type=click.Choice([role.value for role in Role]))
@click.option("--password", default="", help="Asked for when left out.")
def create_user(email: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Add a person who can sign in."""
    house = build_house(settings_or_exit())
    secret = password or getpass.getpass("Password: ")
    try:
        with house.db.transaction() as session:
            user = users.create(
                session, house.clock, email=email, name=name, password=secret, roles=[Role(role) for role in roles]
            )
    except HubError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{user.name} can sign in as {user.email}.")


@main.command()
def bounce() -> None:
    """Take in a letter that came back, from standard input, as a mail server's alias hands it over."""
    raw = sys.stdin.buffer.read(bounces.LONGEST)
    outcome = bounces.take(build_house(settings_or_exit()), raw)
    # Always an end without an error: a mail server would send the report of a report back otherwise.
    click.echo(f"{outcome.value[0].upper()}{outcome.value[1:]}.")


@main.command()
def doctor() -> None:
    """Check settings, database, clock, workers, mail and networks, and say what to do."""
    checks = health.examine(build_house(settings_or_exit()))
    marks = {Verdict.FINE: "ok    ", Verdict.LOOK: "look  ", Verdict.BROKEN: "BROKEN"}
    for check in checks:
        click.echo(f"{marks[check.verdict]}  {check.name}: {check.says}")
        if check.advice is not None:
            click.echo(f"        -> {check.advice}")
    raise SystemExit(1 if health.worst(checks) is Verdict.BROKEN else 0)


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Write everything into one file while the hub runs. Keep it safe: it holds the keys."""
    settings = settings_or_exit()
    house = build_house(settings)
    try:
        size = backups.write(house.db, data_dir=settings.data_dir, target=target, now=house.clock.now())
    except backups.BackupFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{target}: {size / 1024 / 1024:.1f} MB. It holds the keys that open people's tokens: keep it safe.")


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
def restore(source: Path) -> None:
    """Bring a backup back into an empty database and data folder, before the hub is started."""
    settings = settings_or_exit()
    house = build_house(settings)
    try:
        made_at = backups.restore(house.db, data_dir=settings.data_dir, source=source)
    except backups.BackupFailed as error:
        raise click.ClickException(str(error)) from error
    migrating.upgrade(house.db)
    with house.db.transaction() as session:
        asked = restoring.settle(session, house.clock)
    click.echo(f"Restored as it was at {made_at:%Y-%m-%d %H:%M} UTC. Start it with: python -m advocacy serve")
    if asked:
        click.echo(f"{asked} shares may have gone out since then. Nothing is sent again: their people are asked.")
