"""What people share and through what: connections, shares, attempts, tracked links."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from advocacy.base.db import Base
from advocacy.library.models import ContentItem
from advocacy.people.models import closed_set


class ConnectionState(enum.StrEnum):
    """Whether a linked account can be used."""

    ACTIVE = "active"
    NEEDS_SIGN_IN = "needs_sign_in"
    DISCONNECTED = "disconnected"


class ShareState(enum.StrEnum):
    """Where a share stands; see the table in docs of the publisher."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSED = "missed"


class ShareKind(enum.StrEnum):
    """What a share is."""

    SHARE = "share"
    """Something of the library's, in the person's words."""
    CHANNEL = "channel"
    """The same, in a team's channel: no public place."""
    REPOST = "repost"
    """A post of the company's, passed on as it is."""
    COMMENT = "comment"
    """A post of the company's, quoted with the person's words."""
    REPLY = "reply"
    """The person's words below a post of the company's."""


class Proof(enum.StrEnum):
    """How we know that a share is out there."""

    NONE = "none"
    NETWORK = "network"
    """The network's own receipt."""
    CLAIMED = "claimed"
    """The person opened a share link; nothing proves that they posted."""
    CONFIRMED = "confirmed"
    """A claimed share whose tracked link a human followed."""


class Purpose(enum.StrEnum):
    """What a try is for."""

    PUBLISH = "publish"
    LOOK = "look"
    """Reads whether an earlier try was published; writes nothing."""


