"""How many rows a table of figures has: counted before somebody waits for them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.insights import click_rows, items, post_rows, reading_rows
from advocacy.insights.scope import Scope


def rows(session: Session, name: str, scope: Scope, choices: Mapping[str, str], *, most: int | None = None) -> int:
    """How many rows a table has; 0 for one that is always short, such as that of the networks.

    Args:
        session: for reading.
        name: of the table.
        scope: what is counted.
        choices: further words of the address.
        most: where counting may end, so that it is told quickly whether there are more; None counts all.
    """
    if name == "posts":
        which, state = post_rows.which_of(choices)
        query = post_rows.ids(scope, which=which, state=state)
    elif name == "clicks":
        kind, rule, share_id = click_rows.which_of(choices)
        query = click_rows.ids(scope, which=kind, rule=rule, share_id=share_id)
    elif name == "readings":
        figure, is_known = reading_rows.which_of(choices)
        query = reading_rows.ids(scope, kind=figure, is_known=is_known)
    elif name == "items":
        query = items.ids(scope)
    else:
        return 0
    return session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0
