"""The composer: from an item to approved words for each network."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.library import briefs, visibility
from advocacy.people import policies
from advocacy.sharing import boosts, briefs_first, composing, costs, held, shares, slots, wall_time
from advocacy.sharing.composing import OWN, Way
from advocacy.sharing.gates import Gates, Held
from advocacy.sharing.networks import Network, Networks
from advocacy.sharing.shares import Wanted
from advocacy.sharing.views import planned
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.security import safe_path
from config import Settings

blueprint = Blueprint("composer", __name__)


@blueprint.get("/share/<int:item_id>")
@signed_in
def form(item_id: int) -> ResponseReturnValue:
    """The composer, with a text in every network's field."""
    return _page(item_id)


@blueprint.post("/share/<int:item_id>")
@signed_in
def send(item_id: int) -> ResponseReturnValue:
    """Shares, goes on to a share page, or puts another ready-made text into a field (without script)."""
    if "use" in request.form:
        return _page(item_id, typed=request.form)
    by_hand = request.form.get("do") == OWN
    try:
        with writing() as session:
            made = shares.request(
                session,
                house().db.clock(session),
                house().part(Networks),
                user=current_user,
                item_id=item_id,
                wanted=_by_hand() if by_hand else _wanted(),
                request_key=request.form.get("request_key", ""),
                due_at=None if by_hand else _due(item_id),
                public_url=house().part(Settings).address,
                company=house().part(Settings).company_name,
                smallest_group=house().part(Settings).smallest_group,
                leaves_out_disclosure="without_disclosure" in request.form,
                at_slot=request.form.get("when") == "slot",
                before=house().part(Gates),
            )
            held.forget(session, user_id=current_user.id, item_id=item_id)
            composing.forget(session, user=current_user, item_id=item_id)
            ids = [share.id for share in made]
    except Held as error:
        return _held(item_id, error)
    except (Invalid, Conflict) as error:
        if isinstance(error, Invalid) and error.field == "policy":
            return redirect(url_for("policies.current", next=request.path))
        return _page(
            item_id, typed=request.form, problem=error.text, status=422 if isinstance(error, Invalid) else 409
        )
    if by_hand:
        return redirect(url_for("by_hand.page", share_id=ids[0]), code=303)
    _say_what_follows(ids)
    return redirect(url_for("my_shares.index"), code=303)


@blueprint.post("/share/<int:item_id>/forget")
@signed_in
def forget(item_id: int) -> ResponseReturnValue:
    """Does not want a kept share any more."""
    with writing() as session:
        held.forget(session, user_id=current_user.id, item_id=item_id)
    tell(gettext("Forgotten. Nothing was posted."))
    return redirect(url_for("my_shares.index"), code=303)


@blueprint.post("/share/<int:item_id>/brief")
@signed_in
def read_brief(item_id: int) -> ResponseReturnValue:
    """Has read the brief; what is typed beside it is kept."""
    with writing() as session:
        item = visibility.readable(session, house().clock, user=current_user, item_id=item_id)
        edition = request.form.get("edition", type=int)
        is_this_one = briefs.read(session, house().clock, user_id=current_user.id, item=item, edition=edition)
        briefs_first.let_go_on(session, house().db.clock(session), user_id=current_user.id, item=item)
        if held.of_item(session, user_id=current_user.id, item_id=item_id) is not None and "to" in request.form:
            held.keep(
                session, house().clock, user_id=current_user.id, item_id=item_id, form=dict(request.form.lists())
            )
        if _typed():
            networks = house().part(Networks)
            composing.keep(session, house().clock, networks, user=current_user, item_id=item_id, texts=_typed())
    if not is_this_one:
        tell(gettext("The brief has changed while you read it. Please look at it once more."), "warning")
    there = url_for("composer.form", item_id=item_id)
    return redirect(safe_path(request.form.get("next"), otherwise=there), code=303)


@blueprint.post("/share/<int:item_id>/draft")
@signed_in
def keep(item_id: int) -> ResponseReturnValue:
    """Keeps what is typed."""
    with writing() as session:
        visibility.shareable(session, house().clock, user=current_user, item_id=item_id)
        composing.keep(
            session, house().clock, house().part(Networks), user=current_user, item_id=item_id, texts=_typed()
        )
    return "", 204


