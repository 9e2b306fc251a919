"""Passing somebody else's post on at Mastodon: boosted as it is, or quoted where its author lets one.

Facts: docs.joinmastodon.org/methods/statuses (boost), /methods/search, /client/quotes, and the server's source
(reblog_service: a second boost of the same post is answered with the first).
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from connectors._answers import body_of, expect_object, failure, what_was_said
from connectors._errors import N_, Reason, Rejected
from connectors._mastodon_accounts import MastodonAccounts
from connectors._values import Credentials, Draft

_OWN = re.compile(r"/@[^/@]+/(?P<id>\d+)/?")


class MastodonBoosts(MastodonAccounts):
    """The part of the connector that knows posts of others."""

    passes_on = True
    boosts_once = True
    answers = True

    def _original(self, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        """The post that is passed on, as the account's own server knows it, which may have to fetch it first.

        Raises: Rejected when there is none.
        """
        address = (draft.reposts or "").strip()
        parts = urlsplit(address)
        own = _OWN.fullmatch(parts.path)
        if own and f"{parts.scheme}://{parts.netloc}" == credentials.server:
            answer = self._ask("GET", f"/api/v1/statuses/{own['id']}", credentials)
            if answer.status in (404, 410) and body_of(answer):
                raise self.no_such_post(what_was_said(answer))
            return expect_object(answer, id=str)
        query = [("q", address), ("type", "statuses"), ("resolve", "true"), ("limit", "1")]
        found = expect_object(self._ask("GET", "/api/v2/search", credentials, params=query), statuses=list)[
            "statuses"
        ]
        if not found or not isinstance(found[0], dict) or not isinstance(found[0].get("id"), str):
            raise self.no_such_post()
        status: dict[str, Any] = found[0]
        return status

    def _boost(self, draft: Draft, credentials: Credentials) -> tuple[dict[str, Any], dict[str, Any]]:
        """Boost a post once: the status that the boost is, and the one that it passes on."""
        original = self._original(draft, credentials)
        path = f"/api/v1/statuses/{original['id']}/reblog"
        answer = self._ask("POST", path, credentials, publishes=True)
        if answer.status in (403, 404) and body_of(answer):
            raise self.no_such_post(what_was_said(answer))
        if answer.status >= 300:
            raise failure(answer)
        return expect_object(answer, id=str), original

    def _quotable(self, draft: Draft, credentials: Credentials) -> str:
        """The id of the post, if the person may quote it. Raises: Rejected when they may not, or nobody can here."""
        original = self._original(draft, credentials)
        approval = original.get("quote_approval")
        mine = approval.get("current_user") if isinstance(approval, dict) else None
        if mine in ("automatic", "manual"):
            return str(original["id"])
        reason = N_("This post cannot be quoted from your server. Pass it on without words of your own.")
        raise Rejected(Reason(reason))
