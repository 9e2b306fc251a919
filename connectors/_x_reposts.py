"""Reposting on X: somebody else's post passed on as it is. Words beside it are for X's largest customers alone.

Facts: docs.x.com, POST and DELETE /2/users/:id/retweets, GET /2/users/:id/tweets (``referenced_tweets``), and the
limits of self-serve access, under which posts may not quote; August 2026. What is answered to a second repost is not
written down: v1.1 refused it ("You have already retweeted this Tweet", code 327) or took no notice. Either way an
account has reposted a post or has not, so that asking again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors._answers import body_of, expect_object, failure, moment_of, what_was_said
from connectors._errors import N_, Reason, Rejected
from connectors._http import Answer
from connectors._values import Credentials, Draft, Limits, Receipt
from connectors._x_calls import XCalls

REPOST = "repost:"
"""Begins the id of what passes a post on: it has none of its own that could be used later."""
_POST = re.compile(r"https?://[^/?#]+/[^/?#]+/status/(?P<id>\d{1,20})/?(?:[?#].*)?")


class XReposts(XCalls):
    """The part of the connector that knows posts of others."""

    passes_on = True
    boosts_once = True
    quotes = False

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """As everywhere, and no words beside a post that is passed on."""
        if draft.reposts is not None and not draft.is_boost and not draft.below:
            reason = N_(
                "{network} lets us pass a post on only as it is. Leave your words out, or quote it there yourself."
            )
            raise Rejected(Reason(reason, {"network": self.label}))
        super().check(draft, limits)

    def is_read(self, remote_id: str) -> bool:
        """A repost has no figures of its own: what is counted there is the other post's."""
        return not remote_id.startswith(REPOST)

    def _repost(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Repost a post; a repeat finds it reposted. Raises: Rejected when it is not there."""
        post = self._passed_on(draft)
        path = f"users/{credentials.remote_id}/retweets"
        try:
            answer = self._ask("POST", path, credentials, json={"tweet_id": post}, publishes=True)
        except Rejected as refused:
            if "already retweeted" not in refused.network_said.lower():
                raise
            return self._repost_receipt(draft, post)
        if _is_missing(answer):
            raise self.no_such_post(what_was_said(answer))
        if expect_object(answer, data=dict)["data"].get("retweeted") is not True:
            raise failure(answer)
        return self._repost_receipt(draft, post)

    def _own_repost(self, draft: Draft, posts: Sequence[Any]) -> Receipt | None:
        """Among the account's posts, the one that is the draft's repost."""
        post = self._passed_on(draft)
        found = next((one for one in posts if isinstance(one, dict) and post in _reposted(one)), None)
        return self._repost_receipt(draft, post, found) if found else None

    def _take_back(self, remote_id: str, credentials: Credentials) -> None:
        post = remote_id.removeprefix(REPOST)
        answer = self._ask("DELETE", f"users/{credentials.remote_id}/retweets/{post}", credentials)
        if answer.status != 404 or not body_of(answer):
            expect_object(answer)

    def _passed_on(self, draft: Draft) -> str:
        """The id of the post that is passed on. Raises: Rejected when its address is none of X's."""
        named = _POST.fullmatch((draft.reposts or "").strip())
        if named is None:
            raise self.no_such_post()
        return named["id"]

    def _repost_receipt(self, draft: Draft, post: str, found: Mapping[str, Any] | None = None) -> Receipt:
        made = moment_of(found.get("created_at")) if found else None
        return Receipt(f"{REPOST}{post}", (draft.reposts or "").strip(), made or self._now())


def _is_missing(answer: Answer) -> bool:
    """Whether X does not know the post: it says so with 404, or with 200 and an error inside."""
    body = body_of(answer)
    errors = body.get("errors")
    kinds = [str(one.get("type")) for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
    return bool(body) and (answer.status == 404 or any(kind.endswith("resource-not-found") for kind in kinds))


def _reposted(post: Mapping[str, Any]) -> set[str]:
    """The ids of the posts that a post only passes on."""
    named = post.get("referenced_tweets")
    return {
        str(one.get("id"))
        for one in (named if isinstance(named, list) else ())
        if isinstance(one, dict) and one.get("type") == "retweeted"
    }
