"""The lessons and the questions of a course, as their editors write them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField, URLField

from advocacy.base.errors import HubError, Invalid
from advocacy.learning import courses, files, lessons
from advocacy.learning.files import LessonFiles
from advocacy.learning.lessons import MOST_OPTIONS, Lesson, Question, WrittenLesson
from advocacy.learning.views import places
from advocacy.library import media, pictures
from advocacy.library.media import Media
from advocacy.web.access import curators_and_leaders
from advocacy.web.editing import ChangedMeanwhile, SharedForm, check
from advocacy.web.forms import at_most, required, tell
from advocacy.web.house import house, reading, writing
from advocacy.web.i18n import say
from advocacy.web.requests import row_id, takes_files

blueprint = Blueprint("course_parts", __name__, url_prefix="/learning/edit/<int:course_id>")


class LessonForm(SharedForm):
    """What a lesson holds."""

    title = StringField(lazy_gettext("Title"), [required(), at_most(160)])
    body = TextAreaField(
        lazy_gettext("Text"), description=lazy_gettext("Markdown: # heading, - list, **bold**, [words](https://…).")
    )
    picture_id = HiddenField(lazy_gettext("Picture"))
    picture = FileField(lazy_gettext("Picture"))
    remove_picture = BooleanField(lazy_gettext("Remove the picture"))
    alt_text = StringField(lazy_gettext("Description of the picture"), [at_most(500)])
    video_url = URLField(lazy_gettext("Link to a video"), [at_most(2_000)])
    file_id = HiddenField(lazy_gettext("Document or video"))
    file = FileField(lazy_gettext("Document or video"))
    remove_file = BooleanField(lazy_gettext("Remove the file"))


RIGHT = "✓ "
"""Before an answer that is right, where all of them stand in one text."""


class QuestionForm(SharedForm):
    """A question of the quiz; the page draws its fields itself."""

    text = TextAreaField(lazy_gettext("Question"))
    options = TextAreaField(lazy_gettext("Answers to choose from"))
    """One a line, the right ones marked."""
    explanation = TextAreaField(lazy_gettext("Explanation"))

    def answers(self) -> list[tuple[str, bool]]:
        """The answers in their order, each with whether it is right."""
        lines = (self.options.data or "").splitlines()
        return [(line.removeprefix(RIGHT), line.startswith(RIGHT)) for line in lines]


@blueprint.get("/lessons/new")
@curators_and_leaders
def new_lesson(course_id: int) -> ResponseReturnValue:
    """An empty lesson."""
    return _lesson_page(course_id, None, LessonForm(formdata=None), 200)


@blueprint.post("/lessons/new")
@takes_files(files.MEGABYTES + 10)
@curators_and_leaders
def create_lesson(course_id: int) -> ResponseReturnValue:
    """Adds it at the end."""
    return _lesson_saved(course_id, None)


@blueprint.get("/lessons/<int:lesson_id>")
@curators_and_leaders
def edit_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """The form of a lesson."""
    lesson = lessons.get(reading(), course_id=course_id, lesson_id=lesson_id)
    form = LessonForm(formdata=None, data=_values(lesson))
    form.open(_values(lesson))
    return _lesson_page(course_id, lesson_id, form, 200)


def _values(lesson: Lesson) -> dict[str, Any]:
    return {
        "title": lesson.title,
        "body": lesson.body,
        "picture_id": str(lesson.picture_id or ""),
        "alt_text": lesson.alt_text,
        "video_url": lesson.video_url,
        "file_id": str(lesson.file_id or ""),
    }


@blueprint.post("/lessons/<int:lesson_id>")
@takes_files(files.MEGABYTES + 10)
@curators_and_leaders
def save_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Changes it."""
    lessons.get(reading(), course_id=course_id, lesson_id=lesson_id)
    return _lesson_saved(course_id, lesson_id)