@blueprint.post("/share/<int:item_id>/likeness/<key>")
@signed_in
def likeness(item_id: int, key: str) -> ResponseReturnValue:
    """How near a text comes to what colleagues shared there; nothing where it is far."""
    item = visibility.shareable(reading(), house().clock, user=current_user, item_id=item_id)
    found = composing.likeness(
        reading(),
        house().db.clock(reading()),
        house().part(Networks),
        user=current_user,
        item=item,
        key=key,
        text=request.form.get(f"text-{key}", ""),
        company=house().part(Settings).company_name,
    )
    return render_template("sharing/likeness.html", likeness=found)


def _typed() -> dict[str, str]:
    """The texts in the form, by the key of their way."""
    return {name.removeprefix("text-"): text for name, text in request.form.items() if name.startswith("text-")}


def _held(item_id: int, error: Held) -> ResponseReturnValue:
    """Keeps what was composed, and leads to what comes first."""
    with writing() as session:
        held.keep(session, house().clock, user_id=current_user.id, item_id=item_id, form=dict(request.form.lists()))
    tell(
        say(error.text)
        + " "
        + gettext("What you wrote is kept under My shares. Nothing goes out before you send it from there."),
        "info",
    )
    return redirect(error.hold.path, code=303)


def _page(item_id: int, *, typed: Any = None, problem: Text | None = None, status: int = 200) -> ResponseReturnValue:
    settings = house().part(Settings)
    networks = house().part(Networks)
    session = reading()
    item = visibility.shareable(session, house().clock, user=current_user, item_id=item_id)
    if policies.must_accept(session, user=current_user) is not None:
        return redirect(url_for("policies.current", next=request.path))
    kept = held.of_item(session, user_id=current_user.id, item_id=item_id) if typed is None else None
    if kept is not None:
        typed = MultiDict(kept.form)
    ways = composing.ways(
        session, networks, user=current_user, item=item, public_url=settings.address, company=settings.company_name
    )
    place = boosts.place_of(networks, item)
    slot = slots.next_slot(session, house().clock, user=current_user, item_id=item.id, networks=_networks_of(ways))
    page = render_template(
        "sharing/composer.html",
        form=Form(formdata=None),
        item=item,
        accounts=[way for way in ways if way.usable],
        asleep=[way for way in ways if way.needs_sign_in],
        closed=[way for way in ways if way.closed is not None],
        own=ways[-1],
        share_pages=networks.share_links() if place is None else [networks.by_hand_there(place.network)],
        place=place,
        used_up=_used_up(ways),
        passed_on=_passed_on(ways, typed),
        connectable=_worth_connecting(networks, ways, place),
        texts=_texts(ways, typed),
        chosen=_chosen(ways, typed),
        shown={way.key: way.shown(_pictures(typed, way.key)) for way in ways},
        typed=typed or {},
        slot=slot,
        slot_wall=wall_time.on_the_wall(slot.at, current_user.time_zone),
        hint=composing.editing_hint(item),
        problem=problem,
        may_leave_out=next((one.text for way in ways for one in way.disclosures if one.optional), ""),
        kept=kept,
        hold=house().part(Gates).hold(session, house().clock, user=current_user, item=item),
        owes_brief=briefs.is_owed(session, user_id=current_user.id, item=item),
        brief=item.brief_in([current_user.locale, *current_user.languages]) if item.brief_first else "",
        opens_at=item.outside_from if item.is_inside_only(house().clock.now()) else None,
        earliest=wall_time.on_the_wall(
            max(house().clock.now(), item.outside_from or house().clock.now()), current_user.time_zone
        ),
        request_key=secrets.token_urlsafe(24),
        sample_link=composing.sample_link(settings.address),
    )
    return make_response(page, status)


def _worth_connecting(networks: Networks, ways: list[Way], place: Network | None) -> list[Network]:
    """What the person could share this through, and has no account of yet: for a post of ours only where it is."""
    has = {way.network.name for way in ways if way.network is not None}
    return [
        one
        for one in networks.connectable()
        if one.name not in has and (place is None or one.network == place.network)
    ]


def _networks_of(ways: list[Way]) -> set[str]:
    """The connectors that the person's usable accounts share through."""
    return {way.network.name for way in ways if way.network is not None and way.usable}


def _texts(ways: list[Way], typed: Any) -> dict[str, str]:
    """What stands in each field: what was typed, with the ready-made text that was asked for put in."""
    texts = {way.key: way.text if typed is None else typed.get(f"text-{way.key}", way.text) for way in ways}
    key, _, caption = (typed or {}).get("use", "").partition(":")
    for way in ways:
        for variant in way.variants:
            if way.key == key and str(variant.caption_id) == caption:
                texts[key] = variant.text
    return texts


