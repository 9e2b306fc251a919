"""The post: hands letters to the company's mail server, or keeps them as files where there is none."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

PATIENCE = 20.0
"""Seconds that one step of the conversation with the mail server may take."""


class TryLater(Exception):
    """The letter was not taken now; it may be later. Says why, in the server's words where it gave any."""


class Undeliverable(Exception):
    """The server refused the letter for good. Says why, in its words."""


class NoSuchMailbox(Undeliverable):
    """The server knows no such address, or takes nothing for it any more."""


class Unanswered(TryLater):
    """The connection broke after the letter was handed over: nobody knows whether it was taken."""


class Send(Protocol):
    """Sends a letter over an open line."""

    def __call__(self, message: EmailMessage, before_data: Callable[[], None] = ...) -> None:
        """Raises TryLater or Undeliverable.

        Args:
            message: what to send.
            before_data: called when the server has taken the reader's address and only the letter itself is left.
        """


def _nothing() -> None:
    """Most letters need nothing done before they are handed over."""


class _Watched(smtplib.SMTP):
    """A line that tells when the letter itself is about to go over it, and whether that was answered."""

    is_handed = False
    before_data: Callable[[], None] = staticmethod(_nothing)

    def data(self, msg: Buffer | str) -> tuple[int, bytes]:
        self.before_data()
        self.is_handed = True
        try:
            answer = super().data(msg)
        except smtplib.SMTPDataError:
            self.is_handed = False
            raise
        self.is_handed = False
        return answer


class _Line(_Watched):
    """An open line, sealed by STARTTLS where the server offers it."""


class _SealedLine(_Watched, smtplib.SMTP_SSL):
    """A line that is sealed from the beginning."""


class Post:
    """The way out for letters.

    Args:
        smtp_url: `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://...`; "" for none.
        folder: where letters are kept as .eml files when there is no server.
    """

    def __init__(self, *, smtp_url: str, folder: Path) -> None:
        self._server = urlsplit(smtp_url) if smtp_url else None
        self._folder = folder

    @property
    def is_kept_in_files(self) -> bool:
        """Whether letters go nowhere but into `folder`."""
        return self._server is None

    @property
    def folder(self) -> Path:
        """Where letters are kept when there is no server."""
        return self._folder

    @contextmanager
    def round(self) -> Iterator[Send]:
        """One round of the postman: a function that sends letters over one connection, made when first needed.

        The function raises TryLater or Undeliverable.
        """
        server = self._server
        if server is None:
            yield self._keep
            return
        line: _Line | _SealedLine | None = None

        def send(message: EmailMessage, before_data: Callable[[], None] = _nothing) -> None:
            nonlocal line
            try:
                line = line or _connected(server)
                line.before_data = before_data
                line.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise _refusal(code, said, of_mailbox=True) from error
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise Undeliverable(str(error)) from error
            except (smtplib.SMTPException, OSError) as error:
                # Includes a wrong password or sender: the operator can mend that, so letters wait.
                was_handed = line is not None and line.is_handed
                _close(line)
                line = None
                raise (Unanswered if was_handed else TryLater)(_in_words(error)) from error

        try:
            yield send
        finally:
            _close(line)

    def _keep(self, message: EmailMessage, before_data: Callable[[], None] = _nothing) -> None:
        before_data()
        name = re.sub(r"[^A-Za-z0-9.-]", "_", str(message["Message-ID"]).strip("<>").split("@")[0])
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._folder / f"{name}.eml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
        except OSError as error:
            raise TryLater(_in_words(error)) from error


def _connected(server: SplitResult) -> _Line | _SealedLine:
    host, tls = server.hostname or "", ssl.create_default_context()
    is_private = server.scheme == "smtps"
    if is_private:
        line: _Line | _SealedLine = _SealedLine(host, server.port or 465, timeout=PATIENCE, context=tls)
    else:
        line = _Line(host, server.port or 587, timeout=PATIENCE)
    try:
        line.ehlo()
        if not is_private and line.has_extn("starttls"):
            line.starttls(context=tls)
            line.ehlo()
            is_private = True
        if server.username:
            if not is_private and host not in ("localhost", "127.0.0.1", "::1"):
                raise TryLater("the mail server offers no encryption, so the password was not sent to it")
            line.login(unquote(server.username), unquote(server.password or ""))
    except BaseException:
        _close(line)
        raise
    return line


_OF_MAILBOX = re.compile(r"(?:550|551|553) (?!\d\.\d)|5\d\d 5\.(?:1\.|2\.1)")
"""Refusals of an address, by their numbers (RFC 3463) where there are any; not of us, of the letter or of a full box."""


def is_of_mailbox(words: str) -> bool:
    """Whether a refusal for good, beginning with its three digits, says that there is no such mailbox."""
    return _OF_MAILBOX.match(words) is not None


def _refusal(code: int, said: bytes | str, *, of_mailbox: bool = False) -> TryLater | Undeliverable:
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    if code < 500:
        return TryLater(words)
    return NoSuchMailbox(words) if of_mailbox and is_of_mailbox(words) else Undeliverable(words)


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def _close(line: smtplib.SMTP | None) -> None:
    if line is not None:
        line.close()
