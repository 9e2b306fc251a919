"""The way of an item from draft to the feed and out of it again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotAllowed
from advocacy.base.text import Text
from advocacy.library import captions, disclosure_policy, history, items, search
from advocacy.library.models import ContentItem, Editing, ItemKind, ItemState, ItemVersion, Topic
from advocacy.library.text_rules import TextRules

_FROM = {
    ItemState.IN_REVIEW: {ItemState.DRAFT, ItemState.WITHDRAWN},
    ItemState.APPROVED: {ItemState.DRAFT, ItemState.IN_REVIEW, ItemState.WITHDRAWN},
    ItemState.DRAFT: {ItemState.IN_REVIEW, ItemState.WITHDRAWN},
    ItemState.WITHDRAWN: {ItemState.IN_REVIEW, ItemState.APPROVED},
}
"""From where each state can be reached."""


NO_POST = Text(
    "This is not the address of a post that we know. Open the post on its network, and copy the address from there: "
    "such as https://bsky.app/profile/…/post/… or https://www.linkedin.com/feed/update/urn:li:share:…"
)


def missing(
    item: ContentItem, rules: TextRules | None = None, disclosures: captions.Everywhere = captions.NOTHING
) -> list[Text]:
    """What an item still lacks before people can share it, in words for its editor; [] when nothing.

    Args:
        item: with its captions.
        rules: of the networks; without them texts are not counted.
        disclosures: what posts of it say in each country; see `disclosure_policy.everywhere`.
    """
    found = []
    if item.kind in (ItemKind.ARTICLE, ItemKind.VIDEO) and not item.source_url:
        found.append(Text("It has no link. Add the address that people should share."))
    if item.kind is ItemKind.POST and rules is not None and not rules.post_place(item.source_url):
        found.append(NO_POST)
    if item.kind is ItemKind.IMAGE and item.picture_id is None:
        found.append(Text("It has no picture. Add the one that people should share."))
    if item.kind is ItemKind.FILM and item.film_id is None:
        found.append(Text("It has no film. Add the one that people should share."))
    if item.kind is ItemKind.FILM and item.film_id is not None and not item.alt_text.strip():
        found.append(Text("Its film has no description. Add one, for people who cannot see it."))
    elif any(not one.alt_text.strip() for one in item.pictures):
        found.append(Text("Its picture has no description. Add one, for people who cannot see it."))
    if item.kind is ItemKind.TEXT and not (item.captions or item.body or item.summary):
        found.append(Text("There is nothing to read or to share yet. Write a text or a ready-made post."))
    if rules is not None:
        found += captions.problems(rules, item.captions, disclosures=disclosures, has_card=_has_card(item))
    return found


def warnings(item: ContentItem, rules: TextRules, disclosures: captions.Everywhere = captions.NOTHING) -> list[Text]:
    """What an editor should know before people share an item, and what keeps it back from nobody; [] when nothing."""
    return captions.warnings(
        rules,
        item.captions,
        disclosures=disclosures,
        has_card=_has_card(item),
        is_locked=item.editing is Editing.LOCKED,
    )


def _has_card(item: ContentItem) -> bool:
    return bool(item.source_url) and item.kind not in (ItemKind.IMAGE, ItemKind.FILM, ItemKind.POST)


def submit(
    session: Session,
    clock: Clock,
    *,
    item_id: int,
    by: int | None,
    note: str = "",
    expected_version: int | None = None,
    rules: TextRules | None = None,
) -> ContentItem:
    """Asks for a review.

    Raises:
        NotFound: there is none.
        Conflict: it is in review or approved already, or somebody changed it meanwhile.
        Invalid: something is missing.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    _check_ready(session, item, rules)
    return _move(session, clock, item, to=ItemState.IN_REVIEW, by=by, note=note, kind="item.submitted")


def approve(
    session: Session,
    clock: Clock,
    *,
    item_id: int,
    by: int | None,
    note: str = "",
    expected_version: int | None = None,
    rules: TextRules | None = None,
    four_eyes: bool = False,
) -> ContentItem:
    """Lets people see an item, within its window.

    Args:
        session: inside a transaction.
        clock: tells when.
        item_id: which.
        by: who; None for a source that publishes by itself.
        note: for the history.
        expected_version: what was looked at, so that nobody approves what they did not see.
        rules: of the networks; without them texts are not counted.
        four_eyes: whether somebody else than its last editor has to.

    Raises:
        NotFound: there is none.
        Conflict: it is approved already, or somebody changed it meanwhile.
        Invalid: something is missing.
        NotAllowed: four eyes are wanted, and these are the same two.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    _check_ready(session, item, rules)
    if four_eyes:
        _check_second_person(session, item, by)
    # What went back to review keeps its place in the feed; what was withdrawn comes as new.
    if item.approved_at is None or item.state is ItemState.WITHDRAWN:
        item.approved_at = clock.now()
    return _move(session, clock, item, to=ItemState.APPROVED, by=by, note=note, kind="item.approved")


def send_back(
    session: Session, clock: Clock, *, item_id: int, by: int, note: str, expected_version: int | None = None
) -> ContentItem:
    """Gives an item in review back to its editor.

    Raises:
        NotFound: there is none.
        Conflict: it is not in review, or somebody changed it meanwhile.
        Invalid: on field `note`: it does not say why.
    """
    if not note.strip():
        raise Invalid("note", Text("Please say what should change, so that the editor can go on."))
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    if item.state is not ItemState.IN_REVIEW:
        raise Conflict(Text("This item is not in review any more."))
    return _move(session, clock, item, to=ItemState.DRAFT, by=by, note=note, kind="item.sent_back")


def withdraw(
    session: Session,
    clock: Clock,
    *,
    item_id: int,
    by: int,
    note: str = "",
    expected_version: int | None = None,
) -> ContentItem:
    """Takes an item away from people at once.

    Raises:
        NotFound: there is none.
        Conflict: it is a draft or withdrawn already, or somebody changed it meanwhile.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    return _move(session, clock, item, to=ItemState.WITHDRAWN, by=by, note=note, kind="item.withdrawn")


