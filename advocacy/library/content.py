"""What editors write in an item, as one value: what a form hands over and a version keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from advocacy.base import sanitize
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.models import ContentItem, Dimension, Editing, ItemKind

__all__ = [
    "Audience",
    "BriefText",
    "CaptionText",
    "Content",
    "Dimension",
    "Editing",
    "ItemKind",
    "PictureText",
    "check",
    "check_address",
    "of_item",
]

LONGEST_TEXT = 50_000
"""Characters of a body or a brief."""
LONGEST_CAPTION = 10_000
MOST_CAPTIONS = 60
MOST_WORDS_TO_CHANGE = 50
MOST_INSIDE_HOURS = 24 * 31
MOST_PICTURES = 20
"""As many as the network that takes most (LinkedIn)."""

Audience = Mapping[Dimension, tuple[str, ...]]
"""Values by dimension; a dimension without values is not there. Empty: everyone."""


@dataclass(frozen=True)
class CaptionText:
    """A ready-made text as an editor writes it.

    Args:
        text: with placeholders such as `{first_name}`.
        network: what it is written for, such as `bluesky`; "" fits any.
        language: BCP 47 code.
        label: what the variant is called in the picker.
        id: of the caption this is, so that its results stay with it; None for a new one.
    """

    text: str
    network: str = ""
    language: str = "en"
    label: str = ""
    id: int | None = None


@dataclass(frozen=True)
class PictureText:
    """A picture as an editor describes it.

    Args:
        picture_id: of a `Picture`.
        alt_text: what it shows, for people who cannot see it.
    """

    picture_id: int
    alt_text: str = ""


@dataclass(frozen=True)
class BriefText:
    """The brief in a language beside the item's own.

    Args:
        language: BCP 47 code.
        text: Markdown.
    """

    language: str
    text: str


@dataclass(frozen=True)
class Content:
    """Everything an editor decides about an item. Moments are aware; ids are of rows that exist."""

    title: str
    kind: ItemKind = ItemKind.ARTICLE
    summary: str = ""
    body: str = ""
    source_url: str = ""
    language: str = "en"
    picture_id: int | None = None
    alt_text: str = ""
    more_pictures: tuple[PictureText, ...] = ()
    """Those that follow the first, which is `picture_id` with `alt_text`."""
    film_id: int | None = None
    """Of an item that is a film; `alt_text` then describes the film, and the first picture is shown before it plays."""
    topic_ids: tuple[int, ...] = ()
    campaign_id: int | None = None
    audience: Audience = field(default_factory=dict)
    publish_from: datetime | None = None
    expires_at: datetime | None = None
    pinned: bool = False
    internal_only: bool = False
    editing: Editing = Editing.FREE
    min_words_changed: int = 0
    disclosure: str = ""
    internal_brief: str = ""
    briefs: tuple[BriefText, ...] = ()
    """In further languages; `internal_brief` is in the item's own."""
    brief_first: bool = False
    """Whether people have to read it before they share."""
    inside_hours: int = 0
    """For how many hours only our own people have it."""
    captions: tuple[CaptionText, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A form that a JSON column keeps."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            **kept,
            "kind": self.kind.value,
            "editing": self.editing.value,
            "more_pictures": [vars(one).copy() for one in self.more_pictures],
            "topic_ids": list(self.topic_ids),
            "audience": {dimension.value: list(values) for dimension, values in self.audience.items()},
            "publish_from": self.publish_from.isoformat() if self.publish_from else None,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
            "captions": [vars(caption).copy() for caption in self.captions],
            "briefs": [vars(one).copy() for one in self.briefs],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Content:
        """What `to_json` gave."""
        return cls(
            **{
                **kept,
                "kind": ItemKind(kept["kind"]),
                "editing": Editing(kept["editing"]),
                "more_pictures": tuple(PictureText(**one) for one in kept.get("more_pictures", ())),
                "topic_ids": tuple(kept["topic_ids"]),
                "audience": {Dimension(name): tuple(values) for name, values in kept["audience"].items()},
                "publish_from": _moment(kept["publish_from"]),
                "expires_at": _moment(kept["expires_at"]),
                "captions": tuple(CaptionText(**caption) for caption in kept["captions"]),
                "briefs": tuple(BriefText(**one) for one in kept.get("briefs", ())),
            }
        )


def of_item(item: ContentItem) -> Content:
    """What stands in an item now."""
    audience: dict[Dimension, tuple[str, ...]] = {}
    for row in sorted(item.audience, key=lambda row: (row.dimension, row.value)):
        audience[row.dimension] = (*audience.get(row.dimension, ()), row.value)
    return Content(
        title=item.title,
        kind=item.kind,
        summary=item.summary,
        body=item.body,
        source_url=item.source_url,
        language=item.language,
        picture_id=item.picture_id,
        alt_text=item.alt_text,
        more_pictures=tuple(PictureText(one.picture_id, one.alt_text) for one in item.more_pictures),
        film_id=item.film_id,
        topic_ids=tuple(sorted(topic.id for topic in item.topics)),
        campaign_id=item.campaign_id,
        audience=audience,
        publish_from=item.publish_from,
        expires_at=item.expires_at,
        pinned=item.pinned,
        internal_only=item.internal_only,
        editing=item.editing,
        min_words_changed=item.min_words_changed,
        disclosure=item.disclosure,
        internal_brief=item.internal_brief,
        briefs=tuple(BriefText(one.language, one.text) for one in item.briefs),
        brief_first=item.brief_first,
        inside_hours=item.inside_hours,
        captions=tuple(
            CaptionText(
                id=caption.id,
                network=caption.network,
                language=caption.language,
                label=caption.label,
                text=caption.text,
            )
            for caption in item.captions
        ),
    )


def check(content: Content) -> None:
    """Holds what an editor wrote to the rules that even a draft keeps.

    Raises:
        Invalid: naming the field. `captions` for any of the ready-made posts.
    """
    if not content.title.strip():
        raise Invalid("title", Text("Please give it a title."))
    _at_most("title", content.title, 200)
    _at_most("summary", content.summary, 2_000)
    _at_most("body", content.body, LONGEST_TEXT)
    _at_most("internal_brief", content.internal_brief, LONGEST_TEXT)
    _at_most("disclosure", content.disclosure, 120)
    _at_most("alt_text", content.alt_text, 1_500)
    check_address(content.source_url)
    _check_pictures(content)
    if content.publish_from and content.expires_at and content.expires_at <= content.publish_from:
        raise Invalid("expires_at", Text("It would end before it begins. Choose a later end."))
    if content.editing is Editing.PERSONAL and not 1 <= content.min_words_changed <= MOST_WORDS_TO_CHANGE:
        raise Invalid(
            "min_words_changed",
            Text("Say how many words must be changed: 1 to {most}.", most=MOST_WORDS_TO_CHANGE),
        )
    _check_captions(content.captions)
    _check_briefs(content)


def check_address(url: str) -> None:
    """Holds a link to the rules of a web address; "" is no link.

    Raises:
        Invalid: on field `source_url`.
    """
    if not url:
        return
    _at_most("source_url", url, 2_000)
    if sanitize.web_url(url) is None:
        raise Invalid(
            "source_url", Text("This is not a web address that people can open. It should begin with https://.")
        )


def _check_pictures(content: Content) -> None:
    undescribed = Text("Please describe the picture, for people who cannot see it. It is sent along with the post.")
    is_film = content.kind is ItemKind.FILM  # its description may come later: a review asks for it
    if content.picture_id is not None and not content.alt_text.strip() and not is_film:
        raise Invalid("alt_text", undescribed)
    if content.more_pictures and content.picture_id is None:
        raise Invalid("picture", Text("The first picture is missing. Add it, or move another up."))
    if len(content.more_pictures) >= MOST_PICTURES:
        raise Invalid("picture", Text("At most {most} pictures fit in one item. Remove some.", most=MOST_PICTURES))
    ids = [content.picture_id, *(one.picture_id for one in content.more_pictures)]
    for place, one in enumerate(content.more_pictures):
        _at_most(f"more_pictures-{place}-alt_text", one.alt_text, 1_500)
        if not one.alt_text.strip():
            raise Invalid(f"more_pictures-{place}-alt_text", undescribed)
        if one.picture_id in ids[: place + 1]:
            raise Invalid("picture", Text("The same picture is there twice. Remove one of them."))


def _check_captions(captions: tuple[CaptionText, ...]) -> None:
    if len(captions) > MOST_CAPTIONS:
        raise Invalid("captions", Text("At most {most} ready-made posts fit in one item.", most=MOST_CAPTIONS))
    for caption in captions:
        if not caption.text.strip():
            raise Invalid("captions", Text("One ready-made post is empty. Write it or remove it."))
        _at_most("captions", caption.text, LONGEST_CAPTION)
        _at_most("captions", caption.label, 40)


def _check_briefs(content: Content) -> None:
    for one in content.briefs:
        _at_most("briefs", one.text, LONGEST_TEXT)
    languages = [one.language for one in content.briefs if one.text.strip()]
    if len(set(languages)) < len(languages) or (content.internal_brief.strip() and content.language in languages):
        raise Invalid(
            "briefs", Text("There are two briefs in one language. Put them together, or change the language of one.")
        )
    if content.brief_first and not content.internal_brief.strip() and not languages:
        raise Invalid("brief_first", Text("There is no brief to read yet. Write it, or do not ask for it."))
    if not 0 <= content.inside_hours <= MOST_INSIDE_HOURS:
        raise Invalid(
            "inside_hours", Text("Please choose a number of hours from 0 to {most}.", most=MOST_INSIDE_HOURS)
        )
    opens = content.publish_from + timedelta(hours=content.inside_hours) if content.publish_from else None
    if content.inside_hours and opens and content.expires_at and content.expires_at <= opens:
        raise Invalid(
            "inside_hours", Text("It would end before it may go outside. Choose fewer hours or a later end.")
        )


def _at_most(name: str, text: str, most: int) -> None:
    if len(text) > most:
        raise Invalid(name, Text("Please keep this below {count} characters.", count=most))


def _moment(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None
