"""The same done to many items at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import HubError, Invalid
from advocacy.base.text import Text
from advocacy.library.models import ContentItem

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outcome:
    """What became of many items at once.

    Args:
        done: ids of those that were changed.
        refused: title and reason of each that was not.
    """

    done: Sequence[int]
    refused: Sequence[tuple[str, Text]]


def each(session: Session, chosen: Iterable[tuple[int, int | None]], act: Callable[..., ContentItem]) -> Outcome:
    """Does the same to many items; one that refuses does not hold up the others.

    Args:
        session: inside a transaction.
        chosen: (id, version that was looked at) of at most `MOST_AT_ONCE` items.
        act: called with `item_id` and `expected_version`.

    Raises:
        Invalid: too many at once.
    """
    wanted = list(dict.fromkeys(chosen))
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid("chosen", Text("Please choose at most {most} items at once.", most=MOST_AT_ONCE))
    named = select(ContentItem.id, ContentItem.title).where(ContentItem.id.in_([one for one, _ in wanted]))
    titles = {row.id: row.title for row in session.execute(named)}
    done, refused = [], []
    for item_id, number in wanted:
        try:
            with session.begin_nested():
                done.append(act(item_id=item_id, expected_version=number).id)
        except HubError as error:
            refused.append((titles.get(item_id, f"{item_id}"), error.text))
    return Outcome(done, refused)
