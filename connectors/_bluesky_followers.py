"""How many follow accounts on Bluesky: the network's index tells it to anybody, of 25 accounts at a time.

Facts: the lexicons app.bsky.actor.getProfiles and app.bsky.actor.defs (``profileViewDetailed``), and the reference
index, which leaves accounts that are closed or suspended out of its answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors._answers import count_in, expect_object
from connectors._bluesky_calls import BlueskyCalls
from connectors._errors import N_, Reason
from connectors._values import Credentials

_BATCH = 25  # app.bsky.actor.getProfiles refuses more


class BlueskyFollowers(BlueskyCalls):
    """The part of the connector that reads profiles."""

    followers_at_once = _BATCH

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:  # noqa: ARG002
        """The index's count for each account."""
        found: dict[str, int | Reason] = {}
        for start in range(0, len(remote_ids), _BATCH):
            found |= self._followers_of(remote_ids[start : start + _BATCH])
        return found

    def _followers_of(self, dids: Sequence[str]) -> dict[str, int | Reason]:
        url = f"{self._appview}/xrpc/app.bsky.actor.getProfiles"
        answer = self._http.send("GET", url, params=[("actors", did) for did in dids])
        self._raise_for(answer)
        shown: dict[str, int | Reason] = {}
        for profile in expect_object(answer, profiles=list)["profiles"]:
            if isinstance(profile, dict):
                count = count_in(profile, "followersCount")
                shown[str(profile.get("did"))] = self.untold_followers() if count is None else count
        hidden = Reason(
            N_("{network} does not show this account: it is closed or suspended."), {"network": self.label}
        )
        return {did: shown.get(did, hidden) for did in dids}
