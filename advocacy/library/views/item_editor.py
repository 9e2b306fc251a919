"""Writing an item: one form that needs no script, with the picture kept and the posts rearranged on the way."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import HubError, Invalid
from advocacy.library import (
    audience,
    campaigns,
    captions,
    card_fetching,
    content,
    differences,
    disclosure_policy,
    disclosures,
    film_uploads,
    films,
    items,
    media,
    pictures,
    review,
    topics,
)
from advocacy.library.media import Media
from advocacy.library.text_rules import TextRules
from advocacy.library.views import places, previews
from advocacy.library.views.item_form import ItemForm, values_of
from advocacy.people.views import choices
from advocacy.web.access import curators
from advocacy.web.forms import tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import takes_files
from config import Settings

blueprint = Blueprint("item_editor", __name__, url_prefix="/library/items")

LARGEST_FORM = 64
"""Megabytes: a camera's picture that is too large for us still comes back with words, and with what was typed."""


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """An empty form, or one begun from a link's card."""
    card = card_fetching.find(reading(), card_id=_number(request.args.get("card")))
    begun = content.Content(title="", language=current_user.locale)
    if card is not None:
        begun = card_fetching.begun(card, language=current_user.locale)
    return _page(_form(values_of(begun, version=0)), item=None, card=card)


@blueprint.post("/new")
@takes_files(LARGEST_FORM)
@curators
def create() -> ResponseReturnValue:
    """Keeps a new item as a draft, and sends it on its way if asked to."""
    form = _form()
    if _is_rearranged(form):
        return _page(form, item=None)
    if (
        form.validate() & _picture_kept(form) & _film_kept(form)
    ):  # in this order: validating forgets what is wrong with the picture
        try:
            with writing() as session:
                item = items.create(session, house().clock, written=form.written(), by=current_user.id)
        except Invalid as error:
            form.take(error)
        else:
            return _sent_on(item.id)
    return make_response(_page(form, item=None), 422)


@blueprint.get("/<int:item_id>/edit")
@curators
def edit(item_id: int) -> ResponseReturnValue:
    """The form of an item."""
    item = items.get(reading(), item_id=item_id)
    return _page(_form(values_of(content.of_item(item), version=item.version)), item=item, card=item.card)


@blueprint.post("/<int:item_id>/edit")
@takes_files(LARGEST_FORM)
@curators
def save(item_id: int) -> ResponseReturnValue:
    """Keeps the changes, unless somebody else was faster."""
    item = items.get(reading(), item_id=item_id)
    form = _form()
    if _is_rearranged(form):
        return _page(form, item=item, card=item.card)
    if not form.validate() & _picture_kept(form) & _film_kept(form):
        return make_response(_page(form, item=item, card=item.card), 422)
    try:
        with writing() as session:
            items.edit(
                session,
                house().clock,
                item_id=item_id,
                written=form.written(),
                expected_version=_number(form.version.data) or 0,
                by=current_user.id,
                note=form.note.data or "",
                four_eyes=house().part(Settings).four_eyes,
                read_again=form.read_again.data,
            )
    except items.ChangedMeanwhile as error:
        return make_response(_both(form, item_id, error), 409)
    except Invalid as error:
        form.take(error)
        item = items.get(reading(), item_id=item_id)
        return make_response(_page(form, item=item, card=item.card), 422)
    return _sent_on(item_id)


@blueprint.post("/reach")
@curators
def reach() -> ResponseReturnValue:
    """How many people the audience in the form reaches: a fragment for the editor."""
    form = _form()
    chosen = form.audience()
    try:
        audience.check(reading(), chosen)
    except Invalid as error:
        return make_response(render_template("library/reach.html", people=None, problem=error.text), 200)
    return render_template("library/reach.html", people=audience.people_reached(reading(), chosen))


def _both(form: ItemForm, item_id: int, error: items.ChangedMeanwhile) -> str:
    """The form as it was sent, with what the other person changed: saving again is then meant."""
    item = items.get(reading(), item_id=item_id)
    theirs, mine = content.of_item(item), form.written()
    found = differences.between(reading(), theirs, mine)
    form.version.data = str(error.number)
    form.version.raw_data = None
    return _page(form, item=item, card=item.card, conflict=error.text, found=found)


