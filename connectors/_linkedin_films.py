"""Films on their way to LinkedIn: in the pieces it asks for, each kept once it has arrived, then put together.

Facts: learn.microsoft.com, LinkedIn, Videos API (MP4 of 75 KB to 500 MB and 3 seconds to 30 minutes; pieces of 4 MB, each
answered with an ETag that the call to finalize names), read November 2026. Whether LinkedIn is done with a film cannot be
looked at with the permission to write: the post is asked for until it is taken. The address of a piece is good for that
piece of that film alone, and not for long; it is kept until the film is whole, since nothing else lets a try be taken up.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors._answers import body_of, expect_object, failure, what_was_said
from connectors._errors import N_, Reason, Transient
from connectors._http import Flow
from connectors._linkedin_accounts import LinkedInAccounts
from connectors._values import Credentials, Draft, Video

_BEGUN, _WHOLE = "film upload", "film"
_MARGIN = timedelta(minutes=10)
_LIFE = timedelta(hours=1)
_MOST_PIECES = 2000


@dataclass(frozen=True, slots=True)
class _Upload:
    """A film that LinkedIn waits for. ``pieces`` are each an address, its first byte and how many go there."""

    urn: str
    token: str
    ends: int
    pieces: list[tuple[str, int, int]]


class LinkedInFilms(LinkedInAccounts):
    """The part of the connector that sends films."""

    @abstractmethod
    def _is_linkedins(self, url: str) -> bool:
        """Whether the token may go to this address."""

    def _film(self, video: Video, draft: Draft, credentials: Credentials) -> dict[str, str]:
        """What shows a film in a post; sent from where an earlier try stood. Raises: Transient."""
        urn = draft.progress.get(_WHOLE) or self._sent_whole(video, draft, credentials)
        return {"id": urn, **({"altText": video.alt_text} if video.alt_text else {})}

    def _sent_whole(self, video: Video, draft: Draft, credentials: Credentials) -> str:
        upload = self._taken_up(draft)
        is_earlier = upload is not None
        if upload is None:
            upload = self._begin(video, draft, credentials)
        etags = []
        for number, piece in enumerate(upload.pieces):
            name = f"film piece {number} of {upload.urn}"
            etag = draft.progress.get(name)
            if not etag:
                etag = self._send_piece(piece, video, draft, credentials, is_earlier=is_earlier)
                draft.progress.keep(name, etag)
            etags.append(etag)
        asked = {"video": upload.urn, "uploadToken": upload.token, "uploadedPartIds": etags}
        answer = self._ask("POST", "videos?action=finalizeUpload", credentials, json={"finalizeUploadRequest": asked})
        if not 200 <= answer.status < 300 or answer.body.lstrip().startswith(b"<"):
            forget_film(draft)
            if is_earlier and 400 <= answer.status < 500 and body_of(answer):
                # Perhaps it was put together when the earlier try was cut off, and its answer lost.
                raise sent_anew(what_was_said(answer))
            raise failure(answer)
        draft.progress.keep(_WHOLE, upload.urn)
        draft.progress.keep(_BEGUN, "")
        return upload.urn

    def _taken_up(self, draft: Draft) -> _Upload | None:
        """The upload that an earlier try began, while its addresses are good."""
        kept = json.loads(draft.progress.get(_BEGUN) or "{}")
        if not kept or self._now() > datetime.fromtimestamp(kept["ends"], UTC) - _MARGIN:
            return None
        return _Upload(kept["urn"], kept["token"], kept["ends"], [tuple(one) for one in kept["pieces"]])

    def _begin(self, video: Video, draft: Draft, credentials: Credentials) -> _Upload:
        owner = f"urn:li:person:{credentials.remote_id}"
        about = {"owner": owner, "fileSizeBytes": video.size, "uploadCaptions": False, "uploadThumbnail": False}
        asked = {"initializeUploadRequest": about}
        answer = self._ask("POST", "videos?action=initializeUpload", credentials, json=asked)
        upload = _read(expect_object(answer, value=dict)["value"], video.size, self._now())
        if upload is None:
            raise failure(answer)
        kept = {"urn": upload.urn, "token": upload.token, "ends": upload.ends, "pieces": upload.pieces}
        draft.progress.keep(_BEGUN, json.dumps(kept))
        return upload

    def _send_piece(
        self, piece: tuple[str, int, int], video: Video, draft: Draft, credentials: Credentials, *, is_earlier: bool
    ) -> str:
        url, first, size = piece
        sent = self._http.send(
            "PUT",
            url,
            token=credentials.access_token if self._is_linkedins(url) else None,
            headers={"Content-Type": "application/octet-stream"},
            data=Flow(lambda start, wanted: video.read(first + start, wanted), size),
        )
        self._raise_for(sent)
        etag = sent.headers.get("etag", "")
        if 200 <= sent.status < 300 and etag:
            return etag
        if is_earlier and 400 <= sent.status < 500 and body_of(sent):
            forget_film(draft)
            raise sent_anew(what_was_said(sent))
        raise failure(sent)


def forget_film(draft: Draft) -> None:
    """The next try sends the film from its beginning."""
    for name in (_BEGUN, _WHOLE):
        if draft.progress.get(name):
            draft.progress.keep(name, "")


def sent_anew(said: str) -> Transient:
    """The error that lets the next try send what LinkedIn lost."""
    return Transient(Reason(N_("LinkedIn could not use a picture or film. We send it anew.")), network_said=said)


def _read(value: dict[str, Any], size: int, now: datetime) -> _Upload | None:
    """What LinkedIn wants of a film of this size; ``None`` where its pieces are not the film from end to end."""
    urn, token, ends = value.get("video"), value.get("uploadToken") or "", value.get("uploadUrlsExpireAt")
    wanted = value.get("uploadInstructions")
    if not (isinstance(urn, str) and urn and isinstance(token, str) and isinstance(wanted, list)):
        return None
    pieces: list[tuple[str, int, int]] = []
    reached = 0
    for one in wanted[:_MOST_PIECES]:
        found = one if isinstance(one, dict) else {}
        url, first, last = found.get("uploadUrl"), found.get("firstByte"), found.get("lastByte")
        if not (isinstance(url, str) and first == reached and type(last) is int and last >= reached):
            return None
        pieces.append((url, reached, last - reached + 1))
        reached = last + 1
    known = isinstance(ends, int) and 0 < ends < 32_503_680_000_000
    life = int(ends) // 1000 if known and ends else int((now + _LIFE).timestamp())
    return _Upload(urn, token, life, pieces) if reached == size else None
