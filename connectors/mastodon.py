"""Mastodon, on any server: our app is registered at each, and the server remembers our key for an hour.

Facts: docs.joinmastodon.org/methods (apps, oauth, statuses, media, instance) and /api/rate-limits.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors._answers import body_of, expect_list, expect_object, failure, what_was_said
from connectors._base import OAuthConnector
from connectors._errors import (
    N_,
    AppForgotten,
    ConnectorError,
    CredentialsExpired,
    OutcomeUnknown,
    Reason,
    Rejected,
    Transient,
)
from connectors._http import Answer
from connectors._mastodon_html import same_text
from connectors._values import (
    AppRegistration,
    Credentials,
    Draft,
    Figures,
    Idempotency,
    Identity,
    Image,
    Limits,
    Receipt,
    Visibility,
)

# ``read:statuses`` is asked for because a token without it may not even read public posts (the API refuses a
# token that lacks the scope rather than treating the reader as a stranger), and figures and ``find`` need
# that.
SCOPES = "read:accounts read:statuses write:statuses write:media"
_VISIBILITY = {Visibility.PUBLIC: "public", Visibility.UNLISTED: "unlisted", Visibility.FOLLOWERS: "private"}
_BATCH = 20  # GET /api/v1/statuses refuses more ids
_PAGE, _PAGES = 40, 5


class Mastodon(OAuthConnector):
    """The network of many servers."""

    name = "mastodon"
    network = "mastodon"
    label = "Mastodon"
    icon = "mastodon"
    many_servers = True
    idempotency = Idempotency("key", timedelta(hours=1))
    limits = Limits(
        500,
        url_length=23,
        short_mentions=True,
        max_images=4,
        image_bytes=16_777_216,
        image_pixels=33_177_600,
        alt_length=1500,
    )
    poll_seconds = 1.0
    polls = 30

    def register_app(self, server: str, *, redirect_uri: str, client_name: str, website: str = "") -> AppRegistration:
        """Register our app at ``server`` and read what the server accepts.

        Raises: Rejected when it is no Mastodon server; Transient when it cannot be reached now.
        """
        origin = self.server_origin(server)
        metadata = body_of(self._http.send("GET", f"{origin}/.well-known/oauth-authorization-server"))
        body = {
            "client_name": client_name,
            # Servers before 4.3, which have no metadata, take one address as a string.
            "redirect_uris": [redirect_uri] if metadata else redirect_uri,
            "scopes": SCOPES,
            **({"website": website} if website else {}),
        }
        answer = self._http.send("POST", f"{origin}/api/v1/apps", json=body)
        if answer.status in (404, 405) or (answer.status < 400 and not body_of(answer)):
            reason = N_("{server} does not answer like a Mastodon server. Is the name right?")
            raise Rejected(Reason(reason, {"server": answer.server}), network_said=what_was_said(answer))
        made = expect_object(answer, "client_id", "client_secret")
        return AppRegistration(
            server=origin,
            client_id=str(made["client_id"]),
            client_secret=str(made["client_secret"]),
            redirect_uri=redirect_uri,
            scopes=SCOPES,
            offers_pkce="S256" in (metadata.get("code_challenge_methods_supported") or ()),
            limits=self.instance_limits(origin),
        )

    def instance_limits(self, server: str) -> Limits:
        """What ``server`` accepts, from its own description; ours where it does not say."""
        for version in ("v2", "v1"):
            answer = self._http.send("GET", f"{server}/api/{version}/instance")
            configuration = body_of(answer).get("configuration")
            if answer.status == 200 and isinstance(configuration, dict):
                return _limits(configuration, self.limits)
        return self.limits

    def authorize_url(self, registration: AppRegistration, *, state: str, challenge: str) -> str:
        """The server's page where the person allows us."""
        query = {
            "response_type": "code",
            "client_id": registration.client_id,
            "redirect_uri": registration.redirect_uri,
            "scope": registration.scopes,
            "state": state,
        }
        if registration.offers_pkce:
            query |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{registration.server}/oauth/authorize?{urlencode(query)}"

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:
        """Credentials for the code the person came back with. They do not expire.

        Raises: AppForgotten when the server purged our app; Rejected when the code is used or too old.
        """
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": registration.client_id,
            "client_secret": registration.client_secret,
            "redirect_uri": registration.redirect_uri,
            **({"code_verifier": verifier} if registration.offers_pkce else {}),
        }
        secrets = (code, verifier, registration.client_secret)
        answer = self._http.send("POST", f"{registration.server}/oauth/token", json=body, secrets=secrets)
        _refuse_grant(answer)
        token = str(expect_object(answer, "access_token")["access_token"])
        limits = registration.limits or self.instance_limits(registration.server)
        credentials = Credentials(token, server=registration.server, extra={"limits": limits.to_json()})
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the token, its handle with the server's name."""
        account = expect_object(self._ask("GET", "/api/v1/accounts/verify_credentials", credentials), "id", "acct")
        server = (credentials.server or "").split("://", 1)[-1]
        return Identity(
            remote_id=str(account["id"]),
            handle=f"@{account['acct']}@{server}",
            display_name=str(account.get("display_name") or account["acct"]),
            profile_url=account.get("url"),
            avatar_url=account.get("avatar"),
        )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish with the draft's key: within the hour a repeat is answered with the same post."""
        self.check(draft, self.server_limits(credentials))
        media = [self._upload(image, credentials) for image in draft.images]
        body: dict[str, Any] = {
            "status": self.wording_of(draft),
            "visibility": _VISIBILITY[draft.visibility],
            **({"media_ids": media} if media else {}),
            **({"language": draft.language.split("-")[0].lower()} if draft.language else {}),
        }
        headers = {"Idempotency-Key": draft.key}
        answer = self._ask("POST", "/api/v1/statuses", credentials, json=body, headers=headers, publishes=True)
        if answer.status == 422 and "processing" in what_was_said(answer):
            raise Transient(
                Reason(N_("The picture is still being prepared."), {}), network_said=what_was_said(answer)
            )
        return self._receipt(expect_object(answer, "id", "created_at"), credentials)

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        """Look through the account's own posts back to ``since``; the tracked link tells them apart, else
        the text.

        Raises: OutcomeUnknown when there are too many posts to look through.
        """
        text, last = self.wording_of(draft), None
        for _ in range(_PAGES):
            params = [("limit", str(_PAGE)), ("exclude_replies", "true"), ("exclude_reblogs", "true")]
            path = f"/api/v1/accounts/{credentials.remote_id}/statuses"
            page = expect_list(
                self._ask("GET", path, credentials, params=params + ([("max_id", last)] if last else []))
            )
            for status in page:
                if datetime.fromisoformat(str(status["created_at"])) < since:
                    return None
                if same_text(str(status.get("content", "")), text, draft.link):
                    return self._receipt(status, credentials)
            if not page:
                return None
            last = str(page[-1]["id"])
        reason = N_("There are too many posts on {network} to look through. Look at your profile.")
        raise OutcomeUnknown(Reason(reason, {"network": self.label}))

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Favourites, boosts, replies and, on new servers, quotes. Mastodon counts no views."""
        if credentials is None:
            raise self.reconnect()
        found: dict[str, Figures | None] = {}
        for start in range(0, len(remote_ids), _BATCH):
            found |= self._figures_of(remote_ids[start : start + _BATCH], credentials)
        return found

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the post."""
        answer = self._ask("DELETE", f"/api/v1/statuses/{remote_id}", credentials)
        if answer.status != 404:
            expect_object(answer)

    def revoke(self, credentials: Credentials, registration: AppRegistration | None = None) -> None:
        """Tell the server to forget the token. Without the registration there is nothing to ask it with."""
        if registration is None:
            return
        body = {
            "client_id": registration.client_id,
            "client_secret": registration.client_secret,
            "token": credentials.access_token,
        }
        secrets = (registration.client_secret, credentials.access_token)
        answer = self._http.send("POST", f"{registration.server}/oauth/revoke", json=body, secrets=secrets)
        if answer.status not in (400, 401, 403):
            expect_object(answer)

    def _upload(self, image: Image, credentials: Credentials) -> str:
        """Send a picture, wait until the server has prepared it, and return its id."""
        answer = self._ask(
            "POST",
            "/api/v2/media",
            credentials,
            data={"description": image.alt_text} if image.alt_text else None,
            files={"file": (f"picture.{image.mime.split('/')[-1]}", image.data, image.mime)},
        )
        media = str(expect_object(answer, "id")["id"])
        for _ in range(self.polls):
            if answer.status == 200:
                return media
            time.sleep(self.poll_seconds)
            answer = self._ask("GET", f"/api/v1/media/{media}", credentials)
            expect_object(answer)
        raise Transient(Reason(N_("The picture is still being prepared."), {}))

    def _figures_of(self, ids: Sequence[str], credentials: Credentials) -> dict[str, Figures | None]:
        """One batch; one by one on servers before 4.3, which know no batch."""
        answer = self._read("/api/v1/statuses", credentials, params=[("id[]", one) for one in ids])
        if answer.status not in (404, 405):
            by_id = {str(status.get("id")): _figures(status) for status in expect_list(answer)}
            return {one: by_id.get(one) for one in ids}
        found: dict[str, Figures | None] = {}
        for one in ids:
            answer = self._read(f"/api/v1/statuses/{one}", credentials)
            gone = answer.status in (404, 410) and bool(body_of(answer))
            found[one] = None if gone else _figures(expect_object(answer, "id"))
        return found

    def _read(self, path: str, credentials: Credentials, params: Sequence[tuple[str, str]] = ()) -> Answer:
        """Read as the person; as a stranger when the person took the permission back (public posts stay
        public).
        """
        try:
            return self._ask("GET", path, credentials, params=params)
        except CredentialsExpired:
            return self._ask("GET", path, replace(credentials, access_token=""), params=params)

    def _ask(self, method: str, path: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request to the account's server. Raises: what Mastodon's own table says of a refusal."""
        answer = self._http.send(
            method, f"{credentials.server}{path}", token=credentials.access_token or None, **parts
        )
        error = self._own_meaning(answer)
        if error is not None:
            raise error
        return answer

    def _own_meaning(self, answer: Answer) -> ConnectorError | None:
        """What only Mastodon means by a status: 401 is for good, and 403 may be a missing scope."""
        said = what_was_said(answer)
        if answer.status == 401 or (answer.status == 403 and "scope" in said):
            return self.reconnect(said)
        return None

    def _receipt(self, status: dict[str, Any], credentials: Credentials) -> Receipt:
        remote_id = str(status["id"])
        user = credentials.handle.lstrip("@").split("@")[0]
        return Receipt(
            remote_id=remote_id,
            permalink=status.get("url") or f"{credentials.server}/@{user}/{remote_id}",
            published_at=datetime.fromisoformat(str(status["created_at"])),
        )


def _refuse_grant(answer: Answer) -> None:
    """Raise what OAuth's own error names mean (RFC 6749, 5.2)."""
    error, said = body_of(answer).get("error"), what_was_said(answer)
    if error == "invalid_client":
        reason = N_("{server} has forgotten our app. Start again, and it will be registered anew.")
        raise AppForgotten(Reason(reason, {"server": answer.server}), network_said=said)
    if error in ("invalid_grant", "invalid_request", "invalid_scope"):
        reason = N_("{server} did not accept the permission: it was used before or is too old. Start again.")
        raise Rejected(Reason(reason, {"server": answer.server}), network_said=said)
    if answer.status >= 300:
        raise failure(answer)


def _limits(configuration: dict[str, Any], ours: Limits) -> Limits:
    statuses = configuration.get("statuses") or {}
    media = configuration.get("media_attachments") or {}
    mimes = tuple(kind for kind in media.get("supported_mime_types") or () if kind in ours.image_mimes)
    return replace(
        ours,
        max_length=_number(statuses.get("max_characters"), ours.max_length),
        url_length=_number(statuses.get("characters_reserved_per_url"), ours.url_length),
        max_images=_number(statuses.get("max_media_attachments"), ours.max_images) or 0,
        image_bytes=_number(media.get("image_size_limit"), ours.image_bytes),
        image_pixels=_number(media.get("image_matrix_limit"), ours.image_pixels),
        alt_length=_number(media.get("description_limit"), ours.alt_length),
        image_mimes=mimes or ours.image_mimes,
    )


def _figures(status: dict[str, Any]) -> Figures:
    return Figures(
        likes=_number(status.get("favourites_count")),
        reposts=_number(status.get("reblogs_count")),
        replies=_number(status.get("replies_count")),
        quotes=_number(status.get("quotes_count")),
    )


def _number(value: Any, otherwise: int | None = None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
