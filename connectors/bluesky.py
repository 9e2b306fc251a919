"""Bluesky: the post's address is ours to choose, so that a repeat is the same post for ever.

Facts: docs.bsky.app (posts, rich text, rate limits), the lexicons of com.atproto.* and app.bsky.*, and the
source of the reference server.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors._answers import body_of, expect_object, failure, rate_limited, what_was_said
from connectors._base import AppPasswordConnector
from connectors._errors import N_, ConnectorError, CredentialsExpired, Reason, Rejected, Transient
from connectors._facets import facets_of
from connectors._http import Answer
from connectors._jwt import claims_of
from connectors._values import (
    AppRegistration,
    Card,
    Credentials,
    Draft,
    Figures,
    Idempotency,
    Identity,
    Image,
    Limits,
    Receipt,
)

_POST = "app.bsky.feed.post"
_APP_PASSWORD = re.compile(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}")
_BATCH = 25  # app.bsky.feed.getPosts refuses more
_CLOSED = {"AccountTakedown", "AccountDeactivated", "AccountSuspended", "RepoTakendown", "RepoDeactivated"}
_DEAD = {"InvalidToken", "AuthenticationRequired", "AuthMissing", "ScopeMissingError", "AccountNotFound"}


class Bluesky(AppPasswordConnector):
    """Accounts on Bluesky's own servers and on any other of the AT Protocol."""

    name = "bluesky"
    network = "bluesky"
    label = "Bluesky"
    icon = "bluesky"
    may_read = ("BLUESKY_PDS_URL", "BLUESKY_APPVIEW_URL", "BLUESKY_WEB_URL")
    idempotency = Idempotency("record")
    card_carries_link = True
    limits = Limits(
        300,
        max_bytes=3000,
        max_images=4,
        image_bytes=1_000_000,  # 2,000,000 since 2026, but servers that were not updated refuse more
        image_mimes=("image/jpeg", "image/png", "image/webp", "image/gif"),
        thumb_bytes=1_000_000,
    )

    @property
    def _default_server(self) -> str:
        return self._settings.get("BLUESKY_PDS_URL", "https://bsky.social").rstrip("/")

    @property
    def _appview(self) -> str:
        return self._settings.get("BLUESKY_APPVIEW_URL", "https://public.api.bsky.app").rstrip("/")

    def sign_in(self, identifier: str, app_password: str, server: str | None = None) -> Credentials:
        """A session for a handle or mail address. Kept and refreshed: signing in is limited to 300 times a
        day.

        ``server`` is only needed for an account that lives elsewhere than on Bluesky's own servers.
        Raises: Rejected for an account password, a wrong one, or an account that is closed.
        """
        password = app_password.strip()
        if not _APP_PASSWORD.fullmatch(password):
            reason = N_(
                "This is not an app password. Make one in Bluesky under Settings, Privacy and security, "
                "App passwords; it looks like abcd-efgh-ijkl-mnop. Your own password stays yours."
            )
            raise Rejected(Reason(reason))
        asked = self.server_origin(server) if server else self._default_server
        body = {"identifier": identifier.strip().lstrip("@").lower(), "password": password}
        answer = self._http.send(
            "POST", f"{asked}/xrpc/com.atproto.server.createSession", json=body, secrets=(password,)
        )
        name = body_of(answer).get("error")
        if answer.status in (400, 401) and name not in _CLOSED:
            reason = N_("Bluesky did not accept this handle with this app password. Check both, or make a new one.")
            raise Rejected(Reason(reason), network_said=what_was_said(answer))
        self._raise_for(answer)
        session = expect_object(answer, "did", "handle", "accessJwt", "refreshJwt")
        if session.get("active") is False:
            raise _closed(answer)
        return self._credentials(session, asked, {})

    def refresh(self, credentials: Credentials) -> Credentials:
        """A new pair. For two hours the old refresh token gives the same successor, so a lost answer is no
        loss.
        """
        answer = self._call("POST", "com.atproto.server.refreshSession", credentials, token=credentials.refresh_token)
        session = expect_object(answer, "did", "handle", "accessJwt", "refreshJwt")
        return self._credentials(session, str(credentials.server), credentials.extra)

    def revoke(
        self,
        credentials: Credentials,
        registration: AppRegistration | None = None,  # noqa: ARG002
    ) -> None:
        """End the session. The app password itself is the person's to take back."""
        try:
            answer = self._call(
                "POST", "com.atproto.server.deleteSession", credentials, token=credentials.refresh_token
            )
        except CredentialsExpired:
            return
        if answer.status != 200:
            raise failure(answer)

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the session, as its own server knows it."""
        session = expect_object(self._call("GET", "com.atproto.server.getSession", credentials), "did", "handle")
        return Identity(
            remote_id=str(session["did"]),
            handle=f"@{session['handle']}",
            display_name=str(session["handle"]),
            profile_url=f"{self._web}/profile/{session['did']}",
        )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Put the post at the draft's record key: the first time makes it, a repeat finds it made."""
        self.check(draft)
        body = {
            "repo": credentials.remote_id,
            "collection": _POST,
            "rkey": draft.record_key,
            "record": self._record(draft, credentials),
            "swapRecord": None,  # only make, never overwrite
        }
        answer = self._http.send(
            "POST",
            self._url("com.atproto.repo.putRecord", credentials),
            token=credentials.access_token,
            json=body,
            publishes=True,
        )
        if body_of(answer).get("error") == "InvalidSwap":
            # Something is at our key already. The key is ours alone, so it is this post, sent before.
            made = self.find(draft, credentials, draft.created_at)
            if made:
                return made
        self._raise_for(answer)
        return self._receipt(expect_object(answer, "uri"), credentials)

    def find(
        self,
        draft: Draft,
        credentials: Credentials,
        since: datetime,  # noqa: ARG002 - the key is enough
    ) -> Receipt | None:
        """Whether there is a record at the draft's key."""
        record = self._get_record(credentials.remote_id, draft.record_key, credentials)
        return self._receipt(record, credentials) if record else None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Likes, reposts, replies and quotes as the network's index counts them. Bluesky counts no views.

        A post that the index does not show is asked for at the account's own server: it may only be too
        fresh.
        """
        found: dict[str, Figures | None] = {}
        for start in range(0, len(remote_ids), _BATCH):
            batch = remote_ids[start : start + _BATCH]
            answer = self._http.send(
                "GET", f"{self._appview}/xrpc/app.bsky.feed.getPosts", params=[("uris", uri) for uri in batch]
            )
            posts = expect_object(answer, "posts")["posts"]
            shown = {str(post["uri"]): _figures(post) for post in posts}
            for uri in batch:
                found[uri] = shown[uri] if uri in shown else self._unseen(uri, credentials)
        return found

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the record; one that is gone already is fine with the server."""
        body = {"repo": credentials.remote_id, "collection": _POST, "rkey": remote_id.rsplit("/", 1)[-1]}
        expect_object(self._call("POST", "com.atproto.repo.deleteRecord", credentials, json=body))

    def _record(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        text = self.wording_of(draft)
        created = draft.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record: dict[str, Any] = {"$type": _POST, "text": text, "createdAt": created}
        if draft.language:
            record["langs"] = [draft.language]
        facets = facets_of(text, lambda handle: self._resolve(handle, credentials))
        if facets:
            record["facets"] = facets
        if draft.images:
            record["embed"] = {
                "$type": "app.bsky.embed.images",
                "images": [self._image(image, credentials) for image in draft.images],
            }
        elif draft.card:
            record["embed"] = self._external(draft.card, draft.link, credentials)
        return record

    def _image(self, image: Image, credentials: Credentials) -> dict[str, Any]:
        shown: dict[str, Any] = {"image": self._upload(image, credentials), "alt": image.alt_text}
        if image.width and image.height:
            shown["aspectRatio"] = {"width": image.width, "height": image.height}
        return shown

    def _external(self, card: Card, link: str | None, credentials: Credentials) -> dict[str, Any]:
        external: dict[str, Any] = {
            "uri": link or card.url,
            "title": card.title,
            "description": card.description,
        }
        if card.thumb:
            external["thumb"] = self._upload(card.thumb, credentials)
        return {"$type": "app.bsky.embed.external", "external": external}

    def _upload(self, image: Image, credentials: Credentials) -> dict[str, Any]:
        """Send a picture. The same bytes have the same address, so a second upload changes nothing."""
        answer = self._call(
            "POST",
            "com.atproto.repo.uploadBlob",
            credentials,
            data=image.data,
            headers={"Content-Type": image.mime},
        )
        blob: dict[str, Any] = expect_object(answer, "blob")["blob"]
        return blob

    def _resolve(self, handle: str, credentials: Credentials) -> str | None:
        url = self._url("com.atproto.identity.resolveHandle", credentials)
        answer = self._http.send("GET", url, params=[("handle", handle)])
        if answer.status == 400:
            return None
        return str(expect_object(answer, "did")["did"])

    def _get_record(self, did: str, rkey: str, credentials: Credentials) -> dict[str, Any] | None:
        params = [("repo", did), ("collection", _POST), ("rkey", rkey)]
        answer = self._http.send("GET", self._url("com.atproto.repo.getRecord", credentials), params=params)
        said = body_of(answer)
        # Servers before 2025 named this InvalidRequest.
        if answer.status == 400 and (
            said.get("error") == "RecordNotFound" or "Could not locate" in str(said.get("message"))
        ):
            return None
        return expect_object(answer, "uri")

    def _unseen(self, uri: str, credentials: Credentials | None) -> Figures | None:
        """What to say of a post that the index does not show: gone, or no figures yet."""
        if credentials is None:
            return Figures()
        _, _, did, _, rkey = uri.split("/")
        return Figures() if self._get_record(did, rkey, credentials) else None

    def _call(
        self, method: str, nsid: str, credentials: Credentials, *, token: str | None = None, **parts: Any
    ) -> Answer:
        """One request to the account's server. Raises: what the error's name means on this network."""
        bearer = token or credentials.access_token
        answer = self._http.send(method, self._url(nsid, credentials), token=bearer, **parts)
        self._raise_for(answer)
        return answer

    def _raise_for(self, answer: Answer) -> None:
        error = self._own_meaning(answer)
        if error is not None:
            raise error

    def _own_meaning(self, answer: Answer) -> ConnectorError | None:
        """What Bluesky's error names mean. An expired token is a 400 here."""
        if answer.status < 400:
            return None
        name, said = body_of(answer).get("error"), what_was_said(answer)
        if name == "ExpiredToken" and "revoked" not in said:
            return CredentialsExpired(self.reconnect().reason, refreshable=True, network_said=said)
        if name in _CLOSED:
            return _closed(answer)
        if name == "ExpiredToken" or name in _DEAD or answer.status == 401:
            return self.reconnect(said)
        if name == "BlobNotFound":
            return Transient(Reason(N_("Bluesky lost a picture on the way.")), network_said=said)
        if name == "RateLimitExceeded":
            return rate_limited(answer)
        return None

    def _credentials(self, session: dict[str, Any], asked: str, extra: Mapping[str, Any]) -> Credentials:
        expires = claims_of(str(session["accessJwt"])).get("exp")
        return Credentials(
            access_token=str(session["accessJwt"]),
            refresh_token=str(session["refreshJwt"]),
            expires_at=datetime.fromtimestamp(expires, UTC) if isinstance(expires, int) else None,
            server=self._server_in(session, asked),
            remote_id=str(session["did"]),
            handle=f"@{session['handle']}",
            extra=extra,
        )

    def _server_in(self, session: dict[str, Any], asked: str) -> str:
        """The server that holds the account: its DID document names it. The one we asked may only be the
        door.
        """
        services = (session.get("didDoc") or {}).get("service") or ()
        for service in services:
            if str(service.get("id", "")).endswith("#atproto_pds"):
                return self.server_origin(str(service["serviceEndpoint"]))
        return asked

    @property
    def _web(self) -> str:
        return self._settings.get("BLUESKY_WEB_URL", "https://bsky.app").rstrip("/")

    def _receipt(self, record: dict[str, Any], credentials: Credentials) -> Receipt:
        uri = str(record["uri"])
        return Receipt(
            remote_id=uri,
            permalink=f"{self._web}/profile/{credentials.remote_id}/post/{uri.rsplit('/', 1)[-1]}",
            published_at=self._now(),
            extra={"cid": record.get("cid")},
        )

    @staticmethod
    def _url(nsid: str, credentials: Credentials) -> str:
        return f"{credentials.server}/xrpc/{nsid}"


def _closed(answer: Answer) -> Rejected:
    reason = N_("This Bluesky account is closed or suspended, so nothing can be published from it.")
    return Rejected(Reason(reason), network_said=what_was_said(answer))


def _figures(post: dict[str, Any]) -> Figures:
    return Figures(
        likes=post.get("likeCount"),
        reposts=post.get("repostCount"),
        replies=post.get("replyCount"),
        quotes=post.get("quoteCount"),
    )
