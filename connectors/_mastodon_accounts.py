"""Mastodon's accounts: our app made known to a server, a person's permission, and whom it belongs to.

Facts: docs.joinmastodon.org/methods/apps, /methods/oauth, /methods/instance, /api/oauth-scopes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from connectors._answers import body_of, expect_object, what_was_said
from connectors._base import OAuthConnector
from connectors._errors import N_, ConnectorError, Reason, Rejected
from connectors._http import Answer
from connectors._oauth2 import raise_for_grant
from connectors._values import AppRegistration, Credentials, Identity, Limits

# ``read:statuses`` is asked for because a token without it may not even read public posts (the API refuses a
# token that lacks the scope rather than treating the reader as a stranger), and figures and ``find`` need that;
# ``read:search`` because only the search finds a post of another server by its address.
SCOPES = "read:accounts read:statuses read:search write:statuses write:media"


class MastodonAccounts(OAuthConnector):
    """The half of the connector that signs people in."""

    label = "Mastodon"

    def register_app(self, server: str, *, redirect_uri: str, client_name: str, website: str = "") -> AppRegistration:
        """Register our app at ``server`` and read what the server accepts.

        Raises: Rejected when it is no Mastodon server; Transient when it cannot be reached now.
        """
        origin = self.server_origin(server)
        metadata = body_of(self._http.send("GET", f"{origin}/.well-known/oauth-authorization-server"))
        methods = metadata.get("code_challenge_methods_supported")
        body = {
            "client_name": client_name,
            # Servers before 4.3, which have no metadata, take one address as a string.
            "redirect_uris": [redirect_uri] if methods else redirect_uri,
            "scopes": SCOPES,
            **({"website": website} if website else {}),
        }
        answer = self._http.send("POST", f"{origin}/api/v1/apps", json=body)
        if answer.status in (404, 405) or (answer.status < 500 and not body_of(answer)):
            reason = N_(
                "{server} does not answer like a Mastodon server. Use the address that your browser shows when you "
                "are signed in there."
            )
            raise Rejected(Reason(reason, {"server": answer.server}), network_said=what_was_said(answer))
        made = expect_object(answer, client_id=str, client_secret=str)
        return AppRegistration(
            server=origin,
            client_id=made["client_id"],
            client_secret=made["client_secret"],
            redirect_uri=redirect_uri,
            scopes=SCOPES,
            offers_pkce=isinstance(methods, list) and "S256" in methods,
            issuer=str(metadata.get("issuer") or ""),
            names_issuer=metadata.get("authorization_response_iss_parameter_supported") is True,
            limits=self.instance_limits(origin),
        )

    def outdated(self, registration: AppRegistration) -> bool:
        """An app may only ask people for what it named when it was registered."""
        return registration.scopes != SCOPES

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
        raise_for_grant(answer)
        token = expect_object(answer, access_token=str)["access_token"]
        limits = registration.limits or self.instance_limits(registration.server)
        credentials = Credentials(token, server=registration.server, extra={"limits": limits.to_json()})
        who = self.identity(credentials)
        return replace(credentials, remote_id=who.remote_id, handle=who.handle)

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the token, its handle with the server's name."""
        answer = self._ask("GET", "/api/v1/accounts/verify_credentials", credentials)
        account = expect_object(answer, id=str, acct=str)
        server = (credentials.server or "").split("://", 1)[-1]
        return Identity(
            remote_id=account["id"],
            handle=f"@{account['acct']}@{server}",
            display_name=str(account.get("display_name") or account["acct"]),
            profile_url=_address(account.get("url")),
            avatar_url=_address(account.get("avatar")),
        )

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

    def _ask(self, method: str, path: str, credentials: Credentials, **parts: Any) -> Answer:
        """One request to the account's server. Raises: what Mastodon's own table says of a refusal."""
        token = credentials.access_token or None
        answer = self._http.send(method, f"{credentials.server}{path}", token=token, **parts)
        error = self._own_meaning(answer)
        if error is not None:
            raise error
        return answer

    def _own_meaning(self, answer: Answer) -> ConnectorError | None:
        """What only Mastodon means by a status: 401 is for good, and 403 may be a missing scope."""
        error = body_of(answer).get("error")
        if answer.status == 401 or (answer.status == 403 and "scope" in str(error)):
            return self.reconnect(what_was_said(answer))
        return None


def _limits(configuration: dict[str, Any], ours: Limits) -> Limits:
    statuses, media = _object(configuration, "statuses"), _object(configuration, "media_attachments")
    offered = media.get("supported_mime_types")
    mimes = tuple(kind for kind in ours.image_mimes if not isinstance(offered, list) or kind in offered)
    takes_films = not isinstance(offered, list) or any(kind in offered for kind in ours.video_mimes)
    return replace(
        ours,
        max_length=_number(statuses, "max_characters", ours.max_length),
        url_length=_number(statuses, "characters_reserved_per_url", ours.url_length),
        max_images=_number(statuses, "max_media_attachments", ours.max_images) or 0,
        image_bytes=_number(media, "image_size_limit", ours.image_bytes),
        image_pixels=_number(media, "image_matrix_limit", ours.image_pixels),
        alt_length=_number(media, "description_limit", ours.alt_length),
        image_mimes=mimes,
        max_videos=ours.max_videos if takes_films else 0,
        video_bytes=_number(media, "video_size_limit", ours.video_bytes),
        video_alt_length=_number(media, "description_limit", ours.video_alt_length),
    )


def _object(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}


def _number(found: dict[str, Any], key: str, otherwise: int | None) -> int | None:
    value = found.get(key)
    return value if type(value) is int and value > 0 else otherwise


def _address(value: Any) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None