def _sent_on(item_id: int) -> ResponseReturnValue:
    """What happens after saving: to review, to the feed, or nothing more."""
    then = request.form.get("then", "")
    settings, rules = house().part(Settings), house().part(TextRules)
    told = gettext("Saved.")
    try:
        with writing() as session:
            if then == "submit":
                review.submit(session, house().clock, item_id=item_id, by=current_user.id, rules=rules)
                told = gettext("Saved and sent to review.")
            if then == "approve":
                review.approve(
                    session,
                    house().clock,
                    item_id=item_id,
                    by=current_user.id,
                    rules=rules,
                    four_eyes=settings.four_eyes,
                )
                told = gettext("Saved and approved.")
    except HubError as error:
        tell(gettext("It is saved, but goes no further yet.") + " " + say(error.text), "warning")
    else:
        tell(told)
    return redirect(url_for("items.show", item_id=item_id))


def _form(values: Any = None) -> ItemForm:
    form = ItemForm(formdata=None, data=values) if values is not None else ItemForm()
    if values is None:
        _rearrange(form)
    session = reading()
    offered = audience.choices(session)
    form.topics.choices = topics.options(session)
    form.campaign.choices = [("", gettext("None")), *((str(one), name) for one, name in campaigns.options(session))]
    form.team.choices = [(str(one), path) for one, path in offered.teams]
    form.location.choices = sorted({*offered.locations, *(form.location.data or ())})
    form.people_language.choices = _languages(form.people_language.data or ())
    form.role.choices = [(value, say(label)) for value, label in offered.roles]
    languages = _languages([form.language.data, *(row.form.language.data for row in (*form.captions, *form.briefs))])
    form.language.choices = languages
    if not form.captions.entries:
        form.captions.append_entry({"language": form.language.data})
    for row in form.captions:
        row.form.network.choices = _networks(row.form.network.data or "")
        row.form.language.choices = languages
    form.offer_brief(languages)
    return form


def _languages(also: Iterable[str | None]) -> list[tuple[str, str]]:
    known = sorted({code for code in also if code and len(code) <= 10})
    return list(choices.languages(also=known).items())


def _networks(also: str) -> list[tuple[str, str]]:
    offered = {"": gettext("Any network"), **{rule.network: rule.label for rule in house().part(TextRules).all()}}
    # A post for a network that is not set up here (any more) keeps it.
    return list(({also[:30]: also[:30]} | offered).items()) if also else list(offered.items())


def _rearrange(form: ItemForm) -> None:
    """Adds, removes or moves a ready-made post when one of those buttons sent the form."""
    what, _, place = request.form.get("posts", "").partition(":")
    rows, at = list(form.captions.data), _number(place)
    if what == "add" and len(rows) < content.MOST_CAPTIONS:
        rows.append({"language": form.language.data, "network": rows[-1]["network"] if rows else ""})
    elif what == "remove" and at is not None and at < len(rows):
        rows.pop(at)
    elif what == "up" and at is not None and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    else:
        return
    while form.captions.entries:
        form.captions.pop_entry()
    form.captions.last_index = -1
    for row in rows:
        form.captions.append_entry(row)


def _is_rearranged(form: ItemForm) -> bool:
    """Whether the form was sent to rearrange its posts or pictures; a picture that came along is kept all the same."""
    if "pictures" in request.form:
        _rearrange_pictures(form)
    if "posts" not in request.form and "pictures" not in request.form:
        return False
    _picture_kept(form)
    _film_kept(form)
    return True


def _rearrange_pictures(form: ItemForm) -> None:
    """Removes a picture or moves it up when one of those buttons sent the form; the first has place 0."""
    what, _, place = request.form["pictures"].partition(":")
    at, rows = _number(place), _picture_rows(form)
    if at is None or at >= len(rows):
        return
    if what == "remove":
        rows.pop(at)
    elif what == "up" and at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    _set_pictures(form, rows)


def _picture_rows(form: ItemForm) -> list[tuple[str, str]]:
    """Each picture's id and description, in their order."""
    first = [(form.picture_id.data or "", form.alt_text.data or "")] if form.picture_id.data else []
    return [*first, *((row["picture_id"] or "", row["alt_text"] or "") for row in form.more_pictures.data)]


