"""Resharing on LinkedIn: which post an address names, and what a reshare may hold.

Facts: learn.microsoft.com, LinkedIn, Posts API, "Reshare a post": ``reshareContext.parent`` is the URN of a share or
ugcPost, beside ``commentary`` and without ``content``; September 2026. That ``commentary`` may be empty is what clients
do (November 2026), and what is answered where the post is gone or its author allows no resharing is not written down.
An activity's number is another one than its share's, and a permission to write cannot look up which.
"""

from __future__ import annotations

import re
from typing import Any

from connectors._answers import what_was_said
from connectors._errors import N_, Reason, Rejected
from connectors._http import Answer
from connectors._linkedin_accounts import LinkedInAccounts
from connectors._values import Draft, Limits

_NAMED = re.compile(r"(?:urn:li:|-)(?P<kind>share|ugcPost)[:-](?P<number>\d{1,20})(?!\d)")
_ACTIVITY = re.compile(r"(?:urn:li:|-)activity[:-]\d")
_MARKS = ("resharecontext", "reshare", "/parent", "parent")


class LinkedInReshares(LinkedInAccounts):
    """The part of the connector that knows posts of others."""

    passes_on = True

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """As everywhere; a post is passed on where its address names it, and without pictures beside it."""
        super().check(draft, limits)
        if draft.reposts is None:
            return
        self._parent(draft.reposts)
        if draft.images or draft.video:
            reason = N_("{network} takes no picture or film beside a post that is passed on. Remove it.")
            raise Rejected(Reason(reason, {"network": self.label}))

    def _parent(self, address: str) -> str:
        """The URN of the post that an address names. Raises: Rejected when it names none, or its activity alone."""
        named = _NAMED.search(address)
        if named:
            return f"urn:li:{named['kind']}:{named['number']}"
        if _ACTIVITY.search(address):
            reason = N_(
                "LinkedIn passes a post on only by an address with “share” or “ugcPost” in it, which “Embed this post” "
                "in the post's menu shows. With this one, open it there and pass it on yourself."
            )
            raise Rejected(Reason(reason))
        raise self.no_such_post()

    def _refused_reshare(self, answer: Answer) -> Rejected | None:
        """What a refusal says of the post that is passed on; ``None`` when it is about something else."""
        said = what_was_said(answer)
        of_it = any(mark in said.lower() for mark in _MARKS)
        gone = answer.status == 404 or (answer.status in (400, 403, 422) and of_it)
        return self.no_such_post(said) if gone and said else None


def reshared(post: dict[str, Any]) -> str:
    """The URN of the post that this one passes on; "" when it passes on none."""
    context = post.get("reshareContext")
    return str(context.get("parent") or "") if isinstance(context, dict) else ""
