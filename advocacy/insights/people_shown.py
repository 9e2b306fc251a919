"""Whose post it was, as far as the person lets it be said: by name who chose it, else a colleague, of whatever team."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotAllowed
from advocacy.base.text import Text
from advocacy.people.groups import Tree
from advocacy.people.models import User
from advocacy.sharing.models import Share


@dataclass(frozen=True)
class Author:
    """Who posted, as a leader may read it.

    Args:
        name: None for somebody who did not choose to appear by name.
        team: where they stand; "" for somebody without a name: a team beside each post would let anybody count up
            figures of a team of any days, network and item, and so of single people.
    """

    name: str | None
    team: str


def author(tree: Tree, *, name: str, by_name: bool, team_id: int | None) -> Author:
    """Who posted.

    Args:
        tree: all teams.
        name: the person's name.
        by_name: whether they chose to appear by it.
        team_id: where they stand.
    """
    return Author(name, tree.name(team_id)) if by_name else Author(None, "")


def check_post(session: Session, *, share_id: int) -> None:
    """Sees to it that what is known of one post may be shown by itself.

    Raises:
        NotAllowed: its author did not choose to appear by name, or there is no such post.
    """
    by_name = session.scalar(
        select(User.ranked_by_name).join(Share, Share.user_id == User.id).where(Share.id == share_id)
    )
    if not by_name:
        raise NotAllowed(
            Text(
                "Whose post this is did not choose to be named. When it was followed, and with what, is shown only "
                "among the clicks on everybody's posts."
            )
        )
