"""Shares of which nobody knows whether they are out: what we know, and one question."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import current_user

from advocacy.base.text import Text
from advocacy.sharing import shares, unclear
from advocacy.sharing.networks import Networks
from advocacy.sharing.unclear import Answer, Said, Settled
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import row_ids

blueprint = Blueprint("unclear", __name__)


@blueprint.get("/my-shares/unclear")
@signed_in
def index() -> ResponseReturnValue:
    """What we know of each, and the question whether it is there."""
    return _page({})


@blueprint.post("/my-shares/unclear")
@signed_in
def answer() -> ResponseReturnValue:
    """Takes the answers; those that are left open stay as they are."""
    said = _answers()
    with writing() as session:
        settled = unclear.settle(session, house().db.clock(session), user=current_user, said=said)
    _tell(settled)
    if settled.refused:
        return _page(settled.refused), 422
    if not said:
        tell(gettext("Nothing was answered yet. Choose what you found, then save."), "info")
    return redirect(url_for("unclear.index" if _are_left() or not said else "my_shares.index"), code=303)


@blueprint.post("/my-shares/unclear/undo")
@signed_in
def undo() -> ResponseReturnValue:
    """Takes answers back, as long as nothing was sent for them."""
    numbers = row_ids(request.form.get("ids", "").split(","))[: unclear.MOST]
    with writing() as session:
        back = unclear.ask_again(session, house().db.clock(session), user=current_user, share_ids=numbers)
    if back == len(numbers):
        tell(gettext("Taken back. We ask you again."))
    else:
        tell(gettext("That was too late: it has gone out already. Look at where it stands."), "warning")
    return redirect(url_for("unclear.index" if back else "my_shares.index"), code=303)


def _answers() -> list[Said]:
    said = []
    for number in request.form.getlist("share", type=int)[: unclear.MOST]:
        given = request.form.get(f"answer-{number}") or request.form.get("all", "")
        if given in {one.value for one in Answer}:
            seen = request.form.get(f"seen-{number}", type=int) or 0
            address = request.form.get(f"address-{number}", "")
            said.append(Said(number, Answer(given), seen, address))
    return said


def _tell(settled: Settled) -> None:
    there, sent, dropped = (settled.done[one] for one in (Answer.THERE, Answer.SEND, Answer.DROP))
    if there:
        tell(
            ngettext("Thank you. It counts as published.", "Thank you. %(num)s posts count as published.", len(there))
        )
    if settled.late:
        tell(
            ngettext(
                "One was settled in the meantime, so your answer was not needed.",
                "%(num)s were settled in the meantime, so your answers were not needed.",
                len(settled.late),
            ),
            "info",
        )
    if sent or dropped:
        words = [ngettext("Sending it again.", "Sending %(num)s again.", len(sent))] if sent else []
        words += [ngettext("One is left as it is.", "%(num)s are left as they are.", len(dropped))] if dropped else []
        seconds = int(shares.UNDO.total_seconds())
        ids = ",".join(map(str, [*sent, *dropped]))
        undoing: Any = {"text": " ".join(words), "action": url_for("unclear.undo"), "seconds": seconds}
        tell(undoing | {"fields": {"ids": ids}}, "undo")


def _are_left() -> bool:
    networks = house().part(Networks)
    return any(one.looks_next is None for one in unclear.asked(reading(), networks, user_id=current_user.id))


def _page(refused: dict[int, Text]) -> str:
    found = unclear.asked(reading(), house().part(Networks), user_id=current_user.id)
    return render_template(
        "sharing/unclear.html",
        form=Form(formdata=None),
        asked=[one for one in found if one.looks_next is None],
        looked_for=[one for one in found if one.looks_next is not None],
        refused=refused,
        given=request.form,
    )
