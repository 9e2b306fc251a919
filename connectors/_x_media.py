"""Pictures and films on their way to X: whole or in pieces, each step kept, so that none is sent twice.

Facts: docs.x.com/x-api/media; the calls of their own (initialize, append, finalize) as in the reference of August 2026.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors._answers import expect_object
from connectors._errors import N_, Reason, Rejected, Transient
from connectors._values import Credentials, Draft, Image, Limits
from connectors._x_calls import XCalls

PIECE = 4 * 1024 * 1024
"""Bytes in a piece: X takes up to 5 MB, and at most 1,000 pieces."""
GIF_BYTES = 15 * 1024 * 1024
_MARGIN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Film:
    """Something that goes in pieces."""

    kind: str
    mime: str
    size: int
    read: Callable[[int, int], bytes]
    alt_text: str


class XMedia(XCalls):
    """The half of the connector that uploads."""

    poll_seconds = 2.0
    patience_seconds = 60.0

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """As everywhere, and four pictures, or one that moves, or one film."""
        rule = limits or self.limits
        moving = [image for image in draft.images if moves(image)]
        if moving and (len(draft.images) > 1 or draft.video):
            reason = N_("{network} takes one moving picture (GIF) by itself. Remove the other pictures.")
            raise Rejected(Reason(reason, {"network": self.label}))
        super().check(draft, replace(rule, image_bytes=GIF_BYTES) if moving else rule)

    def _media(self, draft: Draft, credentials: Credentials) -> list[str]:
        """The ids of what the draft shows, each uploaded once."""
        if draft.video:
            video = draft.video
            film = _Film("tweet_video", video.mime, video.size, video.read, "")
            return [self._in_pieces(film, "film", draft, credentials)]
        found = []
        for number, image in enumerate(draft.images, 1):
            name = f"picture {number}"
            if moves(image):
                film = _Film("tweet_gif", image.mime, len(image.data), _reader(image.data), image.alt_text)
                found.append(self._in_pieces(film, name, draft, credentials))
            else:
                found.append(self._whole(image, name, draft, credentials))
        return found

    def _whole(self, image: Image, name: str, draft: Draft, credentials: Credentials) -> str:
        media = self._kept(draft, name)
        if media is None:
            answer = self._ask(
                "POST",
                "media/upload",
                credentials,
                data={"media_category": "tweet_image", "media_type": image.mime},
                files={"media": (f"picture.{image.mime.split('/')[-1]}", image.data, image.mime)},
            )
            media = self._keep(draft, name, expect_object(answer, data=dict)["data"])
        self._describe(media, image.alt_text, name, draft, credentials)
        return media

    def _in_pieces(self, film: _Film, name: str, draft: Draft, credentials: Credentials) -> str:
        """Upload, beginning where an earlier try stood. Raises: Transient while X prepares it."""
        media = self._kept(draft, name)
        if media is None:
            body = {"media_type": film.mime, "total_bytes": film.size, "media_category": film.kind}
            answer = self._ask("POST", "media/upload/initialize", credentials, json=body)
            media = self._keep(draft, name, expect_object(answer, data=dict)["data"])
        sent = f"{name} pieces of {media}"
        for piece in range(int(draft.progress.get(sent) or 0), -(-film.size // PIECE)):
            self._append(media, piece, film, credentials)
            draft.progress.keep(sent, str(piece + 1))
        if draft.progress.get(f"{name} whole") != media:
            ended = expect_object(self._ask("POST", f"media/upload/{media}/finalize", credentials), data=dict)["data"]
            draft.progress.keep(f"{name} whole", media)
        else:
            ended = self._state(media, credentials)
        self._settled(media, ended, credentials)
        self._describe(media, film.alt_text, name, draft, credentials)
        return media

    def _append(self, media: str, piece: int, film: _Film, credentials: Credentials) -> None:
        answer = self._ask(
            "POST",
            f"media/upload/{media}/append",
            credentials,
            data={"segment_index": str(piece)},
            files={"media": ("piece", film.read(piece * PIECE, PIECE), "application/octet-stream")},
        )
        if not 200 <= answer.status < 300:
            expect_object(answer)

    def _settled(self, media: str, said: dict[str, Any], credentials: Credentials) -> None:
        ends = time.monotonic() + self.patience_seconds
        while True:
            info = said.get("processing_info")
            state = info.get("state") if isinstance(info, dict) else "succeeded"
            if state == "succeeded":
                return
            if state == "failed":
                error = info.get("error") if isinstance(info, dict) else None
                message = (
                    str(error.get("message") or error.get("name") or state) if isinstance(error, dict) else state
                )
                reason = N_("{network} could not prepare the film or picture and says: {message}")
                raise Rejected(
                    Reason(reason, {"network": self.label, "message": message[:200]}), network_said=message
                )
            if time.monotonic() > ends:
                raise Transient(
                    Reason(N_("{network} is still preparing the post."), {"network": self.label}),
                    until=self._now() + timedelta(seconds=30),
                )
            time.sleep(self.poll_seconds)
            said = self._state(media, credentials)

    def _state(self, media: str, credentials: Credentials) -> dict[str, Any]:
        params = [("command", "STATUS"), ("media_id", media)]
        found: dict[str, Any] = expect_object(
            self._ask("GET", "media/upload", credentials, params=params), data=dict
        )["data"]
        return found

    def _describe(self, media: str, alt_text: str, name: str, draft: Draft, credentials: Credentials) -> None:
        if not alt_text or draft.progress.get(f"{name} described") == media:
            return
        body = {"id": media, "metadata": {"alt_text": {"text": alt_text}}}
        answer = self._ask("POST", "media/metadata", credentials, json=body)
        if not 200 <= answer.status < 300:
            expect_object(answer)
        draft.progress.keep(f"{name} described", media)

    def _kept(self, draft: Draft, name: str) -> str | None:
        """What an earlier try uploaded under this name, while X still has it."""
        media, _, ends = (draft.progress.get(name) or "").partition(" ")
        return media if media and self._now() < datetime.fromtimestamp(int(ends), UTC) - _MARGIN else None

    def _keep(self, draft: Draft, name: str, made: dict[str, Any]) -> str:
        media, seconds = made.get("id"), made.get("expires_after_secs")
        if not isinstance(media, str) or not media.isalnum():
            raise Transient(Reason(N_("{server} gave an answer we cannot read."), {"server": self.label}))
        life = seconds if type(seconds) is int and 0 < seconds < 10_000_000 else 3600
        draft.progress.keep(name, f"{media} {int(self._now().timestamp()) + life}")
        return media


def moves(image: Image) -> bool:
    """Whether a GIF has more than one frame: each is announced by a block of its own (GIF89a, 23)."""
    return image.frames > 1 or (image.mime == "image/gif" and image.data.count(b"\x21\xf9\x04") > 1)


def _reader(data: bytes) -> Callable[[int, int], bytes]:
    return lambda start, size: data[start : start + size]
