"""Pictures and films on their way to Mastodon; a film's id is kept, so that it is sent once however often we try.

Facts: docs.joinmastodon.org/methods/media, and the server's source (a file that nothing shows is cleared away after a
day: Vacuum::MediaAttachmentsVacuum), as of November 2026.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from connectors._answers import body_of, expect_object, what_was_said
from connectors._errors import N_, Reason, Rejected, Transient
from connectors._http import Answer, Flow
from connectors._mastodon_accounts import MastodonAccounts
from connectors._values import Credentials, Draft, Image, Video

_KEPT = timedelta(hours=20)
_FILM, _READY = "film", "film ready"


class MastodonMedia(MastodonAccounts):
    """The part of the connector that uploads."""

    poll_seconds = 1.0
    patience_seconds = 30.0

    def _media(self, draft: Draft, credentials: Credentials) -> list[str]:
        """The ids of what the draft shows, each ready to be shown."""
        if draft.video:
            return [self._film(draft.video, draft, credentials)]
        return [self._upload(image, credentials) for image in draft.images]

    def _upload(self, image: Image, credentials: Credentials) -> str:
        """Send a picture, wait until the server has prepared it, and return its id."""
        answer = self._ask(
            "POST",
            "/api/v2/media",
            credentials,
            data={"description": image.alt_text} if image.alt_text else None,
            files={"file": (f"picture.{image.mime.split('/')[-1]}", image.data, image.mime)},
        )
        media: str = expect_object(answer, id=str)["id"]
        self._settled(media, answer, credentials)
        return media

    def _film(self, video: Video, draft: Draft, credentials: Credentials) -> str:
        """Send a film, or take up the one that an earlier try sent. Raises: Transient while it is prepared."""
        media, _, sent = (draft.progress.get(_FILM) or "").partition(" ")
        fresh = media and self._now() < datetime.fromtimestamp(int(sent), UTC) + _KEPT
        if fresh and draft.progress.get(_READY) == media:
            # Not asked for again: once a post shows it, the server tells nothing of it any more.
            return media
        answer = self._ask("GET", f"/api/v1/media/{media}", credentials) if fresh else None
        if answer is None or (answer.status == 404 and body_of(answer)):
            answer = self._sent(video, credentials)
            media = expect_object(answer, id=str)["id"]
            draft.progress.keep(_FILM, f"{media} {int(self._now().timestamp())}")
        self._settled(media, answer, credentials)
        draft.progress.keep(_READY, media)
        return media

    def _sent(self, video: Video, credentials: Credentials) -> Answer:
        fields = {"description": video.alt_text} if video.alt_text else {}
        name = f"film.{video.mime.split('/')[-1]}"
        body, headers = Flow.form(fields, "file", name, video.mime, video.read, video.size)
        return self._ask("POST", "/api/v2/media", credentials, data=body, headers=headers)

    def _settled(self, media: str, answer: Answer, credentials: Credentials) -> None:
        """Wait until the server has prepared it. Raises: Transient when that takes long; Rejected when it cannot."""
        ends = time.monotonic() + self.patience_seconds
        while answer.status != 200:
            if answer.status == 422:
                said = what_was_said(answer)
                reason = N_("{network} could not prepare the film or picture and says: {message}")
                raise Rejected(Reason(reason, {"network": self.label, "message": said}), network_said=said)
            expect_object(answer, id=str)
            if time.monotonic() > ends:
                raise still_preparing(until=self._now() + timedelta(seconds=30))
            time.sleep(self.poll_seconds)
            answer = self._ask("GET", f"/api/v1/media/{media}", credentials)
        expect_object(answer, id=str)


def still_preparing(said: str = "", until: datetime | None = None) -> Transient:
    return Transient(Reason(N_("The server is still preparing the picture or film.")), network_said=said, until=until)
