"""Mastodon, on any server: our app is registered at each, and the server remembers our key for an hour.

Facts: docs.joinmastodon.org/methods/statuses, /api/rate-limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from connectors._answers import body_of, count_in, expect_list, expect_object, moment_of, what_was_said
from connectors._errors import N_, CredentialsExpired, Reason
from connectors._http import Answer
from connectors._mastodon_boosts import MastodonBoosts
from connectors._mastodon_html import same_text
from connectors._mastodon_media import MastodonMedia, still_preparing
from connectors._set_up import SetUp
from connectors._values import (
    Credentials,
    Draft,
    Figures,
    Idempotency,
    Limits,
    Receipt,
    Visibility,
)

_VISIBILITY = {Visibility.PUBLIC: "public", Visibility.UNLISTED: "unlisted", Visibility.FOLLOWERS: "private"}
_BATCH = 20  # GET /api/v1/statuses refuses more ids
_PAGE, _PAGES = 40, 5
_CLOCKS_APART = timedelta(minutes=10)


class Mastodon(MastodonBoosts, MastodonMedia):
    """The network of many servers."""

    name = "mastodon"
    announces = True
    network = "mastodon"
    icon = "mastodon"
    many_servers = True
    idempotency = Idempotency("key", timedelta(hours=1))
    post_address = r"https?://[^/?#]+/(?:@[^/?#]+|users/[^/?#]+/statuses)/\d+/?"
    limits = Limits(
        500,
        url_length=23,
        short_mentions=True,
        max_images=4,
        image_bytes=16_777_216,
        image_pixels=33_177_600,
        moving_bytes=16_777_216,
        alt_length=1500,
        max_videos=1,
        video_bytes=41_943_040,  # before 4.2; each server tells its own, 103,809,024 as of 2026
        video_alt_length=1500,
    )
    set_up = SetUp(
        steps=(
            N_(
                "There is nothing to do: the hub makes itself known to each server when the first person there connects."
            ),
        ),
        costs=N_("It costs nothing."),
    )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish with the draft's key: within the hour a repeat is answered with the same post."""
        self.check(draft, self.server_limits(credentials))
        if draft.is_boost:
            draft.progress.about_to_post()
            return self._boosted(*self._boost(draft, credentials), credentials)
        answered = str(self._original(draft, credentials)["id"]) if draft.below else None
        quoted = self._quotable(draft, credentials) if draft.reposts is not None and not draft.below else None
        media = self._media(draft, credentials)
        body: dict[str, Any] = {
            "status": self.wording_of(draft),
            "visibility": _VISIBILITY[draft.visibility],
            **({"media_ids": media} if media else {}),
            **({"quoted_status_id": quoted} if quoted else {}),
            **({"in_reply_to_id": answered} if answered else {}),
            **({"language": draft.language.split("-")[0].lower()} if draft.language else {}),
        }
        headers = {"Idempotency-Key": draft.key}
        draft.progress.about_to_post()
        answer = self._ask("POST", "/api/v1/statuses", credentials, json=body, headers=headers, publishes=True)
        if answer.status == 422 and "processing" in what_was_said(answer):
            raise still_preparing(what_was_said(answer))
        if answered and answer.status == 404 and body_of(answer):
            raise self.no_such_post(what_was_said(answer))
        return self._receipt(expect_object(answer, id=str), credentials)

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        """Look through the account's own posts back to ``since``: the tracked link tells them apart, or the text.

        Raises: OutcomeUnknown when that cannot be told: nothing to compare, or too many posts.
        """
        if draft.is_boost:
            return self._find_boost(draft, credentials)
        text, last = self.wording_of(draft), ""
        if not text.strip():
            raise self.look_yourself()
        for _ in range(_PAGES):
            page = self._own_posts(credentials, before=last, answers=draft.below)
            for status in page:
                made = moment_of(status.get("created_at"))
                if made and made < since - _CLOCKS_APART:
                    return None
                if same_text(str(status.get("content")), text, draft.link):
                    return self._receipt(status, credentials)
            if not page:
                return None
            last = page[-1]["id"]
        raise self.look_yourself()

    def _find_boost(self, draft: Draft, credentials: Credentials) -> Receipt | None:
        """The server says of the post whether the person boosted it; the boost itself stands among their posts."""
        original = self._original(draft, credentials)
        if original.get("reblogged") is not True:
            return None
        last = ""
        for _ in range(_PAGES):
            page = self._own_posts(credentials, before=last, boosts=True)
            for status in page:
                passed_on = status.get("reblog")
                if isinstance(passed_on, dict) and passed_on.get("id") == original["id"]:
                    return self._boosted(status, original, credentials)
            if not page:
                break
            last = page[-1]["id"]
        raise self.look_yourself()

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Favourites, boosts, replies and, on new servers, quotes. Mastodon counts no views."""
        if credentials is None:
            raise self.reconnect()
        found: dict[str, Figures | None] = {}
        for start in range(0, len(remote_ids), _BATCH):
            found |= self._figures_of(remote_ids[start : start + _BATCH], credentials)
        return found

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """As the account's own server counts (``verify_credentials``, ``followers_count``)."""
        if credentials is None:
            raise self.reconnect()
        account = expect_object(self._ask("GET", "/api/v1/accounts/verify_credentials", credentials), id=str)
        count = count_in(account, "followers_count")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the post."""
        answer = self._ask("DELETE", f"/api/v1/statuses/{remote_id}", credentials)
        if not _is_gone(answer):
            expect_object(answer)

    def _own_posts(
        self, credentials: Credentials, *, before: str, boosts: bool = False, answers: bool = False
    ) -> list[dict[str, Any]]:
        """A page of the account's posts, newest first."""
        params = [
            ("limit", str(_PAGE)),
            ("exclude_replies", str(not answers).lower()),
            ("exclude_reblogs", str(not boosts).lower()),
        ]
        params += [("max_id", before)] if before else []
        path = f"/api/v1/accounts/{credentials.remote_id}/statuses"
        return expect_list(self._ask("GET", path, credentials, params=params), id=str)

    def _figures_of(self, ids: Sequence[str], credentials: Credentials) -> dict[str, Figures | None]:
        """One batch; one by one on servers before 4.3, which know no batch."""
        answer = self._read("/api/v1/statuses", credentials, params=[("id[]", one) for one in ids])
        if answer.status not in (404, 405):
            shown = {status["id"]: _figures(status) for status in expect_list(answer, id=str)}
            return {one: shown.get(one) for one in ids}
        found: dict[str, Figures | None] = {}
        for one in ids:
            answer = self._read(f"/api/v1/statuses/{one}", credentials)
            found[one] = None if _is_gone(answer) else _figures(expect_object(answer, id=str))
        return found

    def _read(self, path: str, credentials: Credentials, params: Sequence[tuple[str, str]] = ()) -> Answer:
        """Read as the person; as a stranger when the permission was taken back (public posts stay public)."""
        try:
            return self._ask("GET", path, credentials, params=params)
        except CredentialsExpired:
            return self._ask("GET", path, replace(credentials, access_token=""), params=params)

    def _receipt(self, status: dict[str, Any], credentials: Credentials) -> Receipt:
        user = credentials.handle.lstrip("@").split("@")[0]
        url = status.get("url")
        return Receipt(
            remote_id=status["id"],
            permalink=url if isinstance(url, str) else f"{credentials.server}/@{user}/{status['id']}",
            published_at=moment_of(status.get("created_at")) or self._now(),
        )

    def _boosted(self, status: dict[str, Any], original: dict[str, Any], credentials: Credentials) -> Receipt:
        """A boost has no page of its own: its address is that of the post."""
        return replace(self._receipt({**status, "url": original.get("url")}, credentials), extra={"boost": True})


def _is_gone(answer: Answer) -> bool:
    """Whether the server itself says so; a bare 404 may come from something in front of it."""
    return answer.status in (404, 410) and bool(body_of(answer))


def _figures(status: dict[str, Any]) -> Figures:
    if isinstance(status.get("reblog"), dict):
        return Figures()  # what is counted there is the other post's
    return Figures(
        likes=count_in(status, "favourites_count"),
        reposts=count_in(status, "reblogs_count"),
        replies=count_in(status, "replies_count"),
        quotes=count_in(status, "quotes_count"),
    )