class Connection(Base):
    """A person's linked account at a network. Its tokens are sealed."""

    __tablename__ = "connection"
    __table_args__ = (
        # One account belongs to one person; after they let it go, a colleague may connect it.
        Index(
            "uq_connection_live",
            "network",
            "server",
            "remote_id",
            unique=True,
            sqlite_where=text("state <> 'disconnected'"),
            postgresql_where=text("state <> 'disconnected'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    network: Mapped[str] = mapped_column(String(30))
    """The connector's name."""
    server: Mapped[str] = mapped_column(String(255), default="")
    """The account's server where ids are only unique within one (Mastodon); else ""."""
    remote_id: Mapped[str] = mapped_column(String(200))
    handle: Mapped[str] = mapped_column(String(200), default="")
    display_name: Mapped[str] = mapped_column(String(200), default="")
    profile_url: Mapped[str] = mapped_column(String(2000), default="")
    state: Mapped[ConnectionState] = mapped_column(closed_set(ConnectionState), default=ConnectionState.ACTIVE)
    sealed_credentials: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    """When the access token ends, where the network says so."""
    sign_in_ends_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the person has to sign in again, where no refresh can spare them that."""
    reminded_days: Mapped[int | None]
    """The last reminder of that: how many days before; None before the first."""
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The server's own limits where it has them (Mastodon), as the connector gave them."""
    refresh_lease_until: Mapped[datetime | None]
    connected_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class AppRegistration(Base):
    """Our app at one server of a network that has many (Mastodon). Its secret is sealed."""

    __tablename__ = "app_registration"
    __table_args__ = (UniqueConstraint("network", "server"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network: Mapped[str] = mapped_column(String(30))
    server: Mapped[str] = mapped_column(String(255))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    registered_at: Mapped[datetime]


class ConnectFlow(Base):
    """An authorisation that was begun: its state is bound to one signed-in browser and used once."""

    __tablename__ = "connect_flow"

    state_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    session_hash: Mapped[str] = mapped_column(String(64))
    network: Mapped[str] = mapped_column(String(30))
    server: Mapped[str] = mapped_column(String(255), default="")
    sealed_verifier: Mapped[bytes | None] = mapped_column(LargeBinary)
    """As JSON: the verifier of PKCE, what the connector keeps for this sign-in, and the host of the page."""
    next_path: Mapped[str] = mapped_column(String(500), default="")
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    """The account that is connected again: only itself may come back."""
    sealed_offers: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What a sign-in is good for, while its person chooses one of several accounts; see `choosing`."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Link(Base):
    """The tracked address of one share: `/r/<code>`."""

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    target: Mapped[str] = mapped_column(String(2600))
    """Where it leads, UTM parameters included."""
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class ShareRequest(Base):
    """A form that was sent: the same form sent twice is one request, whoever of two tabs is first."""

    __tablename__ = "share_request"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Hash of what the form asked for; another body under the same key is refused."""
    created_at: Mapped[datetime]


class Share(Base):
    """One person shares one item to one network."""

    __tablename__ = "share"
    __table_args__ = (
        UniqueConstraint("user_id", "request_key", "network", "connection_id"),
        Index("ix_share_due", "state", "next_attempt_at"),
        Index("ix_share_user_state", "user_id", "state", "due_at"),
        Index("ix_share_lease", "state", "lease_until"),
        Index("ix_share_deadline", "state", "deadline_at"),
        Index("ix_share_published", "published_at"),
        Index("ix_share_state_created", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id"), index=True)
    kind: Mapped[ShareKind] = mapped_column(closed_set(ShareKind), default=ShareKind.SHARE)
    network: Mapped[str] = mapped_column(String(30))
    """The connector's name: `bluesky` is sent by us, `bluesky_link` by the person."""
    connection_id: Mapped[int | None] = mapped_column(ForeignKey("connection.id", ondelete="SET NULL"), index=True)
    """None for share links: the person posts by hand."""
    caption_id: Mapped[int | None] = mapped_column(ForeignKey("caption.id", ondelete="SET NULL"), index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"), unique=True)
    request_key: Mapped[str] = mapped_column(String(64))
    """The `ShareRequest` it came with."""

    state: Mapped[ShareState] = mapped_column(closed_set(ShareState), default=ShareState.DRAFT)
    proof: Mapped[Proof] = mapped_column(closed_set(Proof), default=Proof.NONE)
    text: Mapped[str] = mapped_column(Text)
    """Word for word what the person approved, disclosure and link included."""
    disclosed: Mapped[str] = mapped_column(Text, default="")
    """What of the disclosures that were asked for stands in the text, a line each; for the archive."""
    disclosed_for: Mapped[str] = mapped_column(String(2), default="")
    """The country whose rule asked for it; "" for everybody's, or none."""
    picture_ids: Mapped[list[Any] | None]
    """Which of the item's pictures go along, in their order; None for as many as the network takes."""
    film_id: Mapped[int | None] = mapped_column(ForeignKey("film.id"))
    """The film that the person saw, of an item that is one."""
    language: Mapped[str] = mapped_column(String(10), default="en")
    approved_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    """The zone in which the person saw the time."""
    deadline_at: Mapped[datetime | None]
    """Later than this it is not fired but becomes missed, and the person is asked."""

    # The publisher's own columns
    idempotency_key: Mapped[str] = mapped_column(String(36))
    record_key: Mapped[str] = mapped_column(String(13), default="")
    """Chosen before the first try, for networks where a repeat is the same record."""
    record_at: Mapped[datetime | None]
    """Fixed before the first try: part of that record."""
    progress: Mapped[dict[str, str] | None]
    """What earlier tries came to, where a network takes several calls: see `connectors.Progress`."""
    next_attempt_at: Mapped[datetime | None]
    """When the publisher takes it up: scheduled to publish, unconfirmed to settle; None waits for the person."""
    unsettled_at: Mapped[datetime | None]
    """When a try was sent of which nobody knows the outcome; None as long as every outcome is known."""
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    attempts_made: Mapped[int] = mapped_column(default=0)
    reason: Mapped[dict[str, Any] | None]
    """A `Text` as JSON: why it waits, failed, was missed or is unconfirmed."""

    remote_id: Mapped[str | None] = mapped_column(String(300))
    permalink: Mapped[str | None] = mapped_column(String(2000))
    published_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """Deleted at the network, by us or by the person."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    item: Mapped[ContentItem] = relationship()
    connection: Mapped[Connection | None] = relationship()
    link: Mapped[Link | None] = relationship()


class ShareAttempt(Base):
    """One try at publishing a share; written before the network is called."""

    __tablename__ = "share_attempt"
    __table_args__ = (UniqueConstraint("share_id", "number"), Index("ix_share_attempt_started_at", "started_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("share.id", ondelete="CASCADE"))
    number: Mapped[int]
    purpose: Mapped[Purpose] = mapped_column(closed_set(Purpose), default=Purpose.PUBLISH)
    worker: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    """Written just before the network is asked to publish: without it, surely nothing was sent."""
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(String(30), default="")
    """"" while it runs; then `published`, `not_found` or what stood in the way, such as `Transient`."""
    network_said: Mapped[str] = mapped_column(String(500), default="")


class ComposerDraft(Base):
    """Words a person has typed and not yet sent; kept within two seconds."""

    __tablename__ = "composer_draft"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    network: Mapped[str] = mapped_column(String(30), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]


class HeldShare(Base):
    """What a person composed and could not send, because something else comes first, such as a course."""

    __tablename__ = "held_share"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    form: Mapped[dict[str, Any]]
    """The composer's fields, each with its values."""
    held_at: Mapped[datetime]

    item: Mapped[ContentItem] = relationship()


class SavedItem(Base):
    """A person keeps an item for later."""

    __tablename__ = "saved_item"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("content_item.id", ondelete="CASCADE"), primary_key=True)
    saved_at: Mapped[datetime]


class FollowedTopic(Base):
    """A person wants more of a topic."""

    __tablename__ = "followed_topic"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True)
