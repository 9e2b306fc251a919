"""What Threads, Instagram and Facebook have in common: Meta's Graph API, its errors and its long-lived sign-ins.

Facts: developers.facebook.com/docs/graph-api/guides/error-handling, /overview/rate-limiting.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime, timedelta
from typing import Any

from connectors._answers import body_of, expect_object, failure, moment_of, rate_limited, trouble, what_was_said
from connectors._base import OneAppConnector
from connectors._errors import N_, ConnectorError, CredentialsExpired, Reason, Rejected, Transient
from connectors._http import Answer
from connectors._values import AppRegistration, Credentials

CONSOLE = "https://developers.facebook.com/apps/"
REVIEW = N_(
    "It costs nothing, but Meta reviews the app and verifies the company before anybody but its testers can connect."
)
_SIGN_IN = {102, 190}
_APPS_RATE = 4
"""The limit of the whole app; 17 is a person's, 32 a Page's."""
_RATE = {_APPS_RATE, 17, 32, 341, 613, *range(80_000, 80_015)}
_DAILY_QUOTA = 2_207_042
_NOT_READY = 2_207_027
_OWN_TROUBLE = {1, 2}
_QUOTA_WAIT = timedelta(hours=1)
"""The quota is of any 24 hours, and no answer says when it has room again."""


class GraphConnector(OneAppConnector):
    """A network of Meta's. ``label`` is what its errors are signed with."""

    revokes_with_registration = False

    def _url(self, path: str) -> str:
        return f"{self._api}/{self._version}/{path}"

    @property
    @abstractmethod
    def _api(self) -> str:
        """The origin of its Graph API."""

    @property
    @abstractmethod
    def _version(self) -> str:
        """The version of that API, as it stands in addresses."""

    def _setting(self, name: str, otherwise: str) -> str:
        return self._settings.get(name, otherwise).rstrip("/")

    def _ask(self, method: str, path: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request. Raises: what Meta's own table says of a refusal."""
        answer = self._http.send(method, self._url(path), token=credentials.access_token, **parts)
        error = self._meaning(answer)
        if error is not None:
            raise error
        return answer

    def _meaning(self, answer: Answer) -> ConnectorError | None:
        """The error that a refusal stands for; ``None`` for an answer that is none of Meta's refusals."""
        error, said = error_in(answer), what_was_said(answer)
        if not error:
            return None
        code, subcode = error.get("code"), error.get("error_subcode")
        if code in _SIGN_IN:
            return self.reconnect(said)
        if subcode == _DAILY_QUOTA:
            return rate_limited(answer, answer.arrived + _QUOTA_WAIT)
        if code in _RATE:
            return rate_limited(answer, whole_app=code == _APPS_RATE)
        if subcode == _NOT_READY:
            return self._still_preparing(said)
        if code == 10 or (isinstance(code, int) and 200 <= code < 300):
            return self._permission_missing(said)
        if code in _OWN_TROUBLE or error.get("is_transient") is True:
            return trouble(answer)
        return self._refused(answer) if answer.status < 500 else None

    def _refused(self, answer: Answer) -> Rejected:
        said = what_was_said(answer)
        reason = Reason(N_("{server} refused the post and says: {message}"), {"server": self.label, "message": said})
        return Rejected(reason, network_said=said)

    def _permission_missing(self, said: str) -> CredentialsExpired:
        reason = N_(
            "{network} says that you have not allowed us this. Connect your account again and leave all boxes on."
        )
        return CredentialsExpired(Reason(reason, {"network": self.label}), refreshable=False, network_said=said)

    def _still_preparing(self, said: str = "") -> Transient:
        reason = Reason(N_("{network} is still preparing the post."), {"network": self.label})
        return Transient(reason, network_said=said, until=self._now() + timedelta(seconds=30))

    # The sign-in.

    def _granted(self, answer: Answer) -> dict[str, Any]:
        """The answer to a code or token that was handed in. Raises: Rejected when it was used or is too old."""
        said = body_of(answer)
        inner = said.get("data")
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):  # Instagram's wrapping
            said = inner[0]
        if answer.status < 300 and isinstance(said.get("access_token"), str):
            return said
        if 400 <= answer.status < 500 and body_of(answer) and answer.status != 429:
            reason = N_("{server} did not accept the permission: it was used before or is too old. Start again.")
            raise Rejected(Reason(reason, {"server": self.label}), network_said=what_was_said(answer))
        raise failure(answer)

    def _ends_at(self, granted: dict[str, Any]) -> datetime | None:
        seconds = granted.get("expires_in")
        return self._now() + timedelta(seconds=seconds) if type(seconds) is int and seconds > 0 else None

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:  # noqa: ARG002
        """Meta offers no way to take one account's permission back from here.

        Raises: Rejected, so that the person is told to do it there.
        """
        reason = N_("{network} lets only you take our access back, in its settings.")
        raise Rejected(Reason(reason, {"network": self.label}))

    def _shown(self, remote_id: str, fields: str, credentials: Credentials) -> dict[str, Any]:
        """What the network tells of a thing. Raises: as ``_ask``."""
        answer = self._ask("GET", remote_id, credentials, params=[("fields", fields)])
        return expect_object(answer)


def error_in(answer: Answer) -> dict[str, Any]:
    """Meta's error object; empty if there is none."""
    found = body_of(answer).get("error")
    return found if isinstance(found, dict) and answer.status >= 400 else {}


def is_missing(answer: Answer) -> bool:
    """Whether the network says that there is no such thing. It says the same of one that we may not see."""
    error = error_in(answer)
    return error.get("code") == 24 or (error.get("code"), error.get("error_subcode")) == (100, 33)


def moment_in(found: dict[str, Any], key: str) -> datetime | None:
    """Meta's own way of writing a moment (``+0000``)."""
    return moment_of(found.get(key))


def insights_in(answer: Answer) -> dict[str, int]:
    """The numbers of a post by their names. What is empty, missing or no number is left out: it is not known."""
    numbers: dict[str, int] = {}
    for entry in expect_object(answer, data=list)["data"]:
        values = entry.get("values") if isinstance(entry, dict) else None
        holder = values[0] if isinstance(values, list) and values else (entry or {}).get("total_value")
        value = holder.get("value") if isinstance(holder, dict) else None
        if type(value) is int and value >= 0:
            numbers[str(entry.get("name"))] = value
    return numbers
