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
from urllib.parse import SplitResult, unquote, urlsplit

PATIENCE = 20.0
"""Seconds that one step of the conversation with the mail server may take."""


class TryLater(Exception):
    """The letter was not taken now; it may be later. Says why, in the server's words where it gave any."""


class Undeliverable(Exception):
    """The server refused the letter for good. Says why, in its words."""


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
    def round(self) -> Iterator[Callable[[EmailMessage], None]]:
        """One round of the postman: a function that sends letters over one connection, made when first needed.

        The function raises TryLater or Undeliverable.
        """
        server = self._server
        if server is None:
            yield self._keep
            return
        line: smtplib.SMTP | None = None

        def send(message: EmailMessage) -> None:
            nonlocal line
            try:
                line = line or _connected(server)
                line.send_message(message)
            except smtplib.SMTPRecipientsRefused as error:
                code, said = next(iter(error.recipients.values()))
                raise _refusal(code, said) from error
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error) from error
            except smtplib.SMTPNotSupportedError as error:
                raise Undeliverable(str(error)) from error
            except (smtplib.SMTPException, OSError) as error:
                # Includes a wrong password or sender: the operator can mend that, so letters wait.
                _close(line)
                line = None
                raise TryLater(_in_words(error)) from error

        try:
            yield send
        finally:
            _close(line)

    def _keep(self, message: EmailMessage) -> None:
        name = re.sub(r"[^A-Za-z0-9.-]", "_", str(message["Message-ID"]).strip("<>").split("@")[0])
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._folder / f"{name}.eml", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(message.as_bytes())
        except OSError as error:
            raise TryLater(_in_words(error)) from error


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, tls = server.hostname or "", ssl.create_default_context()
    is_private = server.scheme == "smtps"
    if is_private:
        line: smtplib.SMTP = smtplib.SMTP_SSL(host, server.port or 465, timeout=PATIENCE, context=tls)
    else:
        line = smtplib.SMTP(host, server.port or 587, timeout=PATIENCE)
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


def _refusal(code: int, said: bytes | str) -> TryLater | Undeliverable:
    words = f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return Undeliverable(words) if code >= 500 else TryLater(words)


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__


def _close(line: smtplib.SMTP | None) -> None:
    if line is not None:
        line.close()
