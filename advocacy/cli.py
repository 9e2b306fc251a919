"""python -m advocacy: everything an operator does from a terminal."""

from __future__ import annotations

import getpass

import click

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.errors import HubError
from advocacy.people import users
from advocacy.people.models import Role
from config import settings_or_exit


@click.group(help="The employee advocacy hub.")
def main() -> None:
    """The commands below."""


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
