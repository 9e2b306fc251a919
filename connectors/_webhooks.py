"""Channels of a team: a place that takes posts at a secret address, which somebody makes there and pastes here.

The address is all there is to such a sign-in. Whoever knows it can post, so it is kept like a password, and it is only
ever posted to when it lies on the network's own hosts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from connectors._answers import failure
from connectors._base import ApiConnector
from connectors._errors import N_, ConnectorError, CredentialsExpired, OutcomeUnknown, Reason, Rejected
from connectors._http import Answer
from connectors._values import AppRegistration, Credentials, Draft, Figures, Identity, SignIn

LONGEST_NAME = 80


class WebhookConnector(ApiConnector):
    """A network whose channels take posts by an incoming webhook.

    ``host`` and ``path`` are the network's own rule for such addresses; ``path`` names a group ``id``, which is no
    secret, and may be matched against the query too. The first of ``may_read`` names another origin to expect
    addresses on, for tests and for a gateway of the company's own.
    """

    sign_in_kind = SignIn.WEBHOOK
    host: ClassVar[re.Pattern[str]]
    path: ClassVar[re.Pattern[str]]
    example: ClassVar[str]

    def connect(self, address: str, name: str) -> Credentials:
        """The sign-in that a pasted ``address`` is; ``name`` is what people call the channel.

        Raises: Rejected when it is no address of this network's webhooks.
        """
        origin, path = self._parts(address)
        found = self.path.fullmatch(path)
        called = " ".join(name.split())[:LONGEST_NAME]
        return Credentials(path, server=origin, remote_id=found["id"] if found else "", handle=called)

    def identity(self, credentials: Credentials) -> Identity:
        """The channel as it was named here. Nothing is asked: these addresses can only be posted to."""
        return Identity(credentials.remote_id, credentials.handle)

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> None:  # noqa: ARG002
        """Nobody can read a channel by its webhook. Raises: OutcomeUnknown."""
        raise self.look_yourself()

    def figures(
        self,
        remote_ids: Sequence[str],
        credentials: Credentials | None,  # noqa: ARG002
    ) -> dict[str, Figures | None]:
        """A webhook tells nothing of what it posted."""
        return {one: Figures() for one in remote_ids}

    def delete(self, remote_id: str, credentials: Credentials) -> None:  # noqa: ARG002 - Discord can
        """Raises: Rejected, since a webhook can only add."""
        raise self.delete_yourself()

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:  # noqa: ARG002
        """Raises: Rejected, since colleagues may use the same webhook: only its makers take it away."""
        reason = N_("The webhook still stands in {network}. Remove it there if nobody else uses it.")
        raise Rejected(Reason(reason, {"network": self.label}))

    def reconnect(self, network_said: str = "") -> CredentialsExpired:
        """The error that asks for another address."""
        reason = N_(
            "{network} no longer takes posts at this channel's address: the webhook was removed, or the channel "
            "closed. Connect the channel again with a new address."
        )
        return CredentialsExpired(
            Reason(reason, {"network": self.label}), refreshable=False, network_said=network_said
        )

    def look_yourself(self) -> OutcomeUnknown:
        """What ``find`` raises: a webhook cannot read."""
        reason = N_("We cannot read your channel on {network}, so we cannot tell. Look in the channel.")
        return OutcomeUnknown(Reason(reason, {"network": self.label}))

    def _post(self, credentials: Credentials, body: dict[str, Any]) -> Answer:
        return self._ask("POST", credentials, body=body)

    def _ask(
        self,
        method: str,
        credentials: Credentials,
        *,
        body: Any = None,
        query: str = "",
        under: str = "",
        **more: Any,
    ) -> Answer:
        """Ask the address, which is held to the rule again: what is kept may be older than the rule."""
        origin, path = self._parts(f"{credentials.server}{credentials.access_token}")
        parts = urlsplit(path)
        query = "&".join(part for part in (parts.query, query) if part)
        url = f"{origin}{parts.path}{under}{'?' if query else ''}{query}"
        hidden = self._secrets(path)
        return self._http.send(method, url, json=body, publishes=method == "POST", secrets=hidden, **more)

    def _secrets(self, path: str) -> tuple[str, ...]:
        """All that must not be repeated: the address, and its secret part alone."""
        found = self.path.fullmatch(path)
        return (path, found["secret"]) if found else (path,)

    def _refusal(self, answer: Answer) -> ConnectorError:
        """What ``answer`` stands for by HTTP's meaning, in the words for a channel."""
        error = failure(answer)
        return self.reconnect(error.network_said) if isinstance(error, CredentialsExpired) else error

    def _parts(self, address: str) -> tuple[str, str]:
        """Origin, and path with query, of an address on this network's own hosts. Raises: Rejected."""
        text = address.strip()
        instead = self._settings.get(self.may_read[0], "").rstrip("/")
        try:
            parts = urlsplit(text)
            host, port, user = (parts.hostname or "").lower(), parts.port, parts.username
        except ValueError:
            raise self._no_such_address() from None
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        plain = text.isascii() and text.isprintable() and " " not in text and not parts.fragment and user is None
        ours = parts.scheme == "https" and port in (None, 443) and bool(self.host.fullmatch(host))
        expected = bool(instead) and f"{parts.scheme}://{parts.netloc}" == instead
        if not (plain and (expected or (ours and not instead)) and self.path.fullmatch(path)):
            raise self._no_such_address()
        return (instead if expected else f"https://{host}"), path

    def _no_such_address(self) -> Rejected:
        reason = N_("This is not the address of a webhook of {network}. It looks like this: {example}")
        return Rejected(Reason(reason, {"network": self.label, "example": self.example}))
