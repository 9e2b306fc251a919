"""The catalogue as those who keep it see it: every reward, and the form of one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, FileField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from advocacy.base.errors import Conflict, HubError, Invalid
from advocacy.library import media, pictures
from advocacy.library.media import Media
from advocacy.library.views.audience_form import AudienceForm, lists_of
from advocacy.recognition import rewards
from advocacy.recognition.rewards import DEAREST, MOST, Written
from advocacy.recognition.views import places
from advocacy.web.access import curators_and_leaders
from advocacy.web.fields import LocalMoment
from advocacy.web.forms import at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import takes_files

blueprint = Blueprint("reward_editor", __name__, url_prefix="/rewards/edit")

IN_RANGE = lazy_gettext("Please choose a number from %(min)s to %(max)s.")


class RewardForm(AudienceForm):
    """What a reward is."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    description = TextAreaField(lazy_gettext("What one gets"), [at_most(4_000)])
    price = IntegerField(lazy_gettext("Price in points"), [chosen(), NumberRange(1, DEAREST, IN_RANGE)])
    stock = IntegerField(lazy_gettext("Pieces left"), [Optional(), NumberRange(0, MOST, IN_RANGE)])
    stock_was = HiddenField()
    per_person = IntegerField(lazy_gettext("At most for one person"), [Optional(), NumberRange(1, MOST, IN_RANGE)])
    opens_at = LocalMoment(lazy_gettext("From"), validators=[Optional()])
    closes_at = LocalMoment(lazy_gettext("Until"), validators=[Optional()])
    needs_approval = BooleanField(lazy_gettext("A leader has to agree"))
    hand_out = StringField(lazy_gettext("How one gets it"), [at_most(500)])
    picture_id = HiddenField()
    picture = FileField(lazy_gettext("Picture"))
    remove_picture = BooleanField(lazy_gettext("Remove the picture"))
    alt_text = StringField(lazy_gettext("Description of the picture"), [at_most(500)])

    def written(self) -> Written:
        """What the form says, as the service takes it."""
        return Written(
            title=self.title.data,
            description=self.description.data or "",
            price=self.price.data,
            stock=self.stock.data,
            stock_was=_number(self.stock_was.data),
            per_person=self.per_person.data,
            opens_at=self.opens_at.data,
            closes_at=self.closes_at.data,
            audience=self.audience(),
            needs_approval=self.needs_approval.data,
            hand_out=self.hand_out.data or "",
            picture_id=_number(self.picture_id.data),
            alt_text=self.alt_text.data or "",
        )


@blueprint.get("")
@curators_and_leaders
def index() -> ResponseReturnValue:
    """Every reward."""
    return render_template("recognition/edit_rewards.html", tabs=places.rewards(), found=rewards.every(reading()))


@blueprint.get("/new")
@curators_and_leaders
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(RewardForm(formdata=None), None, 200)


@blueprint.post("/new")
@takes_files(pictures.MOST_BYTES // 1024 // 1024 + 2)
@curators_and_leaders
def create() -> ResponseReturnValue:
    """Adds a reward."""
    return _saved(None)


@blueprint.get("/<int:reward_id>")
@curators_and_leaders
def edit(reward_id: int) -> ResponseReturnValue:
    """The form of a reward."""
    reward = rewards.get(reading(), reward_id=reward_id)
    names = ("title", "description", "price", "stock", "per_person", "opens_at", "closes_at", "needs_approval")
    values: dict[str, Any] = {name: getattr(reward, name) for name in (*names, "hand_out", "alt_text")}
    values |= {
        "stock_was": "" if reward.stock is None else str(reward.stock),
        "picture_id": str(reward.picture_id or ""),
        **lists_of(reward.audience),
    }
    return _page(RewardForm(formdata=None, data=values), reward_id, 200)


@blueprint.post("/<int:reward_id>")
@takes_files(pictures.MOST_BYTES // 1024 // 1024 + 2)
@curators_and_leaders
def save(reward_id: int) -> ResponseReturnValue:
    """Changes a reward."""
    rewards.get(reading(), reward_id=reward_id)
    return _saved(reward_id)


@blueprint.post("/<int:reward_id>/withdraw")
@curators_and_leaders
def withdraw(reward_id: int) -> ResponseReturnValue:
    """Takes it out of the catalogue."""
    return _offered(reward_id, withdrawn=True)


@blueprint.post("/<int:reward_id>/offer")
@curators_and_leaders
def offer(reward_id: int) -> ResponseReturnValue:
    """Puts it back into the catalogue."""
    return _offered(reward_id, withdrawn=False)


def _offered(reward_id: int, *, withdrawn: bool) -> ResponseReturnValue:
    try:
        with writing() as session:
            rewards.withdraw(session, house().clock, reward_id=reward_id, by=current_user.id, withdrawn=withdrawn)
    except Conflict as error:
        tell(say(error.text), "warning")
    else:
        tell(gettext("The reward is out of the catalogue.") if withdrawn else gettext("The reward is offered again."))
    return redirect(url_for("reward_editor.index"), code=303)


def _saved(reward_id: int | None) -> ResponseReturnValue:
    form = RewardForm()
    form.offer()
    if form.validate() & _picture_kept(form):
        try:
            with writing() as session:
                rewards.save(session, house().clock, written=form.written(), by=current_user.id, reward_id=reward_id)
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("The reward is saved."))
            return redirect(url_for("reward_editor.index"), code=303)
    return _page(form, reward_id, 422)


def _picture_kept(form: RewardForm) -> bool:
    """Keeps a picture that came with the form, so that it is not lost when the form comes back."""
    if form.remove_picture.data:
        form.picture_id.data, form.alt_text.data = "", ""
    given = form.picture.data
    if not given or not given.filename:
        return True
    try:
        ready = pictures.prepare(given.read(pictures.MOST_BYTES + 1))
        with writing() as session:
            kept = media.store(
                session,
                house().clock,
                house().part(Media),
                data=ready.data,
                mime=ready.mime,
                width=ready.width,
                height=ready.height,
                by=current_user.id,
            )
            form.picture_id.data = str(kept.id)
    except HubError as error:
        form.picture.errors = [say(error.text)]
        return False
    return True


def _page(form: RewardForm, reward_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template(
        "recognition/reward_form.html",
        tabs=places.rewards(),
        form=form,
        reward_id=reward_id,
        picture=media.find(reading(), picture_id=_number(form.picture_id.data)),
    )
    return make_response(page, status)


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 10 else None
