"""The forum."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField

from advocacy.base.errors import Invalid
from advocacy.voice import anonymity, forum, forum_lines, forum_pieces, forum_reports
from advocacy.voice.anonymity import Pace
from advocacy.voice.forum import ForumTopic, TopicKind, TopicState
from advocacy.voice.forum_pieces import Piece
from advocacy.voice.views import forum_browser
from advocacy.web.access import Rule, curators_and_leaders, signed_in
from advocacy.web.forms import Form, at_most, chosen, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.requests import leaves_no_trace

blueprint = Blueprint("forum", __name__, url_prefix="/company/forum")

KINDS = {
    TopicKind.IDEA: lazy_gettext("Idea"),
    TopicKind.QUESTION: lazy_gettext("Question"),
    TopicKind.CRITICISM: lazy_gettext("Criticism"),
}
STATES = {
    TopicState.OPEN: lazy_gettext("Waits for an answer"),
    TopicState.HEARD: lazy_gettext("Heard"),
    TopicState.PLANNED: lazy_gettext("Planned"),
    TopicState.DONE: lazy_gettext("Done"),
    TopicState.DECLINED: lazy_gettext("No, and why"),
}


class TopicForm(Form):
    """What somebody raises."""

    kind = RadioField(
        lazy_gettext("What is it?"),
        [chosen()],
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        default=TopicKind.IDEA.value,
    )
    title = StringField(lazy_gettext("In one line"), [required(), at_most(160)])
    body = TextAreaField(lazy_gettext("What do you want to say?"), [required(), at_most(forum.LONGEST)])
    anonymous = BooleanField(lazy_gettext("Write anonymously"))


class ReplyForm(Form):
    """A word to a topic."""

    body = TextAreaField(lazy_gettext("Your reply"), [required(), at_most(forum.LONGEST)])


class AnswerForm(Form):
    """What the company says to it."""

    state = SelectField(
        lazy_gettext("Where it stands"), choices=[SelectChoice(state.value, label) for state, label in STATES.items()]
    )
    answer = TextAreaField(lazy_gettext("Answer that everybody sees"), [at_most(forum.LONGEST)])
    owner = StringField(lazy_gettext("Owner, by e-mail"), [at_most(254)])


@blueprint.get("")
@signed_in
@leaves_no_trace
def index() -> ResponseReturnValue:
    """The forum."""
    order = "votes" if request.args.get("order") == "votes" else "newest"
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    mine = "me" if request.args.get("owner") == "me" else ""
    page = forum_lines.page(
        reading(),
        user=current_user,
        order=order,
        kind=TopicKind(kind) if kind in list(TopicKind) else None,
        states=[TopicState(state)] if state in list(TopicState) else [],
        owner_id=current_user.id if mine else None,
        after=request.args.get("after", ""),
    )
    asked = {"order": order, "kind": kind, "state": state, "owner": mine}
    return render_template(
        "voice/forum.html",
        page=page,
        asked=asked,
        kinds=KINDS,
        states=STATES,
        may_take_down=_may_take_down(),
        reported=forum_reports.count(reading(), reader=current_user) if _may_take_down() else 0,
        next_url=url_for("forum.index", order=order, kind=kind, state=state, owner=mine, after=page.next_cursor)
        if page.next_cursor
        else None,
    )


@blueprint.get("/waiting")
@signed_in
@leaves_no_trace
def waiting() -> ResponseReturnValue:
    """How many wait for an answer, for other pages to put in; only those who answer are told. And what one follows up."""
    count = forum_lines.waiting(reading()) if _may_answer() else 0
    mine = forum_lines.to_follow_up(reading(), user_id=current_user.id)
    reported = forum_reports.count(reading(), reader=current_user) if _may_take_down() else 0
    return render_template("voice/forum_waiting.html", count=count, mine=mine, reported=reported)


@blueprint.get("/mine")
@signed_in
@leaves_no_trace
def mine() -> ResponseReturnValue:
    """What I raised: with my name, and anonymously from this browser."""
    topics = forum_lines.by_writer(reading(), user_id=current_user.id, anonymous=forum_browser.remembered())
    return render_template("voice/forum_mine.html", topics=topics, kinds=KINDS, states=STATES)


@blueprint.post("/mine")
@signed_in
@leaves_no_trace
def find_mine() -> ResponseReturnValue:
    """The topic of a code that I kept."""
    topic = forum.by_code(reading(), code_hash=anonymity.hash_code(request.form.get("code", "")[:60]))
    if topic is None:
        tell(gettext("No topic has this code. Look whether a letter is missing."), "warning")
        return redirect(url_for("forum.mine"))
    return redirect(url_for("forum.show", topic_id=topic.id))


@blueprint.get("/new")
@signed_in
@leaves_no_trace
def new() -> ResponseReturnValue:
    """Something new."""
    return render_template("voice/forum_form.html", form=TopicForm(formdata=None))


@blueprint.post("/new")
@signed_in
@leaves_no_trace
def create() -> ResponseReturnValue:
    """Puts it into the forum."""
    form = TopicForm()
    if form.validate():
        topic_id = forum.fresh_id()
        ring = forum_browser.ring().with_topic(topic_id)
        code_hash = None
        if form.anonymous.data:
            house().part(Pace).take(house().clock, user_id=current_user.id)
            code_hash = anonymity.hash_code(ring.code(topic_id, user_id=current_user.id))
        try:
            with writing() as session:
                forum.raise_topic(
                    session,
                    house().clock,
                    kind=TopicKind(form.kind.data),
                    title=form.title.data,
                    body=form.body.data,
                    user=current_user,
                    code_hash=code_hash,
                    topic_id=topic_id,
                )
        except Invalid as error:
            form.take(error)
        else:
            answer = redirect(url_for("forum.show", topic_id=topic_id))
            if not form.anonymous.data:
                tell(gettext("It is in the forum."))
                return answer
            tell(gettext("It is in the forum, without your name."))
            return forum_browser.remember(make_response(answer), ring)
    return make_response(render_template("voice/forum_form.html", form=form), 422)


@blueprint.get("/<topic_id>")
@signed_in
@leaves_no_trace
def show(topic_id: str) -> ResponseReturnValue:
    """A topic with its answer and what was said to it."""
    topic = forum.get(reading(), topic_id=topic_id)
    return _page(topic, ReplyForm(formdata=None), None)


@blueprint.post("/<topic_id>/reply")
@signed_in
@leaves_no_trace
def reply(topic_id: str) -> ResponseReturnValue:
    """Says something to it; as its writer where the button says so and the browser's code fits."""
    topic = forum.get(reading(), topic_id=topic_id)
    form = ReplyForm()
    as_writer = request.form.get("as") == "writer"
    if as_writer:
        forum.check_writer(forum_browser.is_mine(topic))
        house().part(Pace).take(house().clock, user_id=current_user.id)
    if form.validate():
        with writing() as session:
            forum.reply(
                session,
                house().clock,
                topic_id=topic_id,
                body=form.body.data,
                user=current_user,
                is_from_writer=as_writer,
            )
        tell(gettext("Your reply is there."))
        return redirect(url_for("forum.show", topic_id=topic_id))
    return make_response(_page(topic, form, None), 422)


