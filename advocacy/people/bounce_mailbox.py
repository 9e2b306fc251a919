"""Reads letters that came back from a mailbox (IMAP), where one is set."""

from __future__ import annotations

import imaplib
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

import structlog

from advocacy.base.house import House
from advocacy.people import bounces
from config import Settings

log = structlog.get_logger()

PATIENCE = 20.0
MOST = 100
"""Letters a round."""


def read(house: House) -> int:
    """Takes in what lies unread in the mailbox, and marks it as read. Nothing is deleted there. A job.

    A letter is marked after it was taken in: one that is read twice is taken in once.

    Returns:
        How many letters were looked at.
    """
    url = house.part(Settings).bounces_imap_url
    if not url:
        return 0
    place = urlsplit(url)
    try:
        with _connected(place) as box:
            box.login(unquote(place.username or ""), unquote(place.password or ""))
            folder = unquote(place.path.strip("/")) or "INBOX"
            status, _ = box.select(f'"{folder}"')
            if status != "OK":
                log.warning("the mailbox for letters that come back has no such folder", folder=folder)
                return 0
            _, found = box.uid("search", "UNSEEN")
            numbers = (found[0] or b"").split()[:MOST]
            for number in numbers:
                _take(house, box, number.decode("ascii"))
            return len(numbers)
    except (imaplib.IMAP4.error, OSError) as problem:
        # Tried again at the job's next time; the server's words hold no password.
        log.warning("the mailbox for letters that come back cannot be read", why=str(problem)[:200])
        return 0


def _connected(place: SplitResult) -> imaplib.IMAP4:
    host = place.hostname or ""
    if place.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=ssl.create_default_context(), timeout=PATIENCE)
    box = imaplib.IMAP4(host, place.port or 143, timeout=PATIENCE)
    if "STARTTLS" in box.capabilities:
        box.starttls(ssl.create_default_context())
    elif host not in ("localhost", "127.0.0.1", "::1"):
        box.shutdown()
        raise OSError("the mail server offers no encryption, so the password was not sent to it")
    return box


def _take(house: House, box: imaplib.IMAP4, number: str) -> None:
    _, parts = box.uid("fetch", number, f"(BODY.PEEK[]<0.{bounces.LONGEST}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    outcome = bounces.take(house, raw)
    log.info("a letter came back", outcome=outcome.name)
    box.uid("store", number, "+FLAGS", "(\\Seen)")
