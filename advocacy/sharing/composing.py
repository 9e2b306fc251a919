"""What the composer starts with: the person's accounts, and for each the ready-made texts, least used first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.library import disclosure_policy
from advocacy.library.disclosures import Disclosure, to_json
from advocacy.library.models import ContentItem, ItemKind, Shown
from advocacy.people.models import User
from advocacy.sharing import boosts, channels, drafts, similarity, wording
from advocacy.sharing.models import ComposerDraft, Connection, ConnectionState, Share
from advocacy.sharing.networks import Network, Networks, in_our_words
from advocacy.sharing.similarity import Likeness
from advocacy.sharing.variants import Variant, caption_of, uses, variants_of
from connectors import Limits, Rejected

SAMPLE_CODE = "xxxxxxxx"
"""A tracked code that no share has: for counting and for the preview, before there is a share."""
ANY_WORDS = "…"
"""Words that no network refuses: what is refused with them is refused for the item's sake."""
OWN = "own"
"""Key of the text for what the person posts by hand."""


@dataclass(frozen=True)
class Way:
    """One account to publish with, or the text for what is posted by hand.

    Args:
        key: names its fields in the form.
        network: its facts; None for the text that is posted by hand.
        connection_id: the account; None likewise.
        handle: as the network writes it.
        needs_sign_in: the account cannot be used until it is connected again.
        closed: why this item cannot go there with any words, such as a picture that is missing; None when it can.
        variants: least used first.
        text: what the field starts with.
        preview: what goes out if nothing is changed.
        caption_id: the variant that stands in the field; None when it is the person's own words.
        limits: how the network counts, for counting while one types; None for what is posted by hand.
        link_below: whether the link is put below the text, and so counts.
        shared_before: whether the person has shared the item there already.
        disclosures: what is said there.
        may_repost: whether a post may be passed on there without words.
        may_quote: whether it may be passed on there with words.
        may_answer: whether words may be put below it there.
        pictures: those that may go along, in their order; () when the item goes out with a card or words alone.
        most_pictures: how many of them the network takes in one post.
        goes_along: those that do unless the person chooses others.
        moves_alone: whether one of them moves, and may have no other beside it.
        stands_still: whether one of them moves elsewhere, and not there.
    """

    key: str
    network: Network | None
    connection_id: int | None
    handle: str
    needs_sign_in: bool
    closed: Text | None
    variants: tuple[Variant, ...]
    text: str
    preview: str
    caption_id: int | None
    limits: Limits | None
    link_below: bool
    shared_before: bool
    disclosures: tuple[Disclosure, ...]
    may_repost: bool = False
    may_quote: bool = True
    may_answer: bool = False
    pictures: tuple[Shown, ...] = ()
    most_pictures: int = 0
    goes_along: tuple[Shown, ...] = ()
    moves_alone: bool = False
    stands_still: bool = False

    @property
    def disclosing(self) -> str:
        """The same for the script that counts and draws; "" for nothing."""
        return to_json(self.disclosures)

    def shown(self, picture_ids: Sequence[int] | None) -> tuple[Shown, ...]:
        """The pictures that are ticked, or those that go along by themselves for None."""
        if picture_ids is None:
            return self.goes_along
        return tuple(one for one in self.pictures if one.picture.id in picture_ids)

    @property
    def usable(self) -> bool:
        """Whether the item can be published with this account now."""
        return self.connection_id is not None and not self.needs_sign_in and self.closed is None


