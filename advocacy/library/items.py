"""Items as their editors work on them: written, edited, found, copied, removed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.library import audience, briefs, card_fetching, content, differences, history, search
from advocacy.library.brief_models import ItemBrief
from advocacy.library.content import Content
from advocacy.library.models import (
    Campaign,
    Caption,
    ContentItem,
    Editing,
    Film,
    ItemAudience,
    ItemKind,
    ItemPicture,
    ItemState,
    Picture,
    Topic,
)

MISSING = Text("We could not find that item. It may have been removed.")


class ChangedMeanwhile(Conflict):
    """Somebody else changed the item since it was opened.

    Args:
        text: who and when, and what to do.
        number: of the version that stands now.
    """

    def __init__(self, text: Text, *, number: int) -> None:
        super().__init__(text)
        self.number = number


def get(session: Session, *, item_id: int) -> ContentItem:
    """An item for its editors, whatever its stage and audience. For everybody else: `visibility.readable`.

    Raises:
        NotFound: there is none.
    """
    item = session.get(ContentItem, item_id)
    if item is None:
        raise NotFound(MISSING)
    return item


def create(
    session: Session, clock: Clock, *, written: Content, by: int | None, source_id: int | None = None, note: str = ""
) -> ContentItem:
    """Adds an item as a draft.

    Args:
        session: inside a transaction.
        clock: tells when.
        written: what stands in it.
        by: who wrote it; None for a feed.
        source_id: the feed it came from.
        note: for its history.

    Raises:
        Invalid: naming the field.
    """
    now = clock.now()
    item = ContentItem(
        kind=written.kind, title="", state=ItemState.DRAFT, source_id=source_id, created_by=by, version=1
    )
    item.created_at = item.updated_at = now
    session.add(item)
    _write(session, clock, item, written)
    history.record(session, clock, item=item, by=by, note=note)
    events.record(
        session, clock, kind="item.created", actor_id=by, subject=("item", item.id), data={"title": item.title}
    )
    return item


def edit(
    session: Session,
    clock: Clock,
    *,
    item_id: int,
    written: Content,
    expected_version: int,
    by: int,
    note: str = "",
    four_eyes: bool = False,
    read_again: bool = False,
) -> ContentItem:
    """Changes an item. Nothing happens when nothing changed.

    Args:
        session: inside a transaction.
        clock: tells when.
        item_id: which.
        written: the whole of what stands in it from now on.
        expected_version: the number the editor began with.
        by: who.
        note: why, for the history.
        four_eyes: an approved item goes back to review, since a second person has to see the change.
        read_again: whether people who have read the brief have to read it again.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: somebody else was faster.
        Invalid: naming the field.
    """
    item = locked(session, item_id=item_id, expected_version=expected_version)
    before = content.of_item(item)
    _write(session, clock, item, written)
    after = content.of_item(item)
    if read_again:
        briefs.ask_again(session, clock, item=item, by=by)
    if before == after:
        return item
    if four_eyes and item.state is ItemState.APPROVED:
        item.state = ItemState.IN_REVIEW
    item.version += 1
    item.updated_at = clock.now()
    history.record(session, clock, item=item, by=by, note=note)
    changed = [name for name in differences.LABELS if getattr(before, name) != getattr(after, name)]
    events.record(
        session,
        clock,
        kind="item.edited",
        actor_id=by,
        subject=("item", item.id),
        data={"title": item.title, "version": item.version, "changed": changed, "state": item.state.value},
    )
    return item


def locked(session: Session, *, item_id: int, expected_version: int | None = None) -> ContentItem:
    """An item that nobody else changes until the transaction ends.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: it is no longer at the version that was expected.
    """
    query = select(ContentItem).where(ContentItem.id == item_id).with_for_update(of=ContentItem)
    item = session.scalar(query.execution_options(populate_existing=True))
    if item is None:
        raise NotFound(MISSING)
    if expected_version is not None and item.version != expected_version:
        found = history.last(session, item_id=item_id)
        name = found[1] if found and found[1] else ""
        sentence = (
            Text("{name} changed this item after you opened it.", name=name)
            if name
            else Text("This item was changed after you opened it.")
        )
        raise ChangedMeanwhile(sentence, number=item.version)
    return item


def restore(
    session: Session,
    clock: Clock,
    *,
    item_id: int,
    number: int,
    expected_version: int,
    by: int,
    note: str,
    four_eyes: bool = False,
) -> ContentItem:
    """Brings an older version back, as a new one. Topics, a campaign, a picture or a film that are gone since stay away.

    Raises:
        NotFound: there is no such item or version.
        ChangedMeanwhile: somebody else was faster.
    """
    kept = Content.from_json(history.version(session, item_id=item_id, number=number).content)
    topics = session.scalars(select(Topic.id).where(Topic.id.in_(kept.topic_ids)))
    written = replace(
        kept,
        topic_ids=tuple(sorted(topics)),
        campaign_id=kept.campaign_id if kept.campaign_id and session.get(Campaign, kept.campaign_id) else None,
        picture_id=kept.picture_id if kept.picture_id and session.get(Picture, kept.picture_id) else None,
        film_id=kept.film_id if kept.film_id and session.get(Film, kept.film_id) else None,
        audience=audience.existing(session, kept.audience),
    )
    return edit(
        session,
        clock,
        item_id=item_id,
        written=written,
        expected_version=expected_version,
        by=by,
        note=note,
        four_eyes=four_eyes,
    )


def duplicate(session: Session, clock: Clock, *, item_id: int, title: str, by: int) -> ContentItem:
    """A new draft with what stands in an item, without its window.

    Args:
        session: inside a transaction.
        clock: tells when.
        item_id: what to copy.
        title: of the copy.
        by: who.

    Raises:
        NotFound: there is none.
    """
    kept = content.of_item(get(session, item_id=item_id))
    captions = tuple(replace(caption, id=None) for caption in kept.captions)
    copy = replace(kept, title=title[:200], captions=captions, publish_from=None, expires_at=None, pinned=False)
    return create(session, clock, written=copy, by=by)


def remove(session: Session, clock: Clock, *, item_id: int, by: int) -> None:
    """Removes a draft that was never approved; anything that people may have seen is withdrawn instead.

    Raises:
        NotFound: there is none.
        Conflict: it was approved once.
    """
    item = locked(session, item_id=item_id)
    if item.approved_at is not None or item.state is not ItemState.DRAFT:
        raise Conflict(Text("Only a draft that was never approved can be deleted. Withdraw this item instead."))
    events.record(
        session, clock, kind="item.removed", actor_id=by, subject=("item", item.id), data={"title": item.title}
    )
    session.delete(item)


_AS_THEY_ARE = (
    "kind",
    "language",
    "pinned",
    "internal_only",
    "editing",
    "publish_from",
    "expires_at",
    "brief_first",
    "inside_hours",
)


def _write(session: Session, clock: Clock, item: ContentItem, written: Content) -> None:
    content.check(written)
    audience.check(session, written.audience)
    for name in _AS_THEY_ARE:
        setattr(item, name, getattr(written, name))
    for name in ("title", "summary", "source_url", "alt_text", "disclosure"):
        setattr(item, name, getattr(written, name).strip())
    for name in ("body", "internal_brief"):
        setattr(item, name, getattr(written, name).replace("\r\n", "\n").strip())
    item.min_words_changed = written.min_words_changed if written.editing is Editing.PERSONAL else 0
    _write_references(session, item, written)
    _write_captions(item, written)
    _write_briefs(item, written)
    wanted = [(dimension, value) for dimension, values in written.audience.items() for value in dict.fromkeys(values)]
    stays = {(row.dimension, row.value): row for row in item.audience}
    item.for_everyone = not wanted
    item.audience = [stays.get(one) or ItemAudience(dimension=one[0], value=one[1]) for one in wanted]
    item.card_id = card_fetching.want(session, clock, url=item.source_url).id if item.source_url else None
    search.refresh(item)
    session.flush()


def _write_references(session: Session, item: ContentItem, written: Content) -> None:
    topics = list(session.scalars(select(Topic).where(Topic.id.in_(written.topic_ids))))
    if len(topics) != len(set(written.topic_ids)):
        raise Invalid("topic_ids", Text("A topic that you chose is no longer there. Choose again."))
    if written.campaign_id and session.get(Campaign, written.campaign_id) is None:
        raise Invalid("campaign_id", Text("The campaign that you chose is no longer there. Choose again."))
    for picture_id in (written.picture_id, *(one.picture_id for one in written.more_pictures)):
        if picture_id and session.get(Picture, picture_id) is None:
            raise Invalid("picture_id", Text("The picture is no longer there. Please add it again."))
    item.topics = topics
    item.campaign_id, item.picture_id = written.campaign_id, written.picture_id
    _write_film(session, item, written)
    if item.picture_id is None and item.film_id is None:
        item.alt_text = ""
    item.more_pictures = [
        ItemPicture(position=place, picture_id=one.picture_id, alt_text=one.alt_text.strip())
        for place, one in enumerate(written.more_pictures if item.kind is not ItemKind.FILM else ())
    ]


def _write_film(session: Session, item: ContentItem, written: Content) -> None:
    """Its film, with a still of it as picture unless an editor chose another."""
    before = session.get(Film, item.film_id) if item.film_id else None
    item.film_id = None
    if written.kind is not ItemKind.FILM or written.film_id is None:
        return
    film = session.get(Film, written.film_id)
    if film is None:
        raise Invalid("film", Text("The film is no longer there. Please choose it again."))
    item.film_id = film.id
    stills = {None} if before is None or before.id == film.id else {None, before.poster_id}
    if item.picture_id in stills:
        item.picture_id = film.poster_id


def _write_briefs(item: ContentItem, written: Content) -> None:
    stays = {one.language: one for one in item.briefs}
    rows = []
    for one in sorted(written.briefs, key=lambda brief: brief.language):
        text = one.text.replace("\r\n", "\n").strip()
        if text:
            row = stays.get(one.language) or ItemBrief(language=one.language)
            row.text = text
            rows.append(row)
    item.briefs = rows


def _write_captions(item: ContentItem, written: Content) -> None:
    # A caption keeps its row, so that shares made from it still count for it.
    known = {caption.id: caption for caption in item.captions}
    rows = []
    for position, one in enumerate(written.captions):
        caption = known.pop(one.id, None) if one.id else None
        caption = caption or Caption()
        caption.network, caption.language = one.network, one.language
        caption.label, caption.text = one.label.strip(), one.text.replace("\r\n", "\n").strip()
        caption.position = position
        rows.append(caption)
    item.captions = rows
