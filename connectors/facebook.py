"""Facebook Pages: nobody can publish to a person's own profile (share link only), but to a Page they look after.

Facts: developers.facebook.com/docs/pages-api (posts, getting started) and the Graph API's changelog, September 2026;
films as in the reference of the Page's videos edge (``file_url``) and of the video node, November 2026.
Facebook offers no device against double posting, but it can be looked whether a post is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors._answers import body_of, count_in, expect_object
from connectors._errors import ConnectorError, Reason
from connectors._facebook_accounts import FacebookAccounts
from connectors._graph import error_in, insights_in, is_missing, moment_in
from connectors._text import holds
from connectors._values import (
    Credentials,
    Draft,
    Figures,
    Image,
    Limits,
    Receipt,
    Unit,
    Video,
)

_DUPLICATE = 506
_FETCHING = 120.0
"""Seconds more than usual that Facebook may take to answer, since it fetches a film before it does."""
_CLOCKS_APART = timedelta(minutes=10)
_LOOKED_THROUGH = "100"
_PHOTO_KEPT = timedelta(hours=20)
"""A photo that is not published lives for about a day (Pages API, photos)."""
_COUNTED = "shares,comments.summary(true).limit(0),reactions.summary(true).limit(0)"
# Not ``post_impressions*``: they are deprecated since November 2025. Counting who saw it is ``post_media_view`` now.
_SEEN = "post_media_view"


class Facebook(FacebookAccounts):
    """Facebook Pages. The credentials that are kept are the Page's own, which end only when they are taken back."""

    name = network = icon = "facebook"
    announces = True
    post_address = r"https://(?:www\.|m\.)?facebook\.com/(?:[^/?#]+/(?:posts|videos|photos)/[^?#]+|permalink\.php\?.+|share/p/[^/?#]+/?)(?:\?.*)?"
    limits = Limits(
        63_206,
        unit=Unit.UTF16,
        max_images=10,
        image_bytes=4_000_000,
        image_mimes=("image/jpeg", "image/png"),
        max_videos=1,
        # What a film sent in one call may be (Video API, "non-resumable"), as of November 2026.
        video_bytes=1_000_000_000,
        video_seconds=20 * 60,
    )
    card_carries_link = True
    fetches_films = True

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish on the Page, once."""
        self.check(draft)
        if draft.video:
            return self._film(draft.video, draft, credentials)
        photos = [self._uploaded(place, image, draft, credentials) for place, image in enumerate(draft.images)]
        text = self.wording_of(draft)
        fields = {
            **({"message": text} if text else {}),
            **({"link": draft.link} if draft.link and not photos else {}),
            **{f"attached_media[{place}]": json.dumps({"media_fbid": photo}) for place, photo in enumerate(photos)},
        }
        draft.progress.about_to_post()
        answer = self._http.send(
            "POST",
            self._url(f"{credentials.remote_id}/feed"),
            token=credentials.access_token,
            data=fields,
            publishes=True,
        )
        if error_in(answer).get("code") == _DUPLICATE:
            return self._there_already(answer, draft, credentials)
        error = self._meaning(answer)
        if error is not None:
            raise error
        return self._receipt(expect_object(answer, id=str))

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        """Look through the Page's own posts since then: told by the tracked link or the words.

        Raises: OutcomeUnknown when there is nothing to tell it by, or too many posts to look through; and for a film
            that is not among them, since one that is still prepared is not there yet.
        """
        found = self._own_post(draft, credentials, since)
        if found is None and draft.video:
            raise self.look_yourself()
        return found

    def _own_post(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        words = self.wording_of(draft)
        if not words.strip() and not draft.link:
            raise self.look_yourself()
        begin = since - _CLOCKS_APART
        params = [
            ("fields", "id,message,created_time,permalink_url,attachments{unshimmed_url}"),
            ("since", str(int(begin.timestamp()))),
            ("limit", _LOOKED_THROUGH),
        ]
        answer = self._ask("GET", f"{credentials.remote_id}/feed", credentials, params=params)
        posts = expect_object(answer, data=list)["data"]
        for post in posts:
            said = str(post.get("message") or "")
            by_link = bool(draft.link) and (holds(said, str(draft.link)) or draft.link in _attached(post))
            by_words = bool(words.strip()) and said.split() == words.split()
            if (by_link or by_words) and (moment_in(post, "created_time") or begin) >= begin:
                return self._receipt(post)
        if len(posts) >= int(_LOOKED_THROUGH):
            raise self.look_yourself()
        return None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Reactions, comments, shares and views, two requests a post. What Facebook does not tell is not available."""
        if credentials is None:
            raise self.reconnect()
        return {one: self._figures_of(one, credentials) for one in remote_ids}

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """The Page's own (``followers_count`` of the Page node, with ``pages_read_engagement``)."""
        if credentials is None:
            raise self.reconnect()
        answer = self._ask("GET", credentials.remote_id, credentials, params=[("fields", "followers_count")])
        count = count_in(expect_object(answer, id=str), "followers_count")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the post."""
        answer = self._http.send("DELETE", self._url(remote_id), token=credentials.access_token)
        error = None if is_missing(answer) else self._meaning(answer)
        if error is not None:
            raise error
        if not is_missing(answer):
            expect_object(answer)

    def _film(self, video: Video, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish a film, which Facebook fetches first. It takes no description for those who cannot see it."""
        fields = {"file_url": str(video.public_url), "description": self.wording_of(draft)}
        draft.progress.about_to_post()
        path = f"{credentials.remote_id}/videos"
        answer = self._ask("POST", path, credentials, data=fields, publishes=True, patience=_FETCHING)
        film = str(expect_object(answer, id=str)["id"])
        try:
            shown = self._shown(film, "post_id,permalink_url", credentials)
        except ConnectorError:  # it is there: that it cannot be read now must not make it unknown
            shown = {}
        permalink = shown.get("permalink_url")
        address = f"{self._web}{permalink}" if isinstance(permalink, str) and permalink.startswith("/") else permalink
        return Receipt(
            _post_of(shown, credentials.remote_id) or film,
            address if isinstance(address, str) else f"{self._web}/{film}",
            self._now(),
            extra={"video": film},
        )

    def _uploaded(self, place: int, image: Image, draft: Draft, credentials: Credentials) -> str:
        """The id of a picture; one that an earlier try sent within the day is there already."""
        name = f"photo {place} {hashlib.sha256(image.data).hexdigest()[:16]}"
        photo, _, sent = (draft.progress.get(name) or "").partition(" ")
        if photo and self._now() - datetime.fromtimestamp(int(sent), UTC) < _PHOTO_KEPT:
            return photo
        photo = self._upload(image, credentials)
        draft.progress.keep(name, f"{photo} {int(self._now().timestamp())}")
        return photo

    def _upload(self, image: Image, credentials: Credentials) -> str:
        """Send a picture that is not shown yet, and return its id."""
        fields = {"published": "false", **({"alt_text_custom": image.alt_text} if image.alt_text else {})}
        files = {"source": (f"picture.{image.mime.split('/')[-1]}", image.data, image.mime)}
        answer = self._ask("POST", f"{credentials.remote_id}/photos", credentials, data=fields, files=files)
        photo: str = expect_object(answer, id=str)["id"]
        return photo

    def _there_already(self, answer: Any, draft: Draft, credentials: Credentials) -> Receipt:
        """Facebook refuses the same words twice in a row: they may be ours, sent before, or somebody else's."""
        try:
            found = self.find(draft, credentials, draft.created_at)
        except ConnectorError:
            found = None
        if found is None:
            raise self._refused(answer)
        return found

    def _figures_of(self, remote_id: str, credentials: Credentials) -> Figures | None:
        if "_" not in remote_id:  # a film that was still prepared when it was published: what is counted is its post
            answer = self._http.send(
                "GET", self._url(remote_id), token=credentials.access_token, params=[("fields", "post_id")]
            )
            if is_missing(answer):
                return None
            made = _post_of(body_of(answer), credentials.remote_id)
            return self._figures_of(made, credentials) if made else Figures()
        params = [("fields", _COUNTED)]
        answer = self._http.send("GET", self._url(remote_id), token=credentials.access_token, params=params)
        if is_missing(answer):
            return None
        error = self._meaning(answer)
        if error is not None:
            raise error
        post = expect_object(answer)
        return Figures(
            likes=_total(post, "reactions"),
            replies=_total(post, "comments"),
            # A post that nobody shared has no "shares" at all, so that its absence says nothing.
            reposts=count_in(post.get("shares") or {}, "count"),
            views=self._views_of(remote_id, credentials),
        )

    def _views_of(self, remote_id: str, credentials: Credentials) -> int | None:
        """How often it was seen; ``None`` without the permission for insights, or where Facebook drops the metric."""
        params = [("metric", _SEEN)]
        token = credentials.access_token
        answer = self._http.send("GET", self._url(f"{remote_id}/insights"), token=token, params=params)
        if 400 <= answer.status < 500:
            return None
        return insights_in(answer).get(_SEEN)

    def _receipt(self, post: dict[str, Any]) -> Receipt:
        permalink = post.get("permalink_url")
        return Receipt(
            str(post["id"]),
            permalink if isinstance(permalink, str) else f"{self._web}/{post['id']}",
            moment_in(post, "created_time") or self._now(),
        )


def _post_of(film: dict[str, Any], page: str) -> str | None:
    """The post that shows a film, once there is one; its name has the Page's before it, or only stands for the rest."""
    post = film.get("post_id")
    if not isinstance(post, str) or not post:
        return None
    return post if "_" in post else f"{page}_{post}"


def _attached(post: dict[str, Any]) -> list[str]:
    attachments = (post.get("attachments") or {}).get("data") or []
    return [str(one.get("unshimmed_url")) for one in attachments if isinstance(one, dict)]


def _total(post: dict[str, Any], name: str) -> int | None:
    return count_in((post.get(name) or {}).get("summary") or {}, "total_count")
