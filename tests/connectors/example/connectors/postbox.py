"""Postbox, an example: the least that a network with one app of ours can be. It lets us write, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from connectors import (
    AppRegistration,
    Credentials,
    Draft,
    Identity,
    Limits,
    OneAppConnector,
    Receipt,
)
from connectors._answers import body_of, expect_object, what_was_said


class Postbox(OneAppConnector):
    """Postbox's members."""

    name = network = icon = "postbox"
    label = "Postbox"
    reads = ("POSTBOX_CLIENT_ID", "POSTBOX_CLIENT_SECRET")
    may_read = ("POSTBOX_URL",)
    scopes = "write"
    limits = Limits(200)

    @property
    def authorize_page(self) -> str:
        return f"{self._url}/authorize"

    @property
    def _url(self) -> str:
        return self._settings.get("POSTBOX_URL", "https://postbox.example.org")

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:
        body = {"code": code, "client_secret": registration.client_secret}
        answer = self._http.send("POST", f"{self._url}/token", json=body, secrets=(code, registration.client_secret))
        credentials = Credentials(expect_object(answer, access_token=str)["access_token"])
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def identity(self, credentials: Credentials) -> Identity:
        answer = self._http.send("GET", f"{self._url}/me", token=credentials.access_token)
        me = expect_object(answer, id=str, name=str)
        return Identity(me["id"], me["name"])

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        expect_object(self._http.send("POST", f"{self._url}/revoke", token=credentials.access_token))

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        self.check(draft)
        body = {"text": self.wording_of(draft)}
        token = credentials.access_token
        answer = self._http.send("POST", f"{self._url}/posts", token=token, json=body, publishes=True)
        if body_of(answer).get("error") == "scope":
            raise self.reconnect(what_was_said(answer))
        made = expect_object(answer, id=str)
        return Receipt(made["id"], f"https://postbox.example.org/{made['id']}", self._now())