def reopen(
    session: Session, clock: Clock, *, item_id: int, by: int, note: str = "", expected_version: int | None = None
) -> ContentItem:
    """Makes a withdrawn item a draft again.

    Raises:
        NotFound: there is none.
        Conflict: it is not withdrawn, or somebody changed it meanwhile.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    if item.state is not ItemState.WITHDRAWN:
        raise Conflict(Text("Only a withdrawn item can be reopened."))
    return _move(session, clock, item, to=ItemState.DRAFT, by=by, note=note, kind="item.reopened")


def expire(
    session: Session, clock: Clock, *, item_id: int, by: int, note: str = "", expected_version: int | None = None
) -> ContentItem:
    """Ends an approved item now, as if its window had closed.

    Raises:
        NotFound: there is none.
        Conflict: it is not approved, has ended already, or somebody changed it meanwhile.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    now = clock.now().replace(microsecond=0)  # forms show no parts of a second, and would seem to change it
    if item.state is not ItemState.APPROVED or (item.expires_at is not None and item.expires_at <= now):
        raise Conflict(Text("Only an approved item that has not ended can be ended."))
    if item.publish_from is not None and item.publish_from > now:
        item.publish_from = None
    item.expires_at = now
    return _changed(session, clock, item, by=by, note=note, kind="item.expired")


def add_topic(
    session: Session, clock: Clock, *, item_id: int, topic: Topic, by: int, expected_version: int | None = None
) -> ContentItem:
    """Adds a topic to an item; one that it has already changes nothing.

    Raises:
        NotFound: there is no such item.
        Conflict: somebody changed it meanwhile.
    """
    item = items.locked(session, item_id=item_id, expected_version=expected_version)
    if topic in item.topics:
        return item
    item.topics.append(topic)
    search.refresh(item)
    return _changed(session, clock, item, by=by, note="", kind="item.edited", changed=["topic_ids"])


def may_approve(session: Session, *, item: ContentItem, by: int, four_eyes: bool) -> bool:
    """Whether this person may approve the item now."""
    if item.state not in _FROM[ItemState.APPROVED]:
        return False
    return not four_eyes or (item.state is ItemState.IN_REVIEW and by not in _editors_since_approval(session, item))


def disclosed(session: Session, item: ContentItem, rules: TextRules) -> captions.Everywhere:
    """What posts of an item say in each country, for `missing` and `warnings`."""
    return disclosure_policy.everywhere(session, language=item.language, own=item.disclosure, company=rules.company)


def _check_ready(session: Session, item: ContentItem, rules: TextRules | None) -> None:
    found = missing(item, rules, disclosed(session, item, rules) if rules else captions.NOTHING)
    if found:
        raise Invalid("", found[0])


def _check_second_person(session: Session, item: ContentItem, by: int | None) -> None:
    if item.state is not ItemState.IN_REVIEW:
        raise NotAllowed(Text("Here a second person approves. Send it to review first."))
    if by is not None and by in _editors_since_approval(session, item):
        raise NotAllowed(Text("Here a second person approves, and you wrote or changed this item yourself."))


def _editors_since_approval(session: Session, item: ContentItem) -> set[int]:
    """Who wrote what nobody has approved yet."""
    of_item = select(ItemVersion).where(ItemVersion.item_id == item.id)
    approved = session.scalar(
        of_item.where(ItemVersion.state == ItemState.APPROVED).order_by(ItemVersion.number.desc()).limit(1)
    )
    newer = of_item.where(ItemVersion.number > (approved.number if approved else 0))
    content = approved.content if approved else None
    editors = set()
    for version in session.scalars(newer.order_by(ItemVersion.number)):
        if version.content != content and version.by is not None:
            editors.add(version.by)
        content = version.content
    return editors


def _move(
    session: Session, clock: Clock, item: ContentItem, *, to: ItemState, by: int | None, note: str, kind: str
) -> ContentItem:
    if item.state not in _FROM[to]:
        raise Conflict(_TOO_LATE[item.state])
    item.state = to
    return _changed(session, clock, item, by=by, note=note, kind=kind)


_TOO_LATE = {
    ItemState.DRAFT: Text("This item is a draft, so nobody sees it."),
    ItemState.IN_REVIEW: Text("This item is in review already."),
    ItemState.APPROVED: Text("This item is approved already."),
    ItemState.WITHDRAWN: Text("This item is withdrawn already."),
}


def _changed(
    session: Session,
    clock: Clock,
    item: ContentItem,
    *,
    by: int | None,
    note: str,
    kind: str,
    changed: Sequence[str] = (),
) -> ContentItem:
    item.version += 1
    item.updated_at = clock.now()
    history.record(session, clock, item=item, by=by, note=note)
    data = {"title": item.title, "version": item.version, "state": item.state.value, "note": note.strip()[:500]}
    if changed:
        data["changed"] = list(changed)
    events.record(session, clock, kind=kind, actor_id=by, subject=("item", item.id), data=data)
    return item
