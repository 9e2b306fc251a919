"""What there is to share: items with their audience, captions, pictures and history."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Computed, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base, UtcDateTime
from advocacy.base.editions import REMEMBERED
from advocacy.library.brief_models import ItemBrief
from advocacy.people.models import closed_set


class ItemKind(enum.StrEnum):
    """What an item is."""

    ARTICLE = "article"
    IMAGE = "image"
    VIDEO = "video"
    TEXT = "text"
    FILM = "film"
    """A film that was brought into the hub and goes out as itself; its picture is the one shown before it plays."""
    POST = "post"
    """A post of the company's on a network, to be passed on or commented there; `source_url` is its address."""


class ItemState(enum.StrEnum):
    """Where an item stands with its editors. Live and expired follow from its window: see `Stage`."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Stage(enum.StrEnum):
    """Where an item stands at a given moment: its state and its window together."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    """Approved, and its window has not begun."""
    LIVE = "live"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Editing(enum.StrEnum):
    """How much of a ready-made text the sharer may, or must, change."""

    FREE = "free"
    PERSONAL = "personal"
    """At least `min_words_changed` words must differ."""
    LOCKED = "locked"


class Dimension(enum.StrEnum):
    """By what an audience is chosen. Within one, any value fits; all given ones must fit."""

    TEAM = "team"
    """Value: the team's id; its sub-teams belong to it."""
    LOCATION = "location"
    LANGUAGE = "language"
    ROLE = "role"


class Topic(Base):
    """What an item is about; people follow topics."""

    __tablename__ = "topic"
    __table_args__ = {"info": {REMEMBERED: True}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)


class Campaign(Base):
    """Items that belong to one effort."""

    __tablename__ = "campaign"
    __table_args__ = {"info": {REMEMBERED: True}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}
"""Kinds of pictures that are kept, and how their files end."""
FILM_SUFFIXES = {"video/mp4": "mp4", "video/quicktime": "mov"}
"""Kinds of films that are kept, and how their files end."""


class Picture(Base):
    """An image kept by the hub: resized, without metadata. The file is named by its content's hash."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    mime: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    """Bytes."""
    original_sha256: Mapped[str | None] = mapped_column(String(64))
    """The larger one that networks get theirs from, without metadata too; None where this one is all there is."""
    original_mime: Mapped[str] = mapped_column(String(40), default="")
    frames: Mapped[int] = mapped_column(default=1)
    """More than one: the original moves."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"{self.sha256}.{SUFFIXES[self.mime]}"

    @property
    def original_name(self) -> str:
        """The name of the file that networks get theirs from."""
        if self.original_sha256 is None:
            return self.file_name
        return f"{self.original_sha256}.{SUFFIXES[self.original_mime]}"

    @property
    def moves(self) -> bool:
        """Whether it is an animation; pages show its first frame."""
        return self.frames > 1

    @property
    def path(self) -> str:
        """Where a browser gets it."""
        return f"/media/{self.file_name}"


class Film(Base):
    """A film kept by the hub, in the same folder as pictures. The file is named by its content's hash."""

    __tablename__ = "film"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    mime: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    seconds: Mapped[float]
    """How long it plays."""
    width: Mapped[int]
    height: Mapped[int]
    """Pixels, as it is shown: after turning it where its file says so."""
    poster_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    """A still of it."""
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    poster: Mapped[Picture | None] = relationship(lazy="joined")

    @property
    def file_name(self) -> str:
        """The name of its file."""
        return f"{self.sha256}.{FILM_SUFFIXES[self.mime]}"

    @property
    def path(self) -> str:
        """Where a browser gets it."""
        return f"/media/{self.file_name}"


@dataclass(frozen=True)
class Shown:
    """A picture of an item, with what it shows in words."""

    picture: Picture
    alt_text: str