def _set_pictures(form: ItemForm, rows: list[tuple[str, str]]) -> None:
    form.picture_id.data, form.alt_text.data = rows[0] if rows else ("", "")
    while form.more_pictures.entries:
        form.more_pictures.pop_entry()
    form.more_pictures.last_index = -1
    for picture_id, alt_text in rows[1:]:
        form.more_pictures.append_entry({"picture_id": picture_id, "alt_text": alt_text})


def _picture_kept(form: ItemForm) -> bool:
    """Keeps pictures that came with the form, so that they are not lost when the form comes back.

    Returns:
        Whether all is well; else the reason stands at the field.
    """
    rows = _picture_rows(form)
    if form.remove_picture.data:
        rows = rows[1:]
    sent = [one for one in form.picture.data or () if one and not isinstance(one, str) and one.filename]
    if form.kind.data == "film" and sent:
        sent, rows = sent[:1], []  # it takes the place of the still
    for one in sent:
        data = one.read(pictures.MOST_BYTES + 1)
        try:
            prepared, original = pictures.prepare(data), pictures.original(data)
        except HubError as error:
            form.picture.errors = [say(error.text)]
            return False
        with writing() as session:
            kept = media.store(
                session,
                house().clock,
                house().part(Media),
                data=prepared.data,
                mime=prepared.mime,
                width=prepared.width,
                height=prepared.height,
                by=current_user.id,
                original=original,
            )
            # The words beside the file field are about the first of the files.
            words = "" if one is not sent[0] else form.new_alt_text.data or (form.alt_text.data if not rows else "")
            rows.append((str(kept.id), words or ""))
    if sent or form.remove_picture.data:
        form.new_alt_text.data = ""
        _set_pictures(form, rows)
    return True


def _film_kept(form: ItemForm) -> bool:
    """Keeps a film that came with the form, as without script; else it came in pieces before.

    Returns:
        Whether all is well; else the reason stands at the field.
    """
    sent = form.film.data
    if form.kind.data != "film" or not sent or isinstance(sent, str) or not sent.filename:
        return True
    try:
        film = film_uploads.take(house(), file=sent.stream, by=current_user.id)
    except Invalid as error:
        form.film.errors = [say(error.text)]
        return False
    form.film_id.data = str(film.id)
    return True


def _page(form: ItemForm, *, item: Any, card: Any = None, conflict: Any = None, found: Any = ()) -> str:
    session, rules = reading(), house().part(TextRules)
    picture = media.find(session, picture_id=_number(form.picture_id.data))
    film = film_uploads.find(session, film_id=_number(form.film_id.data))
    disclosed = disclosure_policy.longest(
        session, language=form.language.data or "en", own=form.disclosure.data or "", company=rules.company
    )
    chosen = form.audience()
    try:
        audience.check(session, chosen)
        people = audience.people_reached(session, chosen)
    except Invalid:  # such as a made-up team; saving says so
        people = None
    return render_template(
        "library/item_form.html",
        tabs=places.tabs(),
        form=form,
        item=item,
        card=card,
        picture=picture,
        film=film,
        film_files=films.ACCEPT,
        most_megabytes=house().part(Settings).film_megabytes,
        form_megabytes=LARGEST_FORM,
        most_pictures=content.MOST_PICTURES,
        further={
            one.form.picture_id.data: media.find(session, picture_id=_number(str(one.form.picture_id.data)))
            for one in form.more_pictures
        },
        link_card=previews.link_card(
            title=(card.title if card else "") or form.title.data or "",
            description=(card.description if card else "") or form.summary.data or "",
            url=form.source_url.data or "",
            picture=picture or (card.picture if card else None),
        ),
        rules=rules,
        disclosures=disclosures.to_json(disclosed),
        preview=partial(
            captions.preview,
            rules,
            first_name=current_user.first_name,
            disclosures=disclosed,
            has_link=bool(form.source_url.data),
        ),
        people=people,
        conflict=conflict,
        found=found,
        four_eyes=house().part(Settings).four_eyes,
    )


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdecimal() and len(typed) < 10 else None
