"""Films on their way to Bluesky: sent to the account's own server like a picture, and prepared once the post is there.

Facts: docs.bsky.app, "Uploading Video", simple method; the lexicon app.bsky.embed.video; atproto.com/specs/blob (a blob
that no record names may be cleared away after an hour), November 2026. The other method sends the film to Bluesky's own
service first: it spares readers some seconds without a film, and takes more permissions than we ask for.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors._answers import expect_object
from connectors._bluesky_accounts import BlueskyAccounts
from connectors._http import Flow
from connectors._values import Credentials, Draft, Video

_FILM = "film"
_KEPT = timedelta(minutes=50)


class BlueskyFilms(BlueskyAccounts):
    """The part of the connector that sends films."""

    def _film(self, video: Video, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        """What shows a film in a record; it is sent unless an earlier try sent it within the hour."""
        shown: dict[str, Any] = {"$type": "app.bsky.embed.video", "video": self._film_blob(video, draft, credentials)}
        if video.alt_text:
            shown["alt"] = video.alt_text
        if video.width and video.height:
            shown["aspectRatio"] = {"width": video.width, "height": video.height}
        return shown

    def _film_blob(self, video: Video, draft: Draft, credentials: Credentials) -> dict[str, Any]:
        kept = json.loads(draft.progress.get(_FILM) or "{}")
        if kept and self._now() < datetime.fromtimestamp(kept["sent"], UTC) + _KEPT:
            known: dict[str, Any] = kept["blob"]
            return known
        # A small request first: what is wrong with the sign-in, or with the nonce that it is proved by, is told before a
        # hundred megabytes are on their way, where the answer might be lost under them.
        expect_object(self._call("GET", "com.atproto.server.getSession", credentials))
        body, headers = Flow(video.read, video.size), {"Content-Type": video.mime}
        answer = self._call("POST", "com.atproto.repo.uploadBlob", credentials, data=body, headers=headers)
        blob: dict[str, Any] = expect_object(answer, blob=dict)["blob"]
        draft.progress.keep(_FILM, json.dumps({"blob": blob, "sent": int(self._now().timestamp())}))
        return blob


def forget_film(draft: Draft) -> None:
    """The server has the film no more: the next try sends it anew."""
    if draft.video:
        draft.progress.keep(_FILM, "")