class PreviewCard(Base):
    """What a link shows when shared; fetched once, safely, and kept."""

    __tablename__ = "preview_card"
    __table_args__ = {"info": {REMEMBERED: True}}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(2000), unique=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    site_name: Mapped[str] = mapped_column(String(120), default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    wanted_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None] = mapped_column(index=True)
    """When to fetch it (again); None once that is settled either way."""
    tries: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None]
    problem: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: why there is no card."""

    picture: Mapped[Picture | None] = relationship()


class ContentItem(Base):
    """Something worth sharing."""

    __tablename__ = "content_item"
    __table_args__ = (
        Index("ix_content_item_live", "state", "live_from", "id", "for_everyone"),
        Index("ix_content_item_updated", "updated_at", "id"),
        {"info": {REMEMBERED: True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(closed_set(ItemKind))
    state: Mapped[ItemState] = mapped_column(closed_set(ItemState), default=ItemState.DRAFT)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    """Markdown, for reading inside."""
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    language: Mapped[str] = mapped_column(String(10), default="en")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    """The first of its pictures, which stands for it in lists."""
    alt_text: Mapped[str] = mapped_column(String(1500), default="")
    """What its first picture shows, or its film."""
    film_id: Mapped[int | None] = mapped_column(ForeignKey("film.id"))
    """Of an item that is a film."""
    card_id: Mapped[int | None] = mapped_column(ForeignKey("preview_card.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), index=True)
    publish_from: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    pinned: Mapped[bool] = mapped_column(default=False)
    internal_only: Mapped[bool] = mapped_column(default=False)
    for_everyone: Mapped[bool] = mapped_column(default=True)
    """False when the item has an audience, so that lists need not look. It can only hide: `audience` decides."""
    editing: Mapped[Editing] = mapped_column(closed_set(Editing), default=Editing.FREE)
    min_words_changed: Mapped[int] = mapped_column(default=0)
    disclosure: Mapped[str] = mapped_column(String(120), default="")
    """Added to every text, such as "#employee"."""
    internal_brief: Mapped[str] = mapped_column(Text, default="")
    """Markdown: what we tell our own people, and why. In the item's language; `briefs` holds it in others."""
    brief_first: Mapped[bool] = mapped_column(default=False)
    """Whether people have to read the brief before they share."""
    brief_edition: Mapped[int] = mapped_column(default=1)
    """Counted up when an editor wants everybody to read the brief again."""
    inside_hours: Mapped[int] = mapped_column(default=0)
    """For how many hours only our own people have it, from the moment it appears in the feed."""
    search_words: Mapped[str] = mapped_column(Text, default="")
    """Title, summary, topics, captions in lower case: what search looks through."""
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    approved_at: Mapped[datetime | None]
    live_from: Mapped[datetime | None] = mapped_column(
        UtcDateTime(),
        Computed(
            "CASE WHEN publish_from > approved_at THEN publish_from ELSE approved_at END",
            persisted=True,
        ),
    )
    """When it appeared, or will: the later of its approval and its window. The feed's order."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts edits; two people editing at once is told to the second."""

    topics: Mapped[list[Topic]] = relationship(secondary="item_topic", lazy="selectin", order_by=Topic.name)
    audience: Mapped[list[ItemAudience]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    captions: Mapped[list[Caption]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Caption.position"
    )
    briefs: Mapped[list[ItemBrief]] = relationship(cascade="all, delete-orphan", order_by=ItemBrief.language)
    picture: Mapped[Picture | None] = relationship()
    more_pictures: Mapped[list[ItemPicture]] = relationship(
        cascade="all, delete-orphan", order_by="ItemPicture.position"
    )
    film: Mapped[Film | None] = relationship()
    card: Mapped[PreviewCard | None] = relationship()
    campaign: Mapped[Campaign | None] = relationship()

    @property
    def pictures(self) -> tuple[Shown, ...]:
        """Its pictures in their order; the first stands for it in lists."""
        first = (Shown(self.picture, self.alt_text),) if self.picture is not None else ()
        return (*first, *(Shown(one.picture, one.alt_text) for one in self.more_pictures))

    @property
    def outside_from(self) -> datetime | None:
        """From when it may be shared outside; None when from its first moment, or when that is not known yet."""
        if not self.inside_hours or self.live_from is None:
            return None
        return self.live_from + timedelta(hours=self.inside_hours)

    def is_inside_only(self, at: datetime) -> bool:
        """Whether at that moment only our own people may have it."""
        return self.outside_from is not None and at < self.outside_from

    def brief_in(self, languages: Iterable[str]) -> str:
        """The brief in the first of these languages in which there is one, else as it was written; Markdown."""
        texts = {one.language.split("-")[0]: one.text for one in self.briefs}
        if self.internal_brief:
            texts[self.language.split("-")[0]] = self.internal_brief
        wanted = (str(code).split("-")[0] for code in languages)
        return next(
            (texts[code] for code in wanted if code in texts), self.internal_brief or next(iter(texts.values()), "")
        )

    def stage(self, now: datetime) -> Stage:
        """Where the item stands at `now`."""
        if self.state is not ItemState.APPROVED:
            return Stage(self.state.value)
        if self.expires_at is not None and self.expires_at <= now:
            return Stage.EXPIRED
        if self.publish_from is not None and self.publish_from > now:
            return Stage.APPROVED
        return Stage.LIVE


class ItemPicture(Base):
    """A picture of an item that follows its first."""

    __tablename__ = "item_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id"))
    alt_text: Mapped[str] = mapped_column(String(1500), default="")

    picture: Mapped[Picture] = relationship(lazy="joined")


class ItemTopic(Base):
    """An item is about a topic."""

    __tablename__ = "item_topic"
    __table_args__ = {"info": {REMEMBERED: True}}  # noqa: RUF012

    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), primary_key=True, index=True)


class ItemAudience(Base):
    """One value of one dimension of whom an item is for. None at all: everyone."""

    __tablename__ = "item_audience"
    __table_args__ = (
        Index("ix_item_audience_value", "dimension", "value", "item_id"),
        {"info": {REMEMBERED: True}},
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    dimension: Mapped[Dimension] = mapped_column(closed_set(Dimension), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)


class Caption(Base):
    """A ready-made text: a variant of an item for a network and a language."""

    __tablename__ = "caption"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), index=True)
    network: Mapped[str] = mapped_column(String(30), default="")
    """The connector's name; "" fits any network."""
    language: Mapped[str] = mapped_column(String(10), default="en")
    label: Mapped[str] = mapped_column(String(40), default="")
    """What the variant is called in the picker, such as "Proud"."""
    text: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)


class ItemVersion(Base):
    """What an item looked like after a change, and who changed it."""

    __tablename__ = "item_version"
    __table_args__ = (UniqueConstraint("item_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"))
    number: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    state: Mapped[ItemState] = mapped_column(closed_set(ItemState))
    note: Mapped[str] = mapped_column(String(500), default="")
    content: Mapped[dict[str, Any]]


class ReviewComment(Base):
    """A remark on an item in review."""

    __tablename__ = "review_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
