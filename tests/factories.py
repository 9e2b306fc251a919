"""Makes people and things for tests, each with one short call and sensible defaults."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from advocacy.base.house import House
from advocacy.library import search
from advocacy.library.models import (
    Campaign,
    Caption,
    ContentItem,
    Dimension,
    ItemAudience,
    ItemKind,
    ItemState,
    Topic,
)
from advocacy.people import users
from advocacy.people.models import Role, Team, User
from advocacy.sharing import post_sums
from advocacy.sharing.models import Link, Proof, Share, ShareState

PASSWORD = "a long enough password"


class Factory:
    """Makes things in the house's database, each in a transaction of its own.

    Objects come back detached and loaded; read them again to see later changes.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def team(self, name: str = "", *, parent: Team | None = None) -> Team:
        """A department, or a team in one."""
        with self.house.db.transaction() as session:
            team = Team(name=name or f"Team {self._next()}", parent_id=parent.id if parent else None)
            session.add(team)
        return team

    def user(self, name: str = "", *roles: Role, team: Team | None = None, **fields: Any) -> User:
        """A person; roles come beside advocate. With `password=PASSWORD` they can sign in by it."""
        number = self._next()
        name = name or f"Person {number}"
        email = fields.pop("email", f"{name.split()[0].lower()}{number}@example.com")
        with self.house.db.transaction() as session:
            user = users.create(
                session,
                self.house.clock,
                email=email,
                name=name,
                roles=roles,
                team_id=team.id if team else None,
                **{
                    key: fields.pop(key)
                    for key in ("password", "location", "languages", "locale", "time_zone")
                    if key in fields
                },
            )
            for key, value in fields.items():
                setattr(user, key, value)
        return user

    def curator(self, name: str = "Cura Tor", **fields: Any) -> User:
        """A person of marketing."""
        return self.user(name, Role.CURATOR, **fields)

    def leader(self, name: str = "Lea Der", **fields: Any) -> User:
        """A person who reads the reports."""
        return self.user(name, Role.LEADER, **fields)

    def admin(self, name: str = "Ad Min", **fields: Any) -> User:
        """A person who runs the hub."""
        return self.user(name, Role.ADMIN, **fields)

    def topic(self, name: str = "") -> Topic:
        """Something items are about."""
        with self.house.db.transaction() as session:
            topic = Topic(name=name or f"Topic {self._next()}")
            session.add(topic)
        return topic

    def campaign(self, name: str = "", **fields: Any) -> Campaign:
        """An effort that items belong to."""
        with self.house.db.transaction() as session:
            campaign = Campaign(name=name or f"Campaign {self._next()}", **fields)
            session.add(campaign)
        return campaign

    def item(
        self,
        title: str = "",
        *,
        state: ItemState = ItemState.APPROVED,
        audience: Mapping[Dimension, Iterable[object]] | None = None,
        captions: Iterable[str | Caption] = (),
        topics: Iterable[Topic] = (),
        **fields: Any,
    ) -> ContentItem:
        """An item, live unless told otherwise.

        Args:
            title: what it is called.
            state: where it stands with its editors.
            audience: values by dimension; teams as `Team` or id. None: everyone.
            captions: texts for any network, or whole captions.
            topics: what it is about.
            fields: any other column.
        """
        now = self.house.clock.now()
        title = title or f"Item {self._next()}"
        fields.setdefault("source_url", f"https://example.com/{self._next()}")
        given = [
            ItemAudience(dimension=dimension, value=str(value.id if isinstance(value, Team) else value))
            for dimension, values in (audience or {}).items()
            for value in values
        ]
        texts = [
            text if isinstance(text, Caption) else Caption(text=text, position=position, language="en")
            for position, text in enumerate(captions)
        ]
        with self.house.db.transaction() as session:
            item = ContentItem(
                kind=fields.pop("kind", ItemKind.ARTICLE),
                title=title,
                state=state,
                audience=given,
                for_everyone=not given,
                captions=texts,
                topics=[session.merge(topic) for topic in topics],
                created_at=fields.pop("created_at", now),
                updated_at=fields.pop("updated_at", now),
                approved_at=fields.pop(
                    "approved_at", now if state in (ItemState.APPROVED, ItemState.WITHDRAWN) else None
                ),
                **fields,
            )
            session.add(item)
            session.flush()
            search.refresh(item)
        return item

    def share(self, user: User, item: ContentItem | None = None, **fields: Any) -> Share:
        """A share, published to Bluesky unless told otherwise, with its tracked link."""
        number = self._next()
        now = self.house.clock.now()
        given: dict[str, Any] = {
            "network": "bluesky",
            "state": ShareState.PUBLISHED,
            "proof": Proof.NETWORK,
            "text": f"Words number {number}",
            "request_key": f"key-{number}",
            "idempotency_key": str(uuid.uuid4()),
            "due_at": now,
            "published_at": now,
            "created_at": now,
            "updated_at": now,
            **fields,
        }
        item = item or self.item()
        with self.house.db.transaction() as session:
            if "link_id" not in given:
                link = Link(code=f"code{number}", target=f"https://example.com/{number}", created_at=now)
                session.add(link)
                session.flush()
                given["link_id"] = link.id
            share = Share(user_id=user.id, item_id=item.id, **given)
            session.add(share)
            session.flush()
            post_sums.follow_new(session, share)
        return share
