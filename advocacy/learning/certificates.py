"""Certificates: a page of paper as PDF, and whether one that somebody shows is valid."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.base.paper import FAMILY, sheet
from advocacy.base.text import Text
from advocacy.learning import taking
from advocacy.learning.models import Completion, Course
from advocacy.people.models import User

if TYPE_CHECKING:
    from fpdf import FPDF


@dataclass(frozen=True)
class Certificate:
    """What a certificate says."""

    name: str
    title: str
    passed_at: datetime
    code: str

    @property
    def shown_code(self) -> str:
        """In groups of four, to be typed off paper."""
        return "-".join(re.findall(".{4}", self.code))


def of(session: Session, *, user: User, course_id: int) -> Certificate:
    """A person's certificate.

    Raises:
        NotFound: they have not passed the course, or it gives none.
    """
    course = session.get(Course, course_id)
    done = taking.completion(session, user_id=user.id, course_id=course_id)
    if course is None or done is None or not course.has_certificate:
        raise NotFound(Text("There is no certificate for you here. It comes when you have passed the course."))
    return Certificate(name=user.name, title=course.title, passed_at=done.passed_at, code=done.code)


def find(session: Session, *, typed: str) -> Completion | None:
    """The valid certificate with this code, however it was typed; None when there is none."""
    code = re.sub(r"[\s-]", "", typed).upper()[:20]
    query = select(Completion).join(Course, Course.id == Completion.course_id)
    return session.scalar(query.where(Completion.code == code, Course.has_certificate.is_(True)))


def paper(certificate: Certificate, *, company: str, check_url: str, day: str, say: Callable[[Text], str]) -> bytes:
    """A certificate as a PDF of one page.

    Args:
        certificate: what it says.
        company: who gives it.
        check_url: where anybody can look whether it is valid.
        day: when the course was passed, in the reader's language.
        say: puts a sentence into the reader's language.
    """
    page: FPDF = sheet(title=say(Text("Certificate")), landscape=True)
    page.set_draw_color(65, 83, 216)
    page.set_line_width(1.2)
    page.rect(12, 12, page.w - 24, page.h - 24)
    _line(page, company, at=38, size=16)
    _line(page, say(Text("Certificate")), at=56, size=34, is_bold=True)
    _line(page, say(Text("This is to say that")), at=80, size=13)
    _line(page, certificate.name, at=94, size=26, is_bold=True)
    _line(page, say(Text("has passed the course")), at=114, size=13)
    _line(page, certificate.title, at=128, size=20, is_bold=True)
    _line(page, day, at=150, size=13)
    _line(page, say(Text("Whether it is valid: {address}", address=check_url)), at=172, size=10)
    return bytes(page.output())


def _line(page: FPDF, words: str, *, at: float, size: float, is_bold: bool = False) -> None:
    """One centred line, made smaller until it fits."""
    page.set_font(FAMILY, "B" if is_bold else "", size)
    while page.get_string_width(words) > page.w - 40 and size > 6:
        size -= 1
        page.set_font_size(size)
    page.set_y(at)
    page.cell(0, size / 2, words, align="C")
