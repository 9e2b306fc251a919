"""The house and its database, as a view reaches them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from advocacy.base.house import House


def house() -> House:
    """What this hub is made of."""
    return cast(House, current_app.extensions["house"])


def reading() -> Session:
    """The request's session, for reading; closed when the request ends."""
    if "session" not in g:
        g.session = house().db.session()
    return cast(Session, g.session)


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction on the request's session: committed at the end of the block, rolled back on an error."""
    with house().db.transaction(reading()) as session:
        yield session


def end_reading() -> None:
    """Ends the request's read: call it before a service that asks a network, so that no transaction waits for it."""
    reading().rollback()


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def set_up(app: Flask, the_house: House) -> None:
    """Puts the house into the app."""
    app.extensions["house"] = the_house
    app.teardown_appcontext(_close)
