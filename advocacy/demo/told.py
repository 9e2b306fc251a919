"""What the people of the demo company were told of last, some of it read, and a newsletter."""

from __future__ import annotations

from advocacy.base.blocks import Blocks
from advocacy.base.house import House
from advocacy.messages import newsletters, notifications
from advocacy.people.models import User


def tell(house: House, people: dict[str, User]) -> None:
    """Makes notifications of what happened lately; Mia Lund has read some of hers, and writes a newsletter."""
    notifications.keep_up(house)
    with house.db.transaction() as session:
        user_id = people["Mia Lund"].id
        seen = notifications.page(session, user_id=user_id).items
        if len(seen) > 1:
            notifications.read_all(session, house.clock, user_id=user_id, up_to=seen[1].id)
        blocks = {
            kind.name: [number for number, _ in kind.offered(session, house.clock)[:2]]
            for kind in house.part(Blocks).all
        }
        written = newsletters.Written(
            subject="What moves us this month",
            opening="Dear all,\n\nthis is what you should not miss.",
            closing="Have a good month!",
            blocks=blocks,
        )
        newsletters.save(session, house.clock, written=written, by=user_id)
