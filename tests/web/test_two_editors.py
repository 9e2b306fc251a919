"""Two people at one form: the second one is told who was faster, loses nothing, and decides."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from advocacy.learning.models import Lesson, Question
from advocacy.library.message_models import KeyMessage
from advocacy.programme import steps
from advocacy.programme.goal_models import Goal
from advocacy.programme.step_models import PlanStep
from tests.pages import form_of

NOT_SAVED = "Your changes are not saved yet"


@dataclass(frozen=True)
class Editor:
    """A form of the product.

    Args:
        new: the page that makes one, with where the one before led to.
        typed: what makes one there.
        edit: from where a new one leads to, the page of its form.
        main: the name of the field that both change.
        other: a field that only the first one changes, and what they write there.
        before: what has to be made first; none or one.
    """

    new: str
    typed: dict[str, Any]
    edit: Callable[[str, Any], str]
    main: str
    other: tuple[str, str]
    before: tuple["Editor", ...] = field(default=())


def _newest(model: Any, path: str) -> Callable[[str, Any], str]:
    """The form of what was made last, where saving leads elsewhere."""

    def find(_location: str, db: Any) -> str:
        with db.reading() as session:
            row = session.scalars(select(model).order_by(model.id.desc())).first()
            return path.format(id=row.id, course=getattr(row, "course_id", 0))

    return find


def _under(tail: str) -> Callable[[str, Any], str]:
    return lambda location, _db: f"{location}/{tail}"


DAYS = {"starts_on": "2026-03-02", "ends_on": "2026-05-29"}
PROGRAMME = Editor(
    "/company/plan/new", {"title": "Promise", **DAYS}, _under("edit"), "message", ("title", "Our new promise")
)
COURSE = Editor("/learning/edit/new", {"title": "Safety"}, _under("settings"), "summary", ("title", "Safety first"))
QUIZ = {"text": "Who reads you?", "option-0": "Nobody", "option-1": "All", "right-1": "on"}
EDITORS = {
    "handbook": Editor(
        "/company/handbook/new", {"title": "Travel", "body": "By bus."}, _under("edit"), "body", ("title", "Trips")
    ),
    "survey": Editor(
        "/company/surveys/new",
        {"title_en": "How are you?", "questions-0-text_en": "How?", "opens_at": "2026-04-02T08:00"},
        lambda location, _db: f"/company/surveys/all/{location.rsplit('/', 1)[1]}/edit",
        "intro_en",
        ("questions-0-text_en", "How are you really?"),
    ),
    "newsletter": Editor(
        "/company/newsletters/new",
        {"subject": "News", "opening": "Hi."},
        _under("edit"),
        "opening",
        ("subject", "New"),
    ),
    "programme": PROGRAMME,
    "goal": Editor(
        "{before}/goals/new",
        {"title": "Posts", "source": "shares", "target": "100", "starts_on": "2026-03-02", "due_on": "2026-05-29"},
        _newest(Goal, "/company/plan/goals/{id}/edit"),
        "title",
        ("target", "250.0"),
        (PROGRAMME,),
    ),
    "step": Editor(
        "{before}/steps/new",
        {"title": "Write it", "due_on": "2026-05-01"},
        _newest(PlanStep, "/company/plan/steps/{id}/edit"),
        "body",
        ("due_on", "2026-05-08"),
        (PROGRAMME,),
    ),
    "touchpoint": Editor(
        "/company/touchpoints/new", {"name": "Web shop"}, _under("edit"), "promise", ("name", "Shop on the web")
    ),
    "key message": Editor(
        "/company/messages/new",
        {"en": "We power the north", "proofs-0-text": "A study"},
        _newest(KeyMessage, "/company/messages/{id}/edit"),
        "en",
        ("proofs-0-text", "Two studies"),
    ),
    "course": COURSE,
    "lesson": Editor(
        "{before}/lessons/new",
        {"title": "Who reads you", "body": "All."},
        _newest(Lesson, "/learning/edit/{course}/lessons/{id}"),
        "body",
        ("title", "Your readers"),
        (COURSE,),
    ),
    "question": Editor(
        "{before}/questions/new",
        QUIZ,
        _newest(Question, "/learning/edit/{course}/questions/{id}"),
        "text",
        ("option-0", "Nobody at all"),
        (COURSE,),
    ),
    "session": Editor(
        "/learning/sessions/new",
        {"title": "Open meeting", "starts_at": "2026-04-05T10:00", "ends_at": "2026-04-05T11:00"},
        _under("edit"),
        "description",
        ("place", "Canteen"),
    ),
}


def begin(browser: Any, db: Any, editor: Editor) -> str:
    """Makes one; gives the page of its form."""
    return editor.edit(_made(browser, editor), db)


def _made(browser: Any, editor: Editor) -> str:
    before = _made(browser, editor.before[0]) if editor.before else ""
    answer = browser.submit(editor.new.format(before=before), editor.typed)
    assert answer.status_code in (302, 303), answer.text
    return str(answer.location)


def opened(browser: Any, path: str) -> dict[str, Any]:
    """The fields of a form as a browser has them once it is open."""
    return form_of(browser.get(path).text, path)[1]


@pytest.fixture
def two(make: Any, signed_in: Any) -> tuple[Any, Any]:
    """Two people who may change everything, among enough for an anonymous survey."""
    for _ in range(4):
        make.user()
    return signed_in(make.curator("Cora Kaye")), signed_in(make.curator("Per Moe"))


@pytest.mark.parametrize("editor", EDITORS.values(), ids=EDITORS)
def test_the_second_is_told_who_was_faster_and_loses_nothing(editor, two, db, clock):
    first, second = two
    path = begin(first, db, editor)
    at_first, at_second = opened(first, path), opened(second, path)
    clock.move(minutes=3)
    changed = {editor.main: "Words of Cora", editor.other[0]: editor.other[1]}
    assert first.post(path, data=at_first | changed).status_code in (302, 303)
    clock.move(minutes=4)
    answer = second.post(path, data=at_second | {editor.main: "Words of Per"})
    assert answer.status_code == 409
    assert NOT_SAVED in answer.text
    assert f"Cora Kaye saved this on {clock.now() - timedelta(minutes=4):%-d %b %Y, %H:%M}" in answer.text
    _, fields = form_of(answer.text, path)
    assert fields[editor.main] == "Words of Per", "nothing is lost"
    assert fields[editor.other[0]] == editor.other[1], "what only the other one changed is not undone"
    assert "Cora</del>" in answer.text
    assert "Per</ins>" in answer.text
    assert opened(first, path)[editor.main] == "Words of Cora", "nothing was saved so far"
    assert second.post(path, data=fields).status_code in (302, 303), "sent once more it is meant"
    kept = opened(first, path)
    assert (kept[editor.main], kept[editor.other[0]]) == ("Words of Per", editor.other[1])


def test_what_the_other_one_changed_elsewhere_is_taken_over_and_named(two, db):
    first, second = two
    path = begin(first, db, EDITORS["step"])
    at_first, at_second = opened(first, path), opened(second, path)
    first.post(path, data=at_first | {"due_on": "2026-05-20"})
    answer = second.post(path, data=at_second | {"body": "With care"})
    assert answer.status_code == 409
    assert "already taken over below" in answer.text
    assert "You both changed" not in answer.text
    _, fields = form_of(answer.text, path)
    assert (fields["due_on"], fields["body"]) == ("2026-05-20", "With care")


def test_two_who_write_the_same_do_not_disturb_each_other(two, db):
    first, second = two
    path = begin(first, db, EDITORS["touchpoint"])
    at_first, at_second = opened(first, path), opened(second, path)
    assert first.post(path, data=at_first | {"promise": "Fast"}).status_code == 303
    assert second.post(path, data=at_second | {"promise": "Fast"}).status_code == 303


def test_whoever_saved_in_another_window_is_told_that_it_was_they(two, db):
    first, _ = two
    path = begin(first, db, EDITORS["touchpoint"])
    here, there = opened(first, path), opened(first, path)
    first.post(path, data=here | {"promise": "Fast"})
    answer = first.post(path, data=there | {"promise": "Slow"})
    assert answer.status_code == 409
    assert "You saved this yourself" in answer.text


@pytest.mark.parametrize("sent", [None, "", "[]", "{", "[" * 2000, '{"promise": 7}'])
def test_a_form_that_does_not_say_what_it_was_opened_with_saves_nothing_unseen(two, db, sent):
    first, second = two
    path = begin(first, db, EDITORS["touchpoint"])
    fields = {name: value for name, value in opened(second, path).items() if name != "opened"}
    if sent is not None:
        fields["opened"] = sent
    answer = second.post(path, data=fields | {"promise": "Slow"})
    assert answer.status_code == 409
    assert "This was changed after you opened it" in answer.text


def test_the_other_one_s_words_can_be_taken_and_the_page_is_in_norwegian(make, signed_in, db):
    first, second = signed_in(make.curator("Cora Kaye")), signed_in(make.curator("Per Moe", locale="nb"))
    path = begin(first, db, EDITORS["handbook"])
    at_first, at_second = opened(first, path), opened(second, path)
    first.post(path, data=at_first | {"body": "Take the train."})
    page = second.post(path, data=at_second | {"body": "Take the boat."}).text
    assert "Endringene dine er ikke lagret ennå" in page
    assert "Cora Kaye lagret dette" in page
    assert f'href="{path}">La det være' in page
    assert opened(second, path)["body"] == "Take the train."


def test_of_two_at_the_same_moment_one_saves_and_the_other_is_told(two, db, monkeypatch):
    first, second = two
    path = begin(first, db, EDITORS["step"])
    forms = {name: (browser, opened(browser, path)) for name, browser in (("Cora", first), ("Per", second))}
    is_inside, may_go_on, real = threading.Event(), threading.Event(), steps.save

    def slow(*args: Any, **more: Any) -> PlanStep:
        """Saves, and keeps the transaction open."""
        kept = real(*args, **more)
        is_inside.set()
        assert may_go_on.wait(20)
        return kept

    monkeypatch.setattr(steps, "save", slow)

    def send(name: str) -> Any:
        browser, fields = forms[name]
        return browser.post(path, data=fields | {"body": f"Words of {name}"})

    with ThreadPoolExecutor(2) as both:
        one = both.submit(send, "Cora")
        assert is_inside.wait(20)
        other = both.submit(send, "Per")
        with pytest.raises(TimeoutError):
            other.result(timeout=1)  # it waits for the first one's transaction
        may_go_on.set()
        assert one.result(timeout=20).status_code == 303
        answer = other.result(timeout=20)
    assert answer.status_code == 409
    assert "Cora Kaye saved this" in answer.text
    assert opened(first, path)["body"] == "Words of Cora"


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1280, "light")])
def test_the_page_that_says_so_is_accessible_with_and_without_script(two, make, db, site, axe, width, theme, script):
    path = begin(two[0], db, EDITORS["survey"])
    page = site.visit(make.curator("Ola Berg"), width=width, theme=theme, script=script)
    page.goto(path)
    two[0].submit(path, {"intro_en": "Because we want to know.", "open_days": "9"}, form=path)
    page.get_by_label("Why we ask, in English").fill("Because it matters.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text(NOT_SAVED).wait_for()
    assert page.get_by_label("Days it is open").input_value() == "9"
    if script:
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("The survey is saved.").wait_for()
