"""What changed from one version of an item to another, in words and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.comparing import Piece, pieces
from advocacy.base.text import Text
from advocacy.library.content import Content
from advocacy.library.models import Campaign, Dimension, Film, Picture, Topic
from advocacy.people import teams

LABELS: Mapping[str, Text] = {
    "kind": Text("Kind"),
    "title": Text("Title"),
    "summary": Text("Summary"),
    "source_url": Text("Link"),
    "body": Text("Text to read"),
    "language": Text("Language"),
    "picture_id": Text("Picture"),
    "alt_text": Text("Description of the picture"),
    "more_pictures": Text("Further pictures"),
    "film_id": Text("Film"),
    "topic_ids": Text("Topics"),
    "campaign_id": Text("Campaign"),
    "captions": Text("Ready-made posts"),
    "audience": Text("Who it is for"),
    "publish_from": Text("Starts"),
    "expires_at": Text("Ends"),
    "pinned": Text("Pinned"),
    "internal_only": Text("For colleagues only"),
    "editing": Text("What people may change"),
    "min_words_changed": Text("Words to change"),
    "disclosure": Text("Disclosure"),
    "internal_brief": Text("Internal brief"),
    "briefs": Text("Brief in other languages"),
    "brief_first": Text("Brief has to be read before sharing"),
    "inside_hours": Text("Hours inside before outside"),
}
"""Every field of an item, in the order in which a page shows it."""
DIMENSIONS = {
    Dimension.TEAM: Text("Team"),
    Dimension.LOCATION: Text("Location"),
    Dimension.LANGUAGE: Text("Language"),
    Dimension.ROLE: Text("Role"),
}


@dataclass(frozen=True)
class Difference:
    """One field that changed.

    Args:
        label: of the field.
        pieces: the two texts as one, with what was removed and added.
        before: the value as it was, for fields that are no text; a `Text`, a moment, a truth value or words.
        after: the value as it is now.
    """

    label: Text
    pieces: Sequence[Piece] = ()
    before: object = None
    after: object = None


def changed_fields(before: Mapping[str, object], after: Mapping[str, object]) -> list[Text]:
    """The labels of the fields in which two kept contents differ."""
    return [label for name, label in LABELS.items() if before.get(name) != after.get(name)]


def between(session: Session, before: Content, after: Content) -> list[Difference]:
    """What changed from one content to another, in the order of `LABELS`, ids as names."""
    names = _Names(session, before, after)
    return [
        _difference(label, _shown(name, before, names), _shown(name, after, names))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def _shown(name: str, side: Content, names: _Names) -> object:
    if name == "captions":
        return names.captions(side)
    if name == "audience":
        return names.audience(side)
    if name == "topic_ids":
        return names.topics(side)
    if name == "campaign_id":
        return names.campaigns.get(side.campaign_id or 0)
    if name == "more_pictures":
        return "\n\n".join(one.alt_text for one in side.more_pictures)
    if name == "briefs":
        return "\n\n".join(f"{one.language}\n{one.text}" for one in side.briefs)
    if name == "film_id":
        return names.films.get(side.film_id or 0)
    if name == "picture_id":
        return names.pictures.get(side.picture_id or 0)
    return getattr(side, name)


def _difference(label: Text, before: object, after: object) -> Difference:
    if type(before) is str and type(after) is str:
        return Difference(label, pieces=pieces(before, after))
    return Difference(label, before=before, after=after)


class _Names:
    """What ids are called, read once for two contents; what is gone since is left out."""

    def __init__(self, session: Session, before: Content, after: Content) -> None:
        both = (before, after)
        topic_ids = {one for side in both for one in side.topic_ids}
        campaign_ids = {side.campaign_id for side in both if side.campaign_id}
        picture_ids = {side.picture_id for side in both if side.picture_id}
        found = session.scalars(select(Topic).where(Topic.id.in_(topic_ids)).order_by(Topic.name))
        self._topics = {row.id: row.name for row in found}
        campaigns = session.scalars(select(Campaign).where(Campaign.id.in_(campaign_ids)))
        self.campaigns = {row.id: row.name for row in campaigns}
        self.pictures = {row.id: row for row in session.scalars(select(Picture).where(Picture.id.in_(picture_ids)))}
        film_ids = {side.film_id for side in both if side.film_id}
        self.films = {row.id: row.poster for row in session.scalars(select(Film).where(Film.id.in_(film_ids)))}
        has_team = any(Dimension.TEAM in side.audience for side in both)
        self._teams = teams.path_names(session) if has_team else {}

    def topics(self, side: Content) -> str:
        return ", ".join(name for one, name in self._topics.items() if one in side.topic_ids)

    def audience(self, side: Content) -> list[tuple[Text, str]]:
        return [
            (DIMENSIONS[dimension], ", ".join(self._value(dimension, value) for value in values))
            for dimension, values in sorted(side.audience.items())
        ]

    def _value(self, dimension: Dimension, value: str) -> str:
        return self._teams.get(int(value), value) if dimension is Dimension.TEAM else value

    def captions(self, side: Content) -> str:
        heads = (" · ".join(filter(None, (one.label, one.network, one.language))) for one in side.captions)
        return "\n\n".join(f"{head}\n{one.text}" for head, one in zip(heads, side.captions, strict=True))
