"""Sign-ins of sixty days that can be extended while they have not ended: those of Threads and Instagram.

Facts: developers.facebook.com, Threads API "long-lived tokens", Instagram platform "business login".
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from connectors._answers import expect_object, failure
from connectors._graph import GraphConnector
from connectors._values import AppRegistration, Credentials


@dataclass(frozen=True, slots=True)
class Grant:
    """The names of a network's grants: a token of an hour for one of sixty days, and that one for another."""

    exchanged: str
    renewed: str


class LongLivedConnector(GraphConnector):
    """A network of Meta's whose own sign-in ends after sixty days, and is extended after thirty."""

    extend_before = timedelta(days=30)
    grant: ClassVar[Grant]

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:  # noqa: ARG002
        """Credentials of sixty days for the code the person came back with.

        Raises: Rejected when the code is used or too old.
        """
        secret = registration.client_secret
        form = {
            "grant_type": "authorization_code",
            "client_id": registration.client_id,
            "client_secret": secret,
            "redirect_uri": registration.redirect_uri,
            "code": code.removesuffix("#_"),  # Meta hangs this on every code
        }
        answer = self._http.send("POST", self._code_page, data=form, secrets=(code, secret))
        short = self._granted(answer)["access_token"]
        params = [("grant_type", self.grant.exchanged), ("client_secret", secret), ("access_token", short)]
        answer = self._http.send("GET", f"{self._api}/access_token", params=params, secrets=(secret, short))
        granted = self._granted(answer)
        credentials = Credentials(granted["access_token"], expires_at=self._ends_at(granted))
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def refresh(self, credentials: Credentials) -> Credentials:
        """Sixty more days. Only for a sign-in that has not ended and is a day old; the old token stays good.

        Raises: CredentialsExpired when it has ended.
        """
        token = credentials.access_token
        params = [("grant_type", self.grant.renewed), ("access_token", token)]
        answer = self._http.send("GET", f"{self._api}/refresh_access_token", params=params, secrets=(token,))
        error = self._meaning(answer)
        if error is not None:
            raise error
        granted = expect_object(answer, access_token=str)
        return replace(credentials, access_token=granted["access_token"], expires_at=self._ends_at(granted))

    def _me(self, fields: str, credentials: Credentials, *needed: str) -> dict[str, Any]:
        answer = self._ask("GET", "me", credentials, params=[("fields", fields)])
        found = expect_object(answer)
        # Meta writes ids as numbers in some versions and as text in others.
        told = {name: str(found[name]) for name in needed if isinstance(found.get(name), str | int) and found[name]}
        if len(told) < len(needed):
            raise failure(answer)
        return found | told

    @property
    @abstractmethod
    def _code_page(self) -> str:
        """Where a code is handed in for a token of an hour."""
