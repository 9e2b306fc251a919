"""The message house: the page that everybody reads, and what curators write in it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import DateField, FieldList, FormField, SelectChoice, SelectField, StringField, TextAreaField, URLField
from wtforms import Form as PlainForm
from wtforms.validators import Optional

from advocacy.base.errors import Invalid
from advocacy.library import message_house
from advocacy.library.message_house import LONGEST, MOST_PROOFS, KeyMessage, Proof, WordUse, Written
from advocacy.people import owners, teams
from advocacy.web.access import Rule, curators, signed_in
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import LANGUAGES

blueprint = Blueprint("message_house", __name__, url_prefix="/company/messages")

CHANGES = {
    "key_message.added": lazy_gettext("Added a key message"),
    "key_message.saved": lazy_gettext("Changed a key message"),
    "key_message.removed": lazy_gettext("Removed a key message"),
    "house_word.added": lazy_gettext("Added a word"),
    "house_word.removed": lazy_gettext("Removed a word"),
}


class ProofForm(PlainForm):  # type: ignore[misc]
    """One proof point."""

    text = StringField(lazy_gettext("What bears it out"), [at_most(LONGEST)])
    url = URLField(lazy_gettext("Link"), [at_most(2_000)])


class MessageForm(SharedForm):
    """A key message."""

    en = TextAreaField(lazy_gettext("In English"), [at_most(LONGEST)])
    nb = TextAreaField(lazy_gettext("In Norwegian"), [at_most(LONGEST)])
    proofs = FieldList(FormField(ProofForm), label=lazy_gettext("Proof points"), max_entries=MOST_PROOFS)
    signs = TextAreaField(lazy_gettext("Also known by"), [at_most(2_000)])
    owner = StringField(lazy_gettext("Who answers for it"), [at_most(254)])
    team = SelectField(lazy_gettext("Who says it"), validators=[Optional()])
    valid_from = DateField(lazy_gettext("Holds from"), [Optional()])
    valid_to = DateField(lazy_gettext("Holds until"), [Optional()])

    def offer(self) -> None:
        """Fills in what can be chosen now, and room for one proof more."""
        everybody = [("", gettext("The whole company"))]
        self.team.choices = everybody + [(str(number), path) for number, path in teams.options(reading())]
        rows = len(self.proofs.entries)
        for _ in range(rows, min(MOST_PROOFS, max(3, rows + 1))):
            self.proofs.append_entry()

    def take(self, error: Invalid) -> None:
        """As every form; what is wrong with the sentence is said beside the first language."""
        super().take(Invalid("en", error.text) if error.field == "sentence" else error)

    def written(self) -> Written:
        """What the form says."""
        return Written(
            sentences={code: self[code].data or "" for code in LANGUAGES},
            proofs=[Proof(row.form.text.data or "", row.form.url.data or "") for row in self.proofs.entries],
            signs=(self.signs.data or "").splitlines(),
            owner_email=self.owner.data or "",
            team_id=int(self.team.data) if (self.team.data or "").isdecimal() else None,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


class WordForm(Form):
    """A word that we use, or one that we avoid."""

    use = SelectField(
        lazy_gettext("We"),
        choices=[
            SelectChoice(WordUse.AVOID.value, lazy_gettext("avoid it")),
            SelectChoice(WordUse.USE.value, lazy_gettext("use it")),
        ],
    )
    phrase = StringField(lazy_gettext("Word or phrase"), [required(), at_most(80)])
    instead = StringField(lazy_gettext("Say instead, or what it means"), [at_most(160)])
    word_language = SelectField(
        lazy_gettext("In texts in"),
        choices=[
            SelectChoice("", lazy_gettext("Any language")),
            *(SelectChoice(code, name) for code, name in LANGUAGES.items()),
        ],
    )


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """What we say, with what bears it out, and the words for it."""
    return _page(WordForm(formdata=None), 200)


@blueprint.get("/history")
@curators
def history() -> ResponseReturnValue:
    """Who changed what, the newest first."""
    return render_template("library/message_history.html", changes=message_house.history(reading()), kinds=CHANGES)


@blueprint.get("/new")
@curators
def new() -> ResponseReturnValue:
    """An empty form."""
    return _form(MessageForm(formdata=None), None, 200)


@blueprint.post("/new")
@curators
def create() -> ResponseReturnValue:
    """Adds it."""
    return _saved(None)


@blueprint.get("/<int:message_id>/edit")
@curators
def edit(message_id: int) -> ResponseReturnValue:
    """The form of a message."""
    one = message_house.get(reading(), message_id=message_id)
    form = MessageForm(formdata=None, data=_values(one))
    form.open(_values(one))
    return _form(form, message_id, 200)


def _values(one: KeyMessage) -> dict[str, Any]:
    return {
        **{code: one.sentences.get(code, "") for code in LANGUAGES},
        "proofs": [{"text": proof.text, "url": proof.url} for proof in one.proofs],
        "signs": "\n".join(one.signs),
        "owner": owners.address_of(reading(), one.owner_id),
        "team": str(one.team_id or ""),
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
    }


@blueprint.post("/<int:message_id>/edit")
@curators
def save(message_id: int) -> ResponseReturnValue:
    """Changes it."""
    message_house.get(reading(), message_id=message_id)
    return _saved(message_id)


@blueprint.post("/<int:message_id>/remove")
@curators
def remove(message_id: int) -> ResponseReturnValue:
    """Takes it out of the house."""
    with writing() as session:
        message_house.remove(session, house().clock, message_id=message_id, by=current_user.id)
    tell(gettext("The message is removed."))
    return redirect(url_for("message_house.index"), code=303)


@blueprint.post("/words")
@curators
def add_word() -> ResponseReturnValue:
    """Adds a word."""
    form = WordForm()
    if form.validate():
        try:
            with writing() as session:
                message_house.add_word(
                    session,
                    house().clock,
                    use=WordUse(form.use.data),
                    phrase=form.phrase.data,
                    instead=form.instead.data or "",
                    language=form.word_language.data or "",
                    by=current_user.id,
                )
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for("message_house.index", _anchor="house-words"), code=303)
    return _page(form, 422)


@blueprint.post("/words/<int:word_id>/remove")
@curators
def remove_word(word_id: int) -> ResponseReturnValue:
    """Takes a word off the list."""
    with writing() as session:
        gone = message_house.remove_word(session, house().clock, word_id=word_id, by=current_user.id)
        phrase = gone.phrase
    tell(gettext("“%(word)s” is removed.", word=phrase))
    return redirect(url_for("message_house.index", _anchor="house-words"), code=303)


def may_edit() -> bool:
    """Whether this person may change the house."""
    return Rule.CURATORS.admits(current_user.roles)


def _page(form: WordForm, status: int) -> ResponseReturnValue:
    words = message_house.words(reading())
    lines = message_house.lines(reading(), house().clock)
    page = render_template(
        "library/message_house.html",
        lines=lines if may_edit() else [line for line in lines if line.state == "now"],
        use=words[WordUse.USE],
        avoid=words[WordUse.AVOID],
        languages=LANGUAGES,
        form=form,
        may_edit=may_edit(),
    )
    return make_response(page, status)


def _saved(message_id: int | None) -> ResponseReturnValue:
    form, status = MessageForm(), 422
    form.offer()
    if form.validate():
        try:
            with writing() as session:
                if message_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("key_message", message_id),
                        values=lambda: _values(message_house.get(session, message_id=message_id)),
                    )
                message_house.save(
                    session, house().clock, written=form.written(), by=current_user.id, message_id=message_id
                )
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The message is saved."))
            return redirect(url_for("message_house.index"), code=303)
    return _form(form, message_id, status)


def _form(form: MessageForm, message_id: int | None, status: int) -> ResponseReturnValue:
    form.offer()
    page = render_template("library/message_form.html", form=form, message_id=message_id)
    return make_response(page, status)
