"""Reporting what should not stand in the forum; taking it down, putting it back, and taking back one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import StringField, TextAreaField

from advocacy.base.errors import Invalid
from advocacy.voice import forum_pieces, forum_reports, moderation
from advocacy.voice.anonymity import Pace
from advocacy.voice.forum_pieces import Piece
from advocacy.voice.views import forum_browser
from advocacy.web.access import curators, signed_in
from advocacy.web.forms import Form, at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import leaves_no_trace

blueprint = Blueprint("forum_reports", __name__, url_prefix="/company/forum")


class ReportForm(Form):
    """What is wrong with it."""

    reason = TextAreaField(lazy_gettext("What is wrong with it?"), [required(), at_most(forum_reports.LONGEST)])


class TakeDownForm(Form):
    """Why it does not stand any more."""

    reason = StringField(
        lazy_gettext("Reason, which everybody reads in its place"), [required(), at_most(moderation.LONGEST_REASON)]
    )


@blueprint.get("/reported")
@curators
def index() -> ResponseReturnValue:
    """What colleagues report, for a curator who did not write it; and what was taken down."""
    return render_template(
        "voice/forum_reported.html",
        waiting=forum_reports.waiting(reading(), reader=current_user),
        taken=moderation.taken_down(reading()),
        me=current_user.id,
    )


@blueprint.get("/<topic_id>/report")
@signed_in
@leaves_no_trace
def ask(topic_id: str) -> ResponseReturnValue:
    """What is wrong with it?"""
    return _report_page(_piece(reading(), topic_id), ReportForm(formdata=None))


@blueprint.post("/<topic_id>/report")
@signed_in
@leaves_no_trace
def report(topic_id: str) -> ResponseReturnValue:
    """I show it to the curators; around an anonymous topic without being written down."""
    form = ReportForm()
    piece = _piece(reading(), topic_id)
    if not form.validate():
        return make_response(_report_page(piece, form), 422)
    kept, code_hash = forum_browser.ring().with_secret(), None
    if piece.is_around_anonymous:
        house().part(Pace).take(house().clock, user_id=current_user.id)
        code_hash = forum_browser.report_hash(kept, piece.row.id)
    try:
        with writing() as session:
            forum_reports.report(
                session,
                house().clock,
                piece=_piece(session, topic_id),
                by=current_user,
                reason=form.reason.data,
                code_hash=code_hash,
            )
    except Invalid as error:
        form.take(error)
        return make_response(_report_page(piece, form), 422)
    answer = redirect(url_for("forum.show", topic_id=topic_id))
    if code_hash is None:
        tell(gettext("The curators look at it. You hear what became of it."))
        return answer
    tell(gettext("The curators look at it. Who reported it is not kept, so look here yourself what became of it."))
    return forum_browser.remember(make_response(answer), kept)


@blueprint.get("/<topic_id>/take-down")
@curators
def why(topic_id: str) -> ResponseReturnValue:
    """Why should it not stand any more?"""
    return _take_down_page(_piece(reading(), topic_id), TakeDownForm(formdata=None))


@blueprint.post("/<topic_id>/take-down")
@curators
def take_down(topic_id: str) -> ResponseReturnValue:
    """A curator takes it down, with the reason in its place."""
    form = TakeDownForm()
    if form.validate():
        try:
            with writing() as session:
                moderation.take_down(
                    session,
                    house().clock,
                    piece=_piece(session, topic_id),
                    by=current_user,
                    reason=form.reason.data,
                )
        except Invalid as error:
            form.take(error)
        else:
            undoing: Any = {
                "text": gettext("It is taken down. The reason stands in its place."),
                "action": url_for("forum_reports.restore", topic_id=topic_id, reply=_reply_id()),
                "seconds": 10,
            }
            tell(undoing, "undo")
            return redirect(url_for("forum.show", topic_id=topic_id))
    return make_response(_take_down_page(_piece(reading(), topic_id), form), 422)


@blueprint.post("/<topic_id>/restore")
@curators
def restore(topic_id: str) -> ResponseReturnValue:
    """A curator was wrong."""
    with writing() as session:
        moderation.restore(session, house().clock, piece=_piece(session, topic_id), by=current_user)
    tell(gettext("It stands again."))
    return redirect(url_for("forum.show", topic_id=topic_id))


@blueprint.post("/<topic_id>/leave")
@curators
def leave(topic_id: str) -> ResponseReturnValue:
    """A curator finds nothing wrong with what was reported."""
    with writing() as session:
        forum_reports.leave_it(session, house().clock, piece=_piece(session, topic_id), by=current_user)
    tell(gettext("It stays as it is. Whoever reported it is told, where we know who it was."))
    return redirect(url_for("forum_reports.index"))


@blueprint.post("/<topic_id>/take-back")
@signed_in
@leaves_no_trace
def take_back(topic_id: str) -> ResponseReturnValue:
    """I take back what I wrote."""
    piece = _piece(reading(), topic_id)
    with writing() as session:
        moderation.take_back(
            session,
            house().clock,
            piece=_piece(session, topic_id),
            by=current_user,
            is_writer=forum_browser.is_mine(piece.topic),
        )
    tell(gettext("It is gone."))
    if piece.reply is None:
        return redirect(url_for("forum.index"))
    return redirect(url_for("forum.show", topic_id=topic_id))


def _reply_id() -> str:
    return (request.form.get("reply") or request.args.get("reply", ""))[:24]


def _piece(session: Any, topic_id: str) -> Piece:
    return forum_pieces.find(session, topic_id=topic_id, reply_id=_reply_id())


def _report_page(piece: Piece, form: ReportForm) -> str:
    forum_reports.check_reportable(piece, by=current_user)
    address = url_for("forum_reports.report", topic_id=piece.topic.id)
    return render_template("voice/forum_report.html", piece=piece, form=form, address=address)


def _take_down_page(piece: Piece, form: TakeDownForm) -> str:
    moderation.check_removable(piece, by=current_user)
    address = url_for("forum_reports.take_down", topic_id=piece.topic.id)
    return render_template("voice/forum_take_down.html", piece=piece, form=form, address=address)