def ways(
    session: Session, networks: Networks, *, user: User, item: ContentItem, public_url: str, company: str
) -> list[Way]:
    """The person's accounts in the order of their names, then the text for what is posted by hand.

    Args:
        session: for reading.
        networks: their rules.
        user: who shares.
        item: what; the caller has made sure that this person may share it.
        public_url: for the length of the tracked link.
        company: put in place of `{company}`.
    """
    used = uses(session, item)
    kept = {draft.network: draft.text for draft in _kept(session, user, item)}
    before = set(
        session.scalars(
            select(Share.connection_id).where(
                Share.user_id == user.id,
                Share.item_id == item.id,
                Share.published_at.is_not(None),
                Share.removed_at.is_(None),
            )
        )
    )
    place = boosts.place_of(networks, item)
    link = sample_link(public_url) if item.source_url and item.kind is not ItemKind.POST else None
    start = "" if item.kind is ItemKind.POST else item.title
    asked = disclosure_policy.asked_of(session, user=user, item=item, company=company)
    found: list[Way] = []
    accounts = session.scalars(
        select(Connection)
        .where(channels.usable(session, user=user), Connection.state != ConnectionState.DISCONNECTED)
        .order_by(Connection.network, Connection.handle)
    )
    awake = {network.name for network in networks.connectable()}
    for account in accounts:
        if account.network not in awake:
            continue
        network = networks.get(account.network)
        if item.kind is ItemKind.POST and (place is None or place.network != network.network):
            continue
        variants = variants_of(item, network.network, user, used, company)
        key = f"c{account.id}"
        text = kept.get(key) or (variants[0].text if variants else start)
        said = asked.there(is_channel=network.is_channel)
        may_repost = place is not None and not asked.is_required
        may_quote = networks.api(network.name).quotes
        final = wording.final_text(text, disclosures=said, link=link)
        has_card = drafts.has_card(item)
        found.append(
            Way(
                key=key,
                network=network,
                connection_id=account.id,
                handle=account.handle,
                needs_sign_in=account.state is ConnectionState.NEEDS_SIGN_IN,
                closed=_closed(
                    networks,
                    item,
                    network.name,
                    link,
                    public_url,
                    words="" if may_repost and not may_quote else ANY_WORDS,
                ),
                variants=variants,
                text=text,
                preview=networks.wording(network.name, final, link, has_card=has_card),
                caption_id=caption_of(text, variants),
                limits=networks.limits(network.name, account.limits),
                link_below=link is not None and not (has_card and network.card_carries_link),
                shared_before=account.id in before,
                disclosures=said,
                may_repost=may_repost,
                may_quote=may_quote,
                may_answer=place is not None and networks.api(network.name).answers,
                **_pictured(networks, item, account),
            )
        )
    variants = variants_of(item, None, user, used, company)
    text = kept.get(OWN) or (variants[0].text if variants else start)
    said = asked.there(is_channel=False)
    final = wording.final_text(text, disclosures=said, link=link)
    whole = networks.wording("copy", final, link, has_card=False)
    return [
        *found,
        _by_hand(item, text, whole, variants, said, may_repost=place is not None and not asked.is_required),
    ]


@dataclass(frozen=True)
class Account:
    """An account that a form may name."""

    key: str
    network: str
    connection_id: int


def accounts(session: Session, networks: Networks, *, user: User) -> list[Account]:
    """The person's accounts, by the keys that the composer gave them."""
    awake = {network.name for network in networks.connectable()}
    rows = session.execute(
        select(Connection.id, Connection.network).where(
            channels.usable(session, user=user), Connection.state != ConnectionState.DISCONNECTED
        )
    )
    return [Account(key=f"c{number}", network=name, connection_id=number) for number, name in rows if name in awake]


def likeness(
    session: Session,
    clock: Clock,
    networks: Networks,
    *,
    user: User,
    item: ContentItem,
    key: str,
    text: str,
    company: str = "",
) -> Likeness:
    """How near a text comes to what colleagues published lately on the network of one of the person's accounts.

    Args:
        session: for reading.
        clock: tells what is lately.
        networks: which of them are one to their readers.
        user: who writes.
        item: about what.
        key: of the account, as `ways` gave it.
        text: as it stands in the field.

    Raises:
        NotFound: no account of this person has that key.
    """
    account = next((one for one in accounts(session, networks, user=user) if one.key == key), None)
    if account is None:
        raise NotFound()
    return similarity.to_colleagues(
        session,
        clock,
        user_id=user.id,
        item_id=item.id,
        text=wording.final_text(text, disclosures=(), link=None),
        networks=networks.siblings(networks.get(account.network).network),
        disclosures=disclosure_policy.wordings(session, item=item, company=company),
        states=similarity.OUT,
    )


