"""Invitations: made, looked at, copied, sent again, withdrawn."""

from __future__ import annotations

import io

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import EmailField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import NumberRange

from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.mail import Post
from advocacy.base.sealing import Sealer
from advocacy.people import invitation_list, invitations, roles, teams
from advocacy.people.invitees import Invitee
from advocacy.people.views import choices
from advocacy.web.access import admins
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from config import Settings

blueprint = Blueprint("admin_invitations", __name__, url_prefix="/admin/invitations")

DAYS = 14


class InviteForm(Form):
    """One person."""

    email = EmailField(lazy_gettext("E-mail"), [required()])
    name = StringField(lazy_gettext("Name"), [at_most(120)])
    team = SelectField(lazy_gettext("Team"))
    location = StringField(lazy_gettext("Location"), [at_most(80)])
    country = SelectField(lazy_gettext("Country"))
    language = SelectField(lazy_gettext("Mostly posts in"))
    roles = SelectMultipleField(lazy_gettext("Roles"))
    locale = SelectField(lazy_gettext("Language of the letter"))
    days = IntegerField(lazy_gettext("Days until it ends"), [NumberRange(1, invitations.LONGEST)], default=DAYS)


class LinkForm(Form):
    """Anybody who gets the link."""

    team = SelectField(lazy_gettext("Team they will be in"))
    places = IntegerField(lazy_gettext("How many may join"), [NumberRange(1, invitations.MOST_PLACES)], default=50)
    days = IntegerField(lazy_gettext("Days until it ends"), [NumberRange(1, invitations.LONGEST)], default=DAYS)
    email_domain = StringField(
        lazy_gettext("Only addresses at"),
        [at_most(200)],
        description=lazy_gettext("Such as example.com. Recommended: a link can be passed on."),
    )


@blueprint.get("")
@admins
def index() -> ResponseReturnValue:
    """The list of invitations."""
    asked = {name: request.args.get(name, "") for name in ("words", "stage")}
    page = invitation_list.page(
        reading(),
        house().clock,
        stage=asked["stage"],
        words=asked["words"],
        after=request.args.get("after", ""),
    )
    return render_template(
        "people/admin_invitations.html",
        page=page,
        asked=asked,
        now=house().clock.now(),
        is_filtered=any(asked.values()),
        is_first=not request.args.get("after"),
        kept_in_files=house().part(Post).is_kept_in_files,
    )


@blueprint.get("/new")
@admins
def new() -> ResponseReturnValue:
    """Asks whom to invite."""
    return _invite_page(_invite_form(locale=current_user.locale, language=current_user.locale, days=DAYS), 200)


@blueprint.post("/new")
@admins
def invite() -> ResponseReturnValue:
    """Invites one person by mail."""
    filled = _invite_form()
    if not filled.validate():
        return _invite_page(filled, 422)
    try:
        with writing() as session:
            invitation = invitations.invite(
                session,
                house().clock,
                house().part(Sealer),
                invitee=Invitee(
                    email=filled.email.data,
                    name=filled.name.data,
                    team_id=choices.team_id(filled.team.data),
                    roles=tuple(roles.of(filled.roles.data)),
                    location=filled.location.data,
                    country=filled.country.data,
                    languages=(filled.language.data,),
                ),
                days=filled.days.data,
                locale=filled.locale.data,
                address=house().part(Settings).address,
                by=current_user,
            )
    except Invalid as error:
        filled.take(error)
        return _invite_page(filled, 422)
    tell(gettext("The invitation to %(email)s is on its way.", email=invitation.email))
    return redirect(url_for("admin_invitations.show", invitation_id=invitation.id))


@blueprint.get("/link")
@admins
def new_link() -> ResponseReturnValue:
    """Asks for whom a link is."""
    domain = current_user.email.rpartition("@")[2]
    return _link_page(_link_form(places=50, days=DAYS, email_domain=domain), 200)


