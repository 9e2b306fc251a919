"""Bluesky's accounts: signed in by an app password or on their server's own page, renewed, and given back.

Facts: the lexicons com.atproto.server.*, and the reference server's source (auth-verifier, account-manager).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors._answers import body_of, expect_object, what_was_said
from connectors._base import AppPasswordConnector, RedirectConnector
from connectors._bluesky_calls import CLOSED, BlueskyCalls, closed, is_proven
from connectors._bluesky_client import client_id, document, unfit
from connectors._bluesky_homes import home_of, server_in
from connectors._bluesky_oauth import Person
from connectors._errors import N_, CredentialsExpired, Reason, Rejected
from connectors._es256 import new_key
from connectors._http import Answer
from connectors._jwt import claims_of
from connectors._oauth2 import Pkce
from connectors._values import AppRegistration, Begun, Credentials, SignIn

_APP_PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")


class BlueskyAccounts(BlueskyCalls, AppPasswordConnector, RedirectConnector):
    """The part of the connector that signs people in, either way; what it does with them after is the same."""

    sign_in_kind = SignIn.OAUTH
    asks_handle = True
    separate_sign_ins = True
    revokes_with_registration = False

    def registered_at(self, typed: str) -> str:  # noqa: ARG002 - any
        """One description of ours serves all servers; it is kept under the network's front door."""
        return self._door

    def came_from(self, registration: AppRegistration, issuer: str, kept: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Whether the answer is of the very server that this person was sent to; each must say so."""
        return bool(issuer) and issuer == kept.get("issuer")

    def unfit(self, redirect_uri: str) -> Reason | None:
        """Servers send people back to a public https address, or to this machine."""
        return unfit(redirect_uri)

    def client_document(
        self, registration: AppRegistration, *, client_name: str, website: str
    ) -> Mapping[str, Any] | None:
        """What servers read about the hub; ``None`` for one on this machine, whose name says it all."""
        if not registration.client_secret:
            return None
        return document(registration, scopes=self._scopes, client_name=client_name, website=website)

    def register_app(
        self,
        server: str,  # noqa: ARG002
        *,
        redirect_uri: str,
        client_name: str,  # noqa: ARG002 - told in the document
        website: str = "",  # noqa: ARG002
    ) -> AppRegistration:
        """A key of our own, by which servers know the hub again. They are told nothing yet.

        Raises: Rejected when they could not send anybody back to ``redirect_uri``.
        """
        wrong = unfit(redirect_uri)
        if wrong is not None:
            raise Rejected(wrong)
        return AppRegistration(
            server=self._door,
            client_id=client_id(redirect_uri, self._scopes),
            client_secret=new_key() if redirect_uri.startswith("https://") else "",
            redirect_uri=redirect_uri,
            scopes=self._scopes,
            offers_pkce=True,
        )

    def begin(self, registration: AppRegistration, *, typed: str, state: str, pkce: Pkce) -> Begun:
        """Begin a sign-in for a handle, a DID, the address of a server, or at Bluesky's own for none of them."""
        who = typed.strip()
        if not who or "://" in who:
            person = Person("", self.server_origin(who) if who else self._door)
            return self._oauth.begin(registration, person, hint="", state=state, pkce=pkce)
        if not who.startswith("did:"):
            who = who.lstrip("@").lower()
            if "@" in who or "." not in who:
                raise Rejected(
                    Reason(N_("Write your whole handle, such as ada.bsky.social, or leave the field empty."))
                )
        did = who if who.startswith("did:") else self._directory.did_of(self._http, who)
        person = Person(did, self._directory.server_of(self._http, did))
        return self._oauth.begin(registration, person, hint=who, state=state, pkce=pkce)

    def complete(
        self, registration: AppRegistration, *, code: str, verifier: str, kept: Mapping[str, str]
    ) -> Credentials:
        """Credentials, with a key of their own, for the very account that set out."""
        return self._oauth.complete(registration, code=code, verifier=verifier, kept=kept)

    def sign_in(self, identifier: str, app_password: str, server: str | None = None) -> Credentials:
        """A session for a handle or mail address, to be kept and refreshed: there are 300 sign-ins a day.

        ``server`` is only needed where the account's own server cannot be learnt from its handle.
        Raises: Rejected for an account password, a wrong one, or an account that is closed.
        """
        password = app_password.strip()
        if not _APP_PASSWORD.fullmatch(password):
            raise Rejected(
                Reason(
                    N_(
                        "This is not an app password. Make one in Bluesky under Settings, Privacy and security, "
                        "App passwords; it looks like abcd-efgh-ijkl-mnop. Your own password stays yours."
                    )
                )
            )
        who = identifier.strip().lstrip("@").lower()
        asked = self.server_origin(server or self._home_of(who))
        body = {"identifier": who, "password": password}
        url = f"{asked}/xrpc/com.atproto.server.createSession"
        answer = self._http.send("POST", url, json=body, secrets=(password,))
        self._raise_for_sign_in(answer)
        session = expect_object(answer, did=str, handle=str, accessJwt=str, refreshJwt=str)
        if session.get("active") is False:
            raise closed(answer)
        return self._credentials(session, asked, {})

    def refresh(self, credentials: Credentials) -> Credentials:
        """A new pair.

        After an app password, the old refresh token gives the same pair again for two hours, should the answer be
        lost. After a sign-in on the server's page a token is good once, and the second use ends the sign-in.
        """
        if is_proven(credentials):
            newer = self._oauth.refresh(credentials)
            if newer is None:
                raise self.reconnect()
            return newer
        nsid = "com.atproto.server.refreshSession"
        try:
            answer = self._call("POST", nsid, credentials, token=credentials.refresh_token)
        except CredentialsExpired as error:
            raise self.reconnect(error.network_said) from error
        session = expect_object(answer, did=str, handle=str, accessJwt=str, refreshJwt=str)
        return self._credentials(session, str(credentials.server), credentials.extra)

    def revoke(
        self,
        credentials: Credentials,
        registration: AppRegistration | None = None,  # noqa: ARG002
    ) -> None:
        """End the session, or the permission. An app password itself is the person's to take back."""
        if is_proven(credentials):
            self._oauth.revoke(credentials)
            return
        nsid = "com.atproto.server.deleteSession"
        try:
            expect_object(self._call("POST", nsid, credentials, token=credentials.refresh_token))
        except CredentialsExpired:
            return

    def _home_of(self, who: str) -> str:
        """The address to sign in at. An operator who names a server of their own has a network of their own."""
        door, directory = self._settings.get("BLUESKY_PDS_URL"), self._settings.get("BLUESKY_PLC_URL")
        home = None
        if "@" not in who and (directory or not door):
            home = home_of(self._http, who, appview=self._appview, directory=directory or "https://plc.directory")
        return home or door or "https://bsky.social"

    def _raise_for_sign_in(self, answer: Answer) -> None:
        """What a refused sign-in means: nobody is signed in yet, so nothing has expired."""
        said = what_was_said(answer)
        if str(body_of(answer).get("error")) in CLOSED:
            raise closed(answer)
        if answer.status in (400, 401) and body_of(answer):
            reason = N_("Bluesky did not accept this handle with this app password. Check both, or make a new one.")
            raise Rejected(Reason(reason), network_said=said)
        if answer.status in (404, 405, 501) or (answer.status < 400 and not body_of(answer)):
            reason = N_("{server} does not answer like a Bluesky server. Check its name, or leave it out.")
            raise Rejected(Reason(reason, {"server": answer.server}), network_said=said)

    def _credentials(self, session: dict[str, Any], asked: str, extra: Mapping[str, Any]) -> Credentials:
        return Credentials(
            access_token=session["accessJwt"],
            refresh_token=session["refreshJwt"],
            expires_at=_end_of(session["accessJwt"]),
            server=self._server_in(session, asked),
            remote_id=session["did"],
            handle=f"@{session['handle']}",
            extra=extra,
        )

    def _server_in(self, session: dict[str, Any], asked: str) -> str:
        """The server that holds the account, named by its DID document. The one we asked may only be the door."""
        named = server_in(session.get("didDoc"))
        return self.server_origin(named) if named else asked


def _end_of(token: str) -> datetime | None:
    ends = claims_of(token).get("exp")
    # Later than the year 2100 is no end at all, and soon more than a date can hold.
    return datetime.fromtimestamp(ends, UTC) if type(ends) is int and 0 < ends < 4e9 else None
