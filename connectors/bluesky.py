"""Bluesky: the post's address is ours to choose, so that a repeat is the same post for ever.

Facts: docs.bsky.app (posts, rich text, rate limits; "Uploading Video", its simple method, November 2026), the lexicons
com.atproto.repo.* and app.bsky.*, and the source of the reference server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors._answers import body_of, count_in, expect_object
from connectors._bluesky_films import BlueskyFilms, forget_film
from connectors._bluesky_followers import BlueskyFollowers
from connectors._bluesky_posts import POST, REPOST, collection_of, named_by
from connectors._errors import N_, Reason
from connectors._facets import facets_of
from connectors._http import Answer
from connectors._set_up import SetUp, Trial
from connectors._values import Card, Credentials, Draft, Figures, Idempotency, Image, Limits, Receipt

_NOBODYS_POST = f"at://did:plc:{'a' * 24}/{POST}/{'2' * 13}"
_BATCH = 25  # app.bsky.feed.getPosts refuses more


class Bluesky(BlueskyFollowers, BlueskyFilms):
    """Accounts on Bluesky's own servers and on any other of the AT Protocol."""

    name = "bluesky"
    announces = True
    network = "bluesky"
    icon = "bluesky"
    may_read = (
        "BLUESKY_PDS_URL",
        "BLUESKY_APPVIEW_URL",
        "BLUESKY_PLC_URL",
        "BLUESKY_WEB_URL",
        "BLUESKY_OAUTH_SCOPES",
    )
    idempotency = Idempotency("record")
    passes_on = True
    answers = True
    card_carries_link = True
    set_up = SetUp(
        steps=(
            N_(
                "There is nothing to do. With a public https address people sign in on Bluesky's page, else by an app password."
            ),
        ),
        costs=N_("It costs nothing."),
    )
    post_address = r"https?://[^/?#]+/profile/[^/?#]+/post/[A-Za-z0-9._:~-]+/?"
    limits = Limits(
        300,
        max_bytes=3000,
        max_images=4,
        image_bytes=1_000_000,  # 2,000,000 since 2026, but servers that were not updated refuse more
        thumb_bytes=1_000_000,
        max_videos=1,
        video_bytes=100_000_000,  # app.bsky.embed.video; an account's own server may take less, and says so
        video_seconds=180,  # bsky.app, March 2025
        video_alt_length=1000,
    )

    def try_settings(self) -> Trial:
        """Ask the server to sign in at, and the index of posts, for what everybody may read."""
        door = self._settings.get("BLUESKY_PDS_URL", "https://bsky.social").rstrip("/")
        expect_object(self._http.send("GET", f"{door}/xrpc/com.atproto.server.describeServer"), did=str)
        self._shown([_NOBODYS_POST])
        return Trial(True, Reason(N_("Bluesky answers, both for signing in and for figures.")))

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Put the post at the draft's record key: the first time makes it, a repeat finds it made."""
        self.check(draft)
        body = {
            "repo": credentials.remote_id,
            "collection": REPOST if draft.is_boost else POST,
            "rkey": draft.record_key,
            "record": self._repost(draft, credentials) if draft.is_boost else self._record(draft, credentials),
            "swapRecord": None,  # only make, never overwrite
        }
        draft.progress.about_to_post()
        answer = self._send("POST", "com.atproto.repo.putRecord", credentials, json=body, publishes=True)
        if body_of(answer).get("error") == "BlobNotFound":
            forget_film(draft)
        if body_of(answer).get("error") == "InvalidSwap":
            # Something is at our key already. The key is ours alone, so it is this post, sent before.
            made = self.find(draft, credentials, draft.created_at)
            if made:
                return made
        self._raise_for(answer)
        return self._receipt(expect_object(answer, uri=str), credentials, draft)

    def find(
        self,
        draft: Draft,
        credentials: Credentials,
        since: datetime,  # noqa: ARG002 - the key is enough
    ) -> Receipt | None:
        """Whether there is a record at the draft's key."""
        collection = REPOST if draft.is_boost else POST
        record = self._get_record(credentials.remote_id, draft.record_key, credentials, collection)
        return self._receipt(record, credentials, draft) if record else None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Likes, reposts, replies and quotes as the network's index counts them. Bluesky counts no views.

        A post that the index does not show is asked for at the account's own server: it may only be too fresh.
        """
        found: dict[str, Figures | None] = {}
        for start in range(0, len(remote_ids), _BATCH):
            batch = remote_ids[start : start + _BATCH]
            shown = self._shown([uri for uri in batch if collection_of(uri) == POST])
            found |= {uri: shown[uri] if uri in shown else self._unseen(uri, credentials) for uri in batch}
        return found

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the record; one that is gone already is fine with the server."""
        body = {"repo": credentials.remote_id, "collection": collection_of(remote_id)}
        body["rkey"] = remote_id.rsplit("/", 1)[-1]
        expect_object(self._call("POST", "com.atproto.repo.deleteRecord", credentials, json=body))

    def _repost(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        return {"$type": REPOST, "subject": self._subject(draft, credentials), "createdAt": _moment(draft)}

    def _subject(self, draft: Draft, credentials: Credentials) -> dict[str, str]:
        """The post that is passed on, by its URI and its content. Raises: Rejected when there is none."""
        return _reference(self._original(draft, credentials))

    def _thread(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        """Where an answer stands: below a post, in the thread that this one began or is part of itself."""
        post = self._original(draft, credentials)
        record = post.get("record")
        reply = record.get("reply") if isinstance(record, dict) else None
        root = reply.get("root") if isinstance(reply, dict) else None
        if not isinstance(root, dict) or not (isinstance(root.get("uri"), str) and isinstance(root.get("cid"), str)):
            root = post
        return {"root": _reference(root), "parent": _reference(post)}

    def _original(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        """The post that an address names, as the index shows it. Raises: Rejected when there is none."""
        name = named_by(draft.reposts or "")
        did = name and (name.who if name.who.startswith("did:") else self._resolve(name.who, credentials))
        if name is None or did is None:
            raise self.no_such_post()
        uri = f"at://{did}/{POST}/{name.key}"
        answer = self._http.send("GET", f"{self._appview}/xrpc/app.bsky.feed.getPosts", params=[("uris", uri)])
        for post in expect_object(answer, posts=list)["posts"]:
            if isinstance(post, dict) and post.get("uri") == uri and isinstance(post.get("cid"), str):
                return post
        raise self.no_such_post()

    def _record(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        text = self.wording_of(draft)
        record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": _moment(draft)}
        if draft.language:
            record["langs"] = [draft.language]
        facets = facets_of(text, lambda handle: self._resolve(handle, credentials))
        if facets:
            record["facets"] = facets
        if draft.video:
            record["embed"] = self._film(draft.video, draft, credentials)
        elif draft.images:
            shown = [self._image(image, credentials) for image in draft.images]
            record["embed"] = {"$type": "app.bsky.embed.images", "images": shown}
        elif draft.card:
            record["embed"] = self._external(draft.card, draft.link, credentials)
        if draft.below:
            record["reply"] = self._thread(draft, credentials)
        elif draft.reposts is not None:
            record["embed"] = self._quoting(self._subject(draft, credentials), record.get("embed"))
        return record

    @staticmethod
    def _quoting(subject: dict[str, str], media: dict[str, Any] | None) -> dict[str, Any]:
        """The quoted post, beside pictures or a card of one's own."""
        quoted = {"$type": "app.bsky.embed.record", "record": subject}
        return {"$type": "app.bsky.embed.recordWithMedia", "record": quoted, "media": media} if media else quoted

    def _image(self, image: Image, credentials: Credentials) -> dict[str, Any]:
        shown: dict[str, Any] = {"image": self._upload(image, credentials), "alt": image.alt_text}
        if image.width and image.height:
            shown["aspectRatio"] = {"width": image.width, "height": image.height}
        return shown

    def _external(self, card: Card, link: str | None, credentials: Credentials) -> dict[str, Any]:
        external: dict[str, Any] = {"uri": link or card.url, "title": card.title, "description": card.description}
        if card.thumb:
            external["thumb"] = self._upload(card.thumb, credentials)
        return {"$type": "app.bsky.embed.external", "external": external}

    def _upload(self, image: Image, credentials: Credentials) -> dict[str, Any]:
        """Send a picture. The same bytes have the same address, so a second upload changes nothing."""
        headers = {"Content-Type": image.mime}
        answer = self._call("POST", "com.atproto.repo.uploadBlob", credentials, data=image.data, headers=headers)
        blob: dict[str, Any] = expect_object(answer, blob=dict)["blob"]
        return blob

    def _resolve(self, handle: str, credentials: Credentials) -> str | None:
        """The account's DID, or ``None`` when nobody has this handle."""
        url = self._url("com.atproto.identity.resolveHandle", credentials)
        answer = self._http.send("GET", url, params=[("handle", handle)])
        if answer.status == 400 and body_of(answer):
            return None
        did: str = expect_object(answer, did=str)["did"]
        return did

    def _get_record(self, did: str, rkey: str, credentials: Credentials, collection: str) -> dict[str, Any] | None:
        params = [("repo", did), ("collection", collection), ("rkey", rkey)]
        answer = self._http.send("GET", self._url("com.atproto.repo.getRecord", credentials), params=params)
        return None if _is_missing(answer) else expect_object(answer, uri=str)

    def _shown(self, uris: Sequence[str]) -> dict[str, Figures]:
        """The posts that the index shows. It leaves out the others without a word."""
        if not uris:
            return {}
        url = f"{self._appview}/xrpc/app.bsky.feed.getPosts"
        answer = self._http.send("GET", url, params=[("uris", uri) for uri in uris])
        posts = expect_object(answer, posts=list)["posts"]
        return {str(post.get("uri")): _figures(post) for post in posts if isinstance(post, dict)}

    def _unseen(self, uri: str, credentials: Credentials | None) -> Figures | None:
        """What to say of a post that the index does not show: gone, or no figures yet."""
        if credentials is None:
            return Figures()
        *_, did, _, rkey = uri.split("/")
        return Figures() if self._get_record(did, rkey, credentials, collection_of(uri)) else None

    def _receipt(self, record: dict[str, Any], credentials: Credentials, draft: Draft) -> Receipt:
        """A post passed on as it is has no page of its own: its address is that of the post."""
        uri = str(record["uri"])
        passed_on = named_by(draft.reposts or "") if draft.is_boost else None
        who, key = (passed_on.who, passed_on.key) if passed_on else (credentials.remote_id, uri.rsplit("/", 1)[-1])
        return Receipt(
            remote_id=uri,
            permalink=f"{self._web}/profile/{who}/post/{key}",
            published_at=self._now(),
            extra={"cid": record.get("cid")},
        )


def _reference(post: Mapping[str, Any]) -> dict[str, str]:
    return {"uri": str(post["uri"]), "cid": str(post["cid"])}


def _moment(draft: Draft) -> str:
    return draft.created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_missing(answer: Answer) -> bool:
    """Whether the server knows no such record. Servers before 2025 named that InvalidRequest."""
    said = body_of(answer)
    missing = said.get("error") == "RecordNotFound" or "Could not locate" in str(said.get("message"))
    return answer.status == 400 and missing


def _figures(post: dict[str, Any]) -> Figures:
    return Figures(
        likes=count_in(post, "likeCount"),
        reposts=count_in(post, "repostCount"),
        replies=count_in(post, "replyCount"),
        quotes=count_in(post, "quoteCount"),
    )
