"""Letters that come back (RFC 3464): which of ours it was, and whether its mailbox is gone or only had trouble.

A letter that comes back is believed only when it brings our own letter's Message-ID along, which nobody but its
reader's mail servers has seen; so nobody can pause a colleague's address by writing such a letter.
"""

from __future__ import annotations

import email
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.policy import default as rules

import structlog
from sqlalchemy import select

from advocacy.base.house import House
from advocacy.base.mail import is_of_mailbox
from advocacy.people import outbox
from advocacy.people.mail_models import OutgoingMail

log = structlog.get_logger()

LONGEST = 2_000_000
_OUR_ID = re.compile(r"<([0-9a-f]{32})@")


class Outcome(enum.Enum):
    """What a letter turned out to be."""

    GONE = "the mailbox is gone: newsletters no longer go to its address"
    FAILED = "it came back for another reason: noted, and its address stays as it is"
    DELAYED = "it is only late: nothing to do"
    UNKNOWN = "it names no letter of ours of the last 30 days: left alone"
    NO_BOUNCE = "it is no report of a letter that came back: left alone"


@dataclass(frozen=True)
class Report:
    """What a report says of one reader.

    Args:
        action: `failed`, `delayed`, or something good.
        words: status and diagnosis, as the mail server put them.
    """

    action: str
    words: str


def take(house: House, raw: bytes) -> Outcome:
    """Takes in a letter that came back. The same one twice is taken once.

    Args:
        house: database and clock.
        raw: the whole letter, as it arrived.
    """
    try:
        letter = email.message_from_bytes(raw[:LONGEST], policy=rules)
        reports = list(_reports(letter))
        ours = _our_id(letter)
    except (MessageError, ValueError, LookupError, AttributeError, TypeError) as problem:
        log.info("a letter that came back cannot be read", why=type(problem).__name__)
        return Outcome.NO_BOUNCE
    if not reports:
        return Outcome.NO_BOUNCE
    failed = [one for one in reports if one.action == "failed"]
    if not failed:
        return Outcome.DELAYED
    return _note(house, ours, failed[0])


def _note(house: House, message_id: str, report: Report) -> Outcome:
    with house.db.transaction() as session:
        mail = session.scalar(select(OutgoingMail).where(OutgoingMail.message_id == message_id).with_for_update())
        if mail is None:
            return Outcome.UNKNOWN
        if mail.bounced_at is None:
            mail.bounced_at, mail.failure = house.clock.now(), report.words[:300]
        if not is_of_mailbox(report.words):
            return Outcome.FAILED
        outbox.pause(session, house.clock, email=mail.to, said=report.words)
        return Outcome.GONE


def _reports(letter: EmailMessage) -> Iterator[Report]:
    if letter.get_content_type() != "multipart/report":
        return
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            for group in groups[1:] if isinstance(groups, list) else []:
                if isinstance(group, Message) and group["Action"]:
                    yield Report(str(group["Action"]).strip().lower(), _words(group))


def _words(group: Message) -> str:
    """As an SMTP server would have said it: three digits, status, words. The status decides where both are there."""
    status = re.search(r"\d\.\d{1,3}\.\d{1,3}", str(group["Status"] or ""))
    diagnosis = " ".join(str(group["Diagnostic-Code"] or "").partition(";")[2].split())
    said = re.match(r"(\d{3})[ -]?(?:(\d\.\d{1,3}\.\d{1,3}) ?)?(.*)", diagnosis)
    code, detail, rest = (said[1], said[2], said[3]) if said else ("", None, diagnosis)
    number = status[0] if status else ""
    if number.endswith(".0.0") and detail:
        number = detail  # "other or undefined" tells less than what the server itself had said
    if not number or number.endswith(".0.0"):
        return f"{code} {rest}".strip() or f"5xx {number}"
    return f"{code or number[0] + '50'} {number} {rest}".strip()


def _our_id(letter: EmailMessage) -> str:
    """The Message-ID of the letter that came back, from what the report encloses of it."""
    for part in letter.walk():
        kind = part.get_content_type()
        text = ""
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            text = str(first["Message-ID"]) if isinstance(first, Message) else ""
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            body = part.get_payload(decode=True)
            text = body.decode("latin-1") if isinstance(body, bytes) else ""
            found = re.search(r"(?im)^message-id:\s*(<[^>\s]+>)", text)
            text = found[1] if found else ""
        if found := _OUR_ID.search(text):
            return found[1]
    return ""
