"""What a network may answer instead of a receipt, and what each answer means for the one who asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


def N_(message: str) -> str:
    """Mark ``message`` for translation without translating it here: the app owns the reader's language."""
    return message


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence for a person: an English template with ``{names}`` in it, and what fills them.

    The app translates ``template`` through its catalogue and fills ``params`` in; ``str()`` gives English.
    """

    template: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.params)


class ConnectorError(Exception):
    """A request to a network did not end with what was asked for.

    ``reason`` is for the person, ``network_said`` is the network's own short text for the log. Neither holds
    a secret. ``until`` is the earliest moment (aware, UTC) at which the network is willing to be asked again.
    """

    def __init__(self, reason: Reason, *, network_said: str = "", until: datetime | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.network_said = network_said
        self.until = until


class Transient(ConnectorError):
    """Surely not taken: no connection, or refused before anything was done. The same may be tried again."""


class OperatorNeeded(Transient):
    """Not taken, from nobody here: the company's own standing with the network must be put in order first.

    Its credit is used up, a cap is reached, its app lacks a right. ``reason`` says what an administrator has to do.
    """


class RateLimited(ConnectorError):
    """Not taken: the network wants fewer requests, and ``until`` says when the next one is welcome.

    ``whole_app`` says that it means everybody's here together and not this account's alone.
    """

    def __init__(self, reason: Reason, *, until: datetime, network_said: str = "", whole_app: bool = False) -> None:
        super().__init__(reason, network_said=network_said, until=until)
        self.until: datetime = until
        self.whole_app = whole_app


class CredentialsExpired(ConnectorError):
    """Not taken: the sign-in is no longer good.

    ``refreshable`` says whether ``refresh`` may mend it; if not, the person has to connect again.
    """

    def __init__(self, reason: Reason, *, refreshable: bool, network_said: str = "") -> None:
        super().__init__(reason, network_said=network_said)
        self.refreshable = refreshable


class Rejected(ConnectorError):
    """Refused for good: too long, against a rule, not allowed. The same would be refused again."""


class OutcomeUnknown(ConnectorError):
    """Sent, and no clear answer came back: the post may or may not exist. Never a blind second try."""


class AppForgotten(Rejected):
    """The server no longer knows our app: register it again, then the person starts over."""