@blueprint.post("/lessons/<int:lesson_id>/up")
@curators_and_leaders
def move_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Puts it one place earlier."""
    with writing() as session:
        lessons.move_up(session, course_id=course_id, lesson_id=lesson_id)
    return _back(course_id)


@blueprint.post("/lessons/<int:lesson_id>/remove")
@curators_and_leaders
def remove_lesson(course_id: int, lesson_id: int) -> ResponseReturnValue:
    """Removes it."""
    with writing() as session:
        lessons.remove(session, house().clock, course_id=course_id, lesson_id=lesson_id)
    tell(gettext("The lesson is removed."))
    return _back(course_id)


@blueprint.get("/questions/new")
@curators_and_leaders
def new_question(course_id: int) -> ResponseReturnValue:
    """An empty question."""
    courses.get(reading(), course_id=course_id)
    return _question_page(course_id, None, QuestionForm(formdata=None), "", 200)


@blueprint.post("/questions/new")
@curators_and_leaders
def create_question(course_id: int) -> ResponseReturnValue:
    """Adds it at the end of the quiz."""
    return _question_saved(course_id, None)


@blueprint.get("/questions/<int:question_id>")
@curators_and_leaders
def edit_question(course_id: int, question_id: int) -> ResponseReturnValue:
    """The form of a question."""
    found = lessons.question(reading(), course_id=course_id, question_id=question_id)
    form = QuestionForm(formdata=None, data=_question_values(found))
    form.open(_question_values(found))
    return _question_page(course_id, question_id, form, "", 200)


def _question_values(found: Question) -> dict[str, Any]:
    lines = [RIGHT * one["is_right"] + one["text"] for one in found.options]
    return {"text": found.text, "explanation": found.explanation, "options": "\n".join(lines)}


@blueprint.post("/questions/<int:question_id>")
@curators_and_leaders
def save_question(course_id: int, question_id: int) -> ResponseReturnValue:
    """Changes it."""
    lessons.question(reading(), course_id=course_id, question_id=question_id)
    return _question_saved(course_id, question_id)


@blueprint.post("/questions/<int:question_id>/remove")
@curators_and_leaders
def remove_question(course_id: int, question_id: int) -> ResponseReturnValue:
    """Removes it."""
    with writing() as session:
        lessons.remove_question(session, course_id=course_id, question_id=question_id)
    tell(gettext("The question is removed."))
    return _back(course_id)


def _lesson_saved(course_id: int, lesson_id: int | None) -> ResponseReturnValue:
    courses.get(reading(), course_id=course_id)
    form, status = LessonForm(), 422
    if form.validate() & _files_kept(form):
        written = WrittenLesson(
            title=form.title.data,
            body=form.body.data or "",
            picture_id=_number(form.picture_id.data),
            alt_text=form.alt_text.data or "",
            video_url=form.video_url.data or "",
            file_id=_number(form.file_id.data),
        )
        try:
            with writing() as session:
                if lesson_id is not None:
                    check(
                        session,
                        house().clock,
                        form,
                        thing=("lesson", lesson_id),
                        values=lambda: _values(lessons.get(session, course_id=course_id, lesson_id=lesson_id)),
                    )
                lessons.save(session, house().clock, course_id=course_id, written=written, lesson_id=lesson_id)
        except Invalid as error:
            form.take(error)
        except ChangedMeanwhile:
            status = 409
        else:
            tell(gettext("The lesson is saved."))
            return _back(course_id)
    return _lesson_page(course_id, lesson_id, form, status)


def _files_kept(form: LessonForm) -> bool:
    """Keeps what came with the form, so that it is not lost when the form comes back; False with what is wrong said."""
    if form.remove_picture.data:
        form.picture_id.data, form.alt_text.data = "", ""
    if form.remove_file.data:
        form.file_id.data = ""
    picture, file = form.picture.data, form.file.data
    try:
        if picture and picture.filename:
            prepared = pictures.prepare(picture.read(pictures.MOST_BYTES + 1))
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
                )
                form.picture_id.data = str(kept.id)
        if file and file.filename:
            with writing() as session:
                stored = files.store(
                    session,
                    house().clock,
                    house().part(LessonFiles),
                    stream=file.stream,
                    name=file.filename,
                    by=current_user.id,
                )
                form.file_id.data = str(stored.id)
    except HubError as error:
        field = form.file if isinstance(error, Invalid) and error.field == "file" else form.picture
        field.errors = [say(error.text)]
        return False
    return True


def _lesson_page(course_id: int, lesson_id: int | None, form: LessonForm, status: int) -> ResponseReturnValue:
    session = reading()
    page = render_template(
        "learning/edit_lesson.html",
        tabs=places.tabs(),
        course=courses.get(session, course_id=course_id),
        lesson_id=lesson_id,
        form=form,
        picture=media.find(session, picture_id=_number(form.picture_id.data)),
        file=files.find(session, file_id=_number(form.file_id.data)),
        megabytes=files.MEGABYTES,
    )
    return make_response(page, status)


def _question_saved(course_id: int, question_id: int | None) -> ResponseReturnValue:
    courses.get(reading(), course_id=course_id)
    lines = [
        RIGHT * (f"right-{place}" in request.form) + " ".join(request.form.get(f"option-{place}", "").split())
        for place in range(MOST_OPTIONS)
        if request.form.get(f"option-{place}", "").strip()
    ]
    form, problem, status = QuestionForm(), "", 422
    form.options.data = "\n".join(lines)
    try:
        with writing() as session:
            if question_id is not None:
                check(
                    session,
                    house().clock,
                    form,
                    thing=("question", question_id),
                    values=lambda: _question_values(
                        lessons.question(session, course_id=course_id, question_id=question_id)
                    ),
                )
            lessons.save_question(
                session,
                course_id=course_id,
                text=form.text.data or "",
                options=form.answers(),
                explanation=form.explanation.data or "",
                question_id=question_id,
            )
    except Invalid as error:
        problem = say(error.text)
    except ChangedMeanwhile:
        status = 409
    else:
        tell(gettext("The question is saved."))
        return _back(course_id)
    return _question_page(course_id, question_id, form, problem, status)


def _question_page(
    course_id: int, question_id: int | None, form: QuestionForm, problem: str, status: int
) -> ResponseReturnValue:
    page = render_template(
        "learning/edit_question.html",
        tabs=places.tabs(),
        course=courses.get(reading(), course_id=course_id),
        question_id=question_id,
        form=form,
        answers=form.answers(),
        problem=problem,
        places=range(MOST_OPTIONS),
    )
    return make_response(page, status)


def _back(course_id: int) -> ResponseReturnValue:
    return redirect(url_for("course_editor.show", course_id=course_id), code=303)


def _number(typed: str | None) -> int | None:
    try:
        return row_id(typed) if typed else None
    except ValueError:
        return None