@blueprint.post("/<topic_id>/mark")
@signed_in
@leaves_no_trace
def mark(topic_id: str) -> ResponseReturnValue:
    """A reply is the answer, or no more."""
    with writing() as session:
        forum.mark(
            session,
            house().clock,
            topic_id=topic_id,
            reply_id=request.form.get("reply", "")[:24],
            by=current_user,
            may_answer=_may_answer(),
        )
    return redirect(url_for("forum.show", topic_id=topic_id))


@blueprint.post("/<topic_id>/vote")
@signed_in
@leaves_no_trace
def vote(topic_id: str) -> ResponseReturnValue:
    """For it, or no more."""
    with writing() as session:
        forum.vote(session, topic_id=topic_id, user=current_user, is_for=request.form.get("for") == "1")
    return redirect(url_for("forum.show", topic_id=topic_id))


@blueprint.post("/<topic_id>/answer")
@signed_in
def respond(topic_id: str) -> ResponseReturnValue:
    """Where it stands, and why: whoever leads says it, or who was asked to follow it up."""
    topic = forum.get(reading(), topic_id=topic_id)
    form = AnswerForm()
    if form.validate():
        try:
            with writing() as session:
                forum.respond(
                    session,
                    house().clock,
                    topic_id=topic_id,
                    state=TopicState(form.state.data),
                    answer=form.answer.data or "",
                    owner_email=form.owner.data or "",
                    by=current_user.id,
                    may_lead=_may_answer(),
                )
        except Invalid as error:
            form.take(error)
        else:
            tell(gettext("Everybody sees where it stands now."))
            return redirect(url_for("forum.show", topic_id=topic_id))
    return make_response(_page(topic, ReplyForm(formdata=None), form), 422)


