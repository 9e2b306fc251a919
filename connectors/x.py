"""X: any account, at a price for each post. It offers no device against doubles, and refuses the same words twice.

Facts: docs.x.com/x-api/posts, /fundamentals/metrics, /getting-started/pricing; August 2026.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors._answers import body_of, count_in, expect_object, failure, moment_of
from connectors._errors import N_, OutcomeUnknown, Reason, Rejected
from connectors._set_up import SetUp
from connectors._text import holds
from connectors._values import Credentials, Draft, Figures, Limits, Receipt, Unit
from connectors._x_calls import SHOWN_AFTER, is_duplicate
from connectors._x_media import GIF_BYTES, XMedia
from connectors._x_reposts import REPOST, XReposts

_BATCH = 100  # GET /2/tweets refuses more
_LOOKED_THROUGH = 10
# In US dollars, as of 20 April 2026 (docs.x.com, pricing). Each is a setting; what X charges is what counts.
PRICES = {
    "X_PRICE_POST": "0.015",
    "X_PRICE_POST_WITH_URL": "0.200",
    "X_PRICE_REPOST": "0.015",
    "X_PRICE_READ": "0.005",
    "X_PRICE_MEDIA_METADATA": "0.005",
    "X_PRICE_DELETE": "0.010",
    "X_PRICE_USER_READ": "0.010",
}


class X(XMedia, XReposts):
    """Accounts on X."""

    name = network = icon = "x"
    announces = True
    may_read = ("X_API_URL", "X_WEB_URL", "X_SCOPES", "X_MONTHLY_BUDGET", "X_FOLLOWERS", *PRICES)
    demands_own_words = True
    currency = "USD"
    shows_after = 2 * SHOWN_AFTER
    post_address = r"https://(?:www\.|mobile\.)?(?:x|twitter)\.com/[A-Za-z0-9_]+/status/\d+/?(?:\?.*)?"
    limits = Limits(
        280,
        unit=Unit.WEIGHTED,
        url_length=23,
        max_images=4,
        image_bytes=5 * 1024 * 1024,
        moving_bytes=GIF_BYTES,
        moves_alone=True,
        alt_length=1000,
        max_videos=1,
        video_bytes=512 * 1024 * 1024,
        video_seconds=140,
        video_mimes=("video/mp4", "video/quicktime"),
    )
    set_up = SetUp(
        steps=(
            N_(
                "Make a project and an app in X's developer console, with OAuth 2.0, as a web app (confidential client)."
            ),
            N_("Give it the right to read and write, and enter the address below as its callback."),
            N_("Buy credit there, and set X_MONTHLY_BUDGET so that the hub stops before it is used up."),
        ),
        console="https://console.x.com",
        scopes=("tweet.read", "tweet.write", "users.read", "media.write", "offline.access"),
        wants_redirect=True,
        costs=N_(
            "Since 20 April 2026 X charges 0.015 USD for a post, 0.200 USD for one with a link, and 0.005 USD for each "
            "post whose figures are read. The prices are settings: X_PRICE_POST, X_PRICE_POST_WITH_URL, X_PRICE_READ."
        ),
    )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Publish once. X knows no key: what it does not answer clearly must be looked for, never repeated.

        Raises: OutcomeUnknown also where X says that this text is there already and it cannot be found yet.
        """
        self.check(draft)
        media = self._media(draft, credentials)
        draft.progress.about_to_post()
        try:
            if draft.is_boost:
                return self._repost(draft, credentials)
            return self._made(self.wording_of(draft), media, credentials)
        except (Rejected, OutcomeUnknown) as error:
            if isinstance(error, Rejected) and not is_duplicate(error):
                raise
            unknown = self._there_already(error) if isinstance(error, Rejected) else error
            unknown.until = unknown.until or self._now() + SHOWN_AFTER
            raise unknown from error.__cause__

    def find(self, draft: Draft, credentials: Credentials, since: datetime) -> Receipt | None:
        """Look through the newest posts of the account: the tracked link tells them apart, or the text.

        Raises: OutcomeUnknown when there is nothing to compare, or more posts than one answer holds.
        """
        words = self.wording_of(draft)
        if not words.strip() and not draft.is_boost:
            raise self.look_yourself()
        params = [
            ("max_results", str(_LOOKED_THROUGH)),
            ("start_time", since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("tweet.fields", "created_at,entities,referenced_tweets"),
        ]
        page = expect_object(self._ask("GET", f"users/{credentials.remote_id}/tweets", credentials, params=params))
        told = page.get("data")
        posts = told if isinstance(told, list) else []
        if draft.is_boost and (repost := self._own_repost(draft, posts)):
            return repost
        for post in () if draft.is_boost else posts:
            if isinstance(post, dict) and isinstance(post.get("id"), str) and _is(post, words, draft.link):
                return self._receipt(post, credentials)
        meta = page.get("meta")
        if isinstance(meta, dict) and meta.get("next_token"):
            raise self.look_yourself()
        return None

    def figures(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, Figures | None]:
        """Likes, reposts, replies, quotes and views. Each post that is read costs."""
        if credentials is None:
            raise self.reconnect()
        reposts: dict[str, Figures | None] = {one: Figures() for one in remote_ids if not self.is_read(one)}
        remote_ids = [one for one in remote_ids if self.is_read(one)]
        found: dict[str, Figures | None] = {}
        for start in range(0, len(remote_ids), _BATCH):
            found |= self._figures_of(remote_ids[start : start + _BATCH], credentials)
        return found | reposts

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """As X counts them (``public_metrics`` of ``users/me``). It charges for each, so it is asked only when told to."""
        if not self._reads_followers:
            reason = N_(
                "{network} charges for each reading, so this hub does not read how many follow an account. An operator can "
                "turn it on (X_FOLLOWERS=daily)."
            )
            return dict.fromkeys(remote_ids, Reason(reason, {"network": self.label}))
        if credentials is None:
            raise self.reconnect()
        answer = self._ask("GET", "users/me", credentials, params=[("user.fields", "public_metrics")])
        told = expect_object(answer, data=dict)["data"].get("public_metrics")
        count = count_in(told if isinstance(told, dict) else {}, "followers_count")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    @property
    def _reads_followers(self) -> bool:
        return self._settings.get("X_FOLLOWERS", "").strip().lower() == "daily"

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the post, or take a repost back."""
        if remote_id.startswith(REPOST):
            self._take_back(remote_id, credentials)
            return
        answer = self._ask("DELETE", f"tweets/{remote_id}", credentials)
        if answer.status != 404 or not body_of(answer):
            expect_object(answer)

    # What it costs.

    def prices(self) -> tuple[tuple[str, int], ...]:
        """As the settings have them, else as X published them."""
        named = (
            (N_("A post"), "X_PRICE_POST"),
            (N_("A post with a link"), "X_PRICE_POST_WITH_URL"),
            (N_("A post passed on"), "X_PRICE_REPOST"),
            (N_("The description of a picture"), "X_PRICE_MEDIA_METADATA"),
            (N_("A post whose figures are read"), "X_PRICE_READ"),
            (N_("Deleting a post"), "X_PRICE_DELETE"),
            (N_("An account whose followers are read"), "X_PRICE_USER_READ"),
        )
        return tuple((what, self._price(name)) for what, name in named)

    def cost_of(self, draft: Draft) -> int:
        """A post, dearer with an address in it, and the description of each picture."""
        if draft.is_boost:
            return self._price("X_PRICE_REPOST")
        from connectors._weights import addresses  # its patterns take a quarter of a second to compile

        words = unicodedata.normalize("NFC", self.wording_of(draft))
        described = sum(bool(image.alt_text) for image in draft.images)
        return self._price("X_PRICE_POST_WITH_URL" if addresses(words) else "X_PRICE_POST") + described * self._price(
            "X_PRICE_MEDIA_METADATA"
        )

    def cost_of_looking(self) -> int:
        return _LOOKED_THROUGH * self._price("X_PRICE_READ")

    def cost_of_figures(self, posts: int) -> int:
        return posts * self._price("X_PRICE_READ")

    def cost_of_followers(self) -> int:
        return self._price("X_PRICE_USER_READ") if self._reads_followers else 0

    def cost_of_deleting(self) -> int:
        return self._price("X_PRICE_DELETE")

    @property
    def monthly_budget(self) -> int | None:
        """``X_MONTHLY_BUDGET``; one that is no number stops everything rather than nothing."""
        return _millionths(self._settings["X_MONTHLY_BUDGET"]) if "X_MONTHLY_BUDGET" in self._settings else None

    def _price(self, name: str) -> int:
        # A price that is no number must not make posts free.
        return _millionths(self._settings.get(name, "")) or _millionths(PRICES[name])

    # Writing.

    def _made(self, words: str, media: Sequence[str], credentials: Credentials) -> Receipt:
        body: dict[str, Any] = {
            **({"text": words} if words.strip() else {}),
            **({"media": {"media_ids": media}} if media else {}),
        }
        answer = self._ask("POST", "tweets", credentials, json=body, publishes=True)
        made = expect_object(answer, data=dict)["data"]
        if not isinstance(made.get("id"), str) or not made["id"]:
            raise failure(answer)
        return self._receipt(made, credentials)

    def _there_already(self, refused: Rejected) -> OutcomeUnknown:
        """A refusal as a duplicate may follow our own request, which X carried out twice: it must be looked for."""
        reason = N_(
            "{network} says that you posted this text before. We look whether it was this post; "
            "if it was not, change some words and share again."
        )
        return OutcomeUnknown(Reason(reason, {"network": self.label}), network_said=refused.network_said)

    # Reading.

    def _figures_of(self, ids: Sequence[str], credentials: Credentials) -> dict[str, Figures | None]:
        params = [("ids", ",".join(ids)), ("tweet.fields", "public_metrics")]
        answer = self._ask("GET", "tweets", credentials, params=params)
        body = expect_object(answer)
        posts, errors = body.get("data", []), body.get("errors", [])
        if not isinstance(posts, list) or not isinstance(errors, list) or not (posts or errors):
            raise failure(answer)
        shown = {
            post["id"]: _figures(post) for post in posts if isinstance(post, dict) and isinstance(post.get("id"), str)
        }
        hidden = {
            error.get("resource_id")
            for error in errors
            if isinstance(error, dict) and not str(error.get("type")).endswith("resource-not-found")
        }
        return {one: shown.get(one, Figures() if one in hidden else None) for one in ids}

    def _receipt(self, post: dict[str, Any], credentials: Credentials) -> Receipt:
        author = credentials.handle.lstrip("@") or "i/web"
        made = moment_of(post.get("created_at")) or self._now()
        return Receipt(post["id"], f"{self._web}/{author}/status/{post['id']}", made)


def _is(post: dict[str, Any], words: str, link: str | None) -> bool:
    """Whether this is the post: X shows addresses as short ones of its own, and tells what they stand for."""
    entities = post.get("entities")
    found = entities.get("urls") if isinstance(entities, dict) else None
    urls = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if link and any(one.get("expanded_url") == link for one in urls):
        return True
    text = html.unescape(str(post.get("text")))
    for one in urls:
        stands_for = "" if one.get("media_key") else str(one.get("expanded_url"))
        text = text.replace(str(one.get("url")), stands_for)
    return holds(text, link) if link else _plain(text) == _plain(words)


def _plain(text: str) -> str:
    """The words for comparing: X writes a scheme before every address."""
    return " ".join(re.sub(r"https?://", "", unicodedata.normalize("NFC", text)).split())


def _figures(post: dict[str, Any]) -> Figures:
    told = post.get("public_metrics")
    numbers = told if isinstance(told, dict) else {}
    reposts = count_in(numbers, "repost_count")
    return Figures(
        likes=count_in(numbers, "like_count"),
        reposts=count_in(numbers, "retweet_count") if reposts is None else reposts,
        replies=count_in(numbers, "reply_count"),
        quotes=count_in(numbers, "quote_count"),
        views=count_in(numbers, "impression_count"),
    )


def _millionths(amount: str) -> int:
    """An amount as it stands in a setting (``0.015``), in millionths; 0 for what is none."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return 0
    return int(value * 1_000_000) if value.is_finite() and 0 <= value < 10**9 else 0
