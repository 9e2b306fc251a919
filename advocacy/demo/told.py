"""What the people of the demo company were told of last, some of it read."""

from __future__ import annotations

from advocacy.base.house import House
from advocacy.messages import notifications
from advocacy.people.models import User


def tell(house: House, people: dict[str, User]) -> None:
    """Makes notifications of what happened lately; Mia Lund has read some of hers."""
    notifications.keep_up(house)
    with house.db.transaction() as session:
        user_id = people["Mia Lund"].id
        seen = notifications.page(session, user_id=user_id).items
        if len(seen) > 1:
            notifications.read_all(session, house.clock, user_id=user_id, up_to=seen[1].id)