@blueprint.post("/link")
@admins
def make_link() -> ResponseReturnValue:
    """Makes a link that many may join by."""
    filled = _link_form()
    if not filled.validate():
        return _link_page(filled, 422)
    try:
        with writing() as session:
            invitation = invitations.open_link(
                session,
                house().clock,
                house().part(Sealer),
                team_id=choices.team_id(filled.team.data),
                places=filled.places.data,
                days=filled.days.data,
                email_domain=filled.email_domain.data,
                locale=current_user.locale,
                by=current_user,
            )
    except Invalid as error:
        filled.take(error)
        return _link_page(filled, 422)
    tell(gettext("The link is ready. Copy it or show its code."))
    return redirect(url_for("admin_invitations.show", invitation_id=invitation.id))


@blueprint.get("/<int:invitation_id>")
@admins
def show(invitation_id: int) -> ResponseReturnValue:
    """One invitation, with its link while it is open."""
    invitation = invitations.get(reading(), invitation_id=invitation_id)
    stage = invitation.stage(house().clock.now())
    return render_template(
        "people/admin_invitation.html",
        invitation=invitation,
        stage=stage,
        link=_link(invitation_id) if stage == "open" else "",
        team=teams.path_name(reading(), invitation.team_id),
        role_labels=[label for role, label in roles.LABELS.items() if role.value in invitation.roles],
        kept_in_files=house().part(Post).is_kept_in_files,
    )


@blueprint.get("/<int:invitation_id>/code.<kind>")
@admins
def code(invitation_id: int, kind: str) -> ResponseReturnValue:
    """The link as a QR code, to look at (svg) or to print (png)."""
    if kind not in ("svg", "png"):
        raise NotFound
    import segno  # for who asks for a code to scan

    drawn = io.BytesIO()
    segno.make(_link(invitation_id), error="m").save(drawn, kind=kind, scale=8, border=4, dark="black", light="white")
    response = make_response(drawn.getvalue())
    response.headers["Content-Type"] = {"svg": "image/svg+xml", "png": "image/png"}[kind]
    if kind == "png":
        response.headers["Content-Disposition"] = 'attachment; filename="invitation.png"'
    return response


@blueprint.post("/<int:invitation_id>/resend")
@admins
def resend(invitation_id: int) -> ResponseReturnValue:
    """Sends the letter again, with a new link."""
    try:
        with writing() as session:
            invitation = invitations.resend(
                session,
                house().clock,
                house().part(Sealer),
                invitation_id=invitation_id,
                days=DAYS,
                address=house().part(Settings).address,
                by=current_user,
            )
        tell(
            gettext(
                "A new letter is on its way to %(email)s. The earlier link works no longer.", email=invitation.email
            )
        )
    except Conflict as error:
        tell(say(error.text), "error")
    return redirect(url_for("admin_invitations.show", invitation_id=invitation_id))


@blueprint.post("/<int:invitation_id>/withdraw")
@admins
def withdraw(invitation_id: int) -> ResponseReturnValue:
    """Makes the link worth nothing."""
    with writing() as session:
        invitations.withdraw(session, house().clock, invitation_id=invitation_id, by=current_user.id)
    tell(gettext("The invitation is withdrawn. Its link works no longer."))
    return redirect(url_for("admin_invitations.show", invitation_id=invitation_id))


def _link(invitation_id: int) -> str:
    invitation = invitations.get(reading(), invitation_id=invitation_id)
    return invitations.link_for(house().part(Sealer), invitation, address=house().part(Settings).address)


def _invite_form(**values: object) -> InviteForm:
    filled = InviteForm(formdata=None, **values) if values else InviteForm()
    filled.team.choices = choices.team_options()
    filled.language.choices = choices.languages()
    filled.country.choices = choices.countries()
    filled.roles.choices = choices.special_roles()
    filled.locale.choices = choices.locales()
    return filled


def _link_form(**values: object) -> LinkForm:
    filled = LinkForm(formdata=None, **values) if values else LinkForm()
    filled.team.choices = choices.team_options()
    return filled


def _invite_page(filled: InviteForm, status: int) -> Response:
    page = render_template("people/admin_invite.html", form=filled, kept_in_files=house().part(Post).is_kept_in_files)
    return make_response(page, status)


def _link_page(filled: LinkForm, status: int) -> Response:
    return make_response(render_template("people/admin_link.html", form=filled), status)