def _used_up(ways: list[Way]) -> list[Text]:
    """What the company has no money left for this month, in words."""
    networks, session = house().part(Networks), reading()
    charging = [networks.api(name) for name in sorted(_networks_of(ways)) if networks.api(name).currency]
    return [told for one in charging if (told := costs.used_up(session, house().db, one)) is not None]


def _passed_on(ways: list[Way], typed: Any) -> set[str]:
    """Where a post is passed on without words: as chosen, else where there are no ready-made words to start from."""
    if typed is not None:
        return {way.key for way in ways if typed.get(f"as-{way.key}") == "repost"}
    return {way.key for way in ways if way.may_repost and not way.text}


def _pictures(sent: Any, key: str) -> tuple[int, ...] | None:
    """The pictures that were ticked for one place; None where the form offered no choice."""
    if sent is None or f"pictures-{key}" not in sent:
        return None
    return tuple(int(one) for one in sent.getlist(f"pictures-{key}") if one.isdecimal() and len(one) < 10)


def _chosen(ways: list[Way], typed: Any) -> set[str]:
    if typed is not None:
        return set(typed.getlist("to"))
    # A channel is chosen on purpose: the two clicks of a habit are for one's own accounts.
    return {way.key for way in ways if way.usable and way.network and not way.network.is_channel}


def _wanted() -> list[Wanted]:
    ways = {way.key: way for way in composing.accounts(reading(), house().part(Networks), user=current_user)}
    return [
        Wanted(
            network=way.network,
            text=request.form.get(f"text-{key}", ""),
            connection_id=way.connection_id,
            caption_id=_number(f"caption-{key}"),
            as_it_is=request.form.get(f"as-{key}") == "repost",
            below=request.form.get(f"as-{key}") == "reply",
            picture_ids=_pictures(request.form, key),
        )
        for key in request.form.getlist("to")
        if (way := ways.get(key)) is not None
    ]


def _by_hand() -> list[Wanted]:
    network = request.form.get("by", "")
    as_it_is = request.form.get(f"as-{OWN}") == "repost"
    if network not in {one.name for one in house().part(Networks).share_links()}:
        raise Invalid("by", Text("Please choose where you want to post it."))
    return [
        Wanted(
            network=network,
            text=request.form.get(f"text-{OWN}", ""),
            caption_id=_number(f"caption-{OWN}"),
            as_it_is=as_it_is,
        )
    ]


def _number(name: str) -> int | None:
    return request.form.get(name, type=int)


def _due(item_id: int) -> datetime | None:
    when = request.form.get("when", "now")
    if when == "slot":
        return _offered_slot(item_id)
    if when != "at":
        return None
    try:
        wall = datetime.fromisoformat(request.form.get("at", "")).replace(tzinfo=None)
    except ValueError:
        raise Invalid("at", Text("Please give the day and the time, such as 24.12.2026 09:00.")) from None
    chosen = wall_time.moment(wall, current_user.time_zone)
    if chosen.note is not None:
        tell(say(chosen.note), "warning")
    return chosen.at


def _offered_slot(item_id: int) -> datetime:
    """The slot that the page offered, as long as it lies ahead: the person approved that very time."""
    try:
        offered = datetime.fromisoformat(request.form.get("slot_at", ""))
    except ValueError:
        offered = None
    if offered is not None and offered.tzinfo is not None:
        if offered <= house().clock.now():
            raise Invalid(
                "when", Text("The good time that was offered has passed. Here is the next one: choose again.")
            )
        return offered
    ways = composing.accounts(reading(), house().part(Networks), user=current_user)
    networks = {way.network for way in ways}
    return slots.next_slot(reading(), house().clock, user=current_user, item_id=item_id, networks=networks).at


def _say_what_follows(ids: list[int]) -> None:
    if request.form.get("when", "now") == "now":
        tell_undo = {
            "text": ngettext("Sharing to %(num)s network …", "Sharing to %(num)s networks …", len(ids)),
            "action": url_for("my_shares.undo"),
            "seconds": 10,
            "fields": {"ids": ",".join(str(number) for number in ids)},
        }
        tell(tell_undo, "undo")  # type: ignore[arg-type]
    else:
        tell(gettext("Planned. You can change it here until it goes out."))
        planned.warn(ids)