@blueprint.get("/<topic_id>/merge")
@curators_and_leaders
def choose(topic_id: str) -> ResponseReturnValue:
    """Which topic says the same."""
    topic = forum.get(reading(), topic_id=topic_id)
    words = request.args.get("q", "")
    found = forum_lines.find(reading(), words=words, but=topic_id)
    return render_template("voice/forum_merge.html", topic=topic, words=words, found=found)


@blueprint.post("/<topic_id>/merge")
@curators_and_leaders
def merge(topic_id: str) -> ResponseReturnValue:
    """Lays it under the other."""
    with writing() as session:
        kept = forum.merge(
            session, house().clock, topic_id=topic_id, into_id=request.form.get("into", "")[:24], by=current_user.id
        )
    tell(gettext("The two are one now; whoever voted for both is counted once."))
    return redirect(url_for("forum.show", topic_id=kept.id))


def _page(topic: ForumTopic, form: ReplyForm, answer: AnswerForm | None) -> str:
    owner = forum_lines.owner(reading(), topic)
    if answer is None:
        data = {"state": topic.state.value, "answer": topic.answer, "owner": owner.email if owner else ""}
        answer = AnswerForm(formdata=None, data=data)
    is_mine = forum_browser.is_mine(topic)
    is_own = is_mine or topic.user_id == current_user.id
    said = forum_lines.replies(reading(), topic_id=topic.id)
    return render_template(
        "voice/forum_topic.html",
        line=forum_lines.line(reading(), topic, user=current_user),
        topic=topic,
        is_readable=topic.hidden_at is None or is_own or _may_take_down(),
        hidden_by=forum_lines.hidden_by(reading(), topic),
        said=said,
        own={one.reply.id for one in said if _is_own(Piece(topic, one.reply), is_mine)},
        reported=_reported(topic, said),
        same=forum_lines.duplicates(reading(), topic_id=topic.id),
        owner=owner,
        form=form,
        answer=answer,
        may_answer=_may_answer() or topic.owner_id == current_user.id,
        may_lead=_may_answer(),
        may_take_down=_may_take_down(),
        is_own=is_own,
        is_mine=is_mine,
        me=current_user.id,
        may_mark=forum.has_answer(topic) and (topic.user_id == current_user.id or _may_answer()),
        code=anonymity.spaced(forum_browser.ring().code(topic.id, user_id=current_user.id)) if is_mine else None,
        kinds=KINDS,
        states=STATES,
    )


def _is_own(piece: Piece, is_mine: bool) -> bool:
    return forum_pieces.is_own(piece, user_id=current_user.id, is_writer=is_mine)


def _reported(topic: ForumTopic, said: list[forum_lines.Said]) -> set[str]:
    kept, keys = forum_browser.ring(), {}
    if kept.secret and topic.user_id is None:
        pieces = [topic.id, *(one.reply.id for one in said)]
        keys = {one: forum_browser.report_hash(kept, one) for one in pieces}
    return forum_reports.reported_by(reading(), topic_id=topic.id, keys=keys, user_id=current_user.id)


def _may_answer() -> bool:
    return Rule.CURATORS_AND_LEADERS.admits(current_user.roles)


def _may_take_down() -> bool:
    # Not those who lead: criticism is often about them.
    return Rule.CURATORS.admits(current_user.roles)