def sample_link(public_url: str) -> str:
    """A tracked address as long as a real one."""
    return f"{public_url}/r/{SAMPLE_CODE}"


def keep(
    session: Session, clock: Clock, networks: Networks, *, user: User, item_id: int, texts: dict[str, str]
) -> None:
    """Keeps what is typed and not yet sent, by the key of its way. Keys that the person does not have are left out.

    Args:
        session: inside a transaction.
        clock: tells when.
        user: whose words.
        item_id: about what; the caller has made sure that the person may share it.
        texts: by key; an empty one is forgotten. Longer than 20,000 characters is cut.
    """
    known = {OWN, *(account.key for account in accounts(session, networks, user=user))}
    for name, text in texts.items():
        if name not in known:
            continue
        found = session.get(ComposerDraft, (user.id, item_id, name))
        if not text.strip():
            if found is not None:
                session.delete(found)
        elif found is None:
            session.add(
                ComposerDraft(
                    user_id=user.id, item_id=item_id, network=name, text=text[:20_000], saved_at=clock.now()
                )
            )
        else:
            found.text, found.saved_at = text[:20_000], clock.now()


def forget(session: Session, *, user: User, item_id: int) -> None:
    """Forgets what was typed: it has been sent."""
    for draft in session.scalars(
        select(ComposerDraft).where(ComposerDraft.user_id == user.id, ComposerDraft.item_id == item_id)
    ):
        session.delete(draft)


def editing_hint(item: ContentItem) -> Text | None:
    """What the item's editors ask of the words; None when they are free."""
    if item.editing.value == "locked":
        return Text("This text is fixed. Share one of the ready-made texts as it is.")
    if item.editing.value == "personal":
        return Text("Please make it yours: change at least {count} words.", count=item.min_words_changed)
    return None


def _by_hand(
    item: ContentItem,
    text: str,
    whole: str,
    variants: tuple[Variant, ...],
    said: tuple[Disclosure, ...],
    *,
    may_repost: bool,
) -> Way:
    return Way(
        key=OWN,
        network=None,
        connection_id=None,
        handle="",
        needs_sign_in=False,
        closed=None,
        variants=variants,
        text=text,
        preview=whole,
        caption_id=caption_of(text, variants),
        limits=None,
        link_below=bool(item.source_url) and item.kind is not ItemKind.POST,
        shared_before=False,
        disclosures=said,
        may_repost=may_repost,
    )


def _pictured(networks: Networks, item: ContentItem, account: Connection) -> dict[str, Any]:
    connector = networks.api(account.network)
    limits = Limits.from_json(account.limits) or connector.limits
    there = drafts.pictures_for(item, connector)
    moves = any(one.picture.moves for one in there)
    return {
        "pictures": there,
        "most_pictures": limits.max_images,
        "goes_along": drafts.offered(item, connector, limits),
        "moves_alone": moves and limits.moves_alone,
        "stands_still": moves and limits.moving_bytes is None,
    }


def _closed(
    networks: Networks, item: ContentItem, network: str, link: str | None, public_url: str, *, words: str
) -> Text | None:
    connector = networks.api(network)
    draft = drafts.for_checking(item, text=words, link=link, connector=connector, public_url=public_url)
    try:
        connector.check(draft)
    except Rejected as refused:
        return in_our_words(refused.reason)
    return None


def _kept(session: Session, user: User, item: ContentItem) -> list[ComposerDraft]:
    return list(
        session.scalars(
            select(ComposerDraft).where(ComposerDraft.user_id == user.id, ComposerDraft.item_id == item.id)
        )
    )
