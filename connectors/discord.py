"""Discord: a channel's webhook. It gives each message an id, so that a post can be opened and deleted.

Facts: docs.discord.com/developers, webhook resource, "Uploading Files" (10 MiB a file unless the server is boosted), rate
limits and opcodes (November 2026). A film goes along in the same request as its words. ``nonce`` with
``enforce_nonce`` is only for messages of bots: executing a webhook takes neither, so there is no device.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from connectors._answers import body_of, expect_object, moment_of, refused, what_was_said
from connectors._errors import N_, ConnectorError
from connectors._http import Answer, Flow
from connectors._set_up import SetUp
from connectors._text import shortened, with_backslashes
from connectors._values import Card, Credentials, Draft, Limits, Receipt, Unit, Video
from connectors._webhooks import WebhookConnector

_UNKNOWN_WEBHOOK, _INVALID_TOKEN, _MISSING_PERMISSIONS, _UNKNOWN_MESSAGE = 10015, 50027, 50013, 10008
_DEAD = {_UNKNOWN_WEBHOOK, _INVALID_TOKEN, _MISSING_PERMISSIONS, 10003}
_NOT_A_NAME = re.compile("discord|clyde", re.IGNORECASE)
_SHORT_NAME = 80


class Discord(WebhookConnector):
    """A channel on a Discord server."""

    name = network = icon = "discord"
    label = "Discord"
    may_read = ("DISCORD_WEBHOOK_ORIGIN",)
    limits = Limits(
        2000, unit=Unit.UTF16, backslashes=True, max_videos=1, video_bytes=10_000_000, video_alt_length=1024
    )
    card_carries_link = True
    host = re.compile(r"(?:(?:ptb|canary)\.)?discord(?:app)?\.com")
    path = re.compile(r"/api/(?:v\d{1,2}/)?webhooks/(?P<id>\d{15,21})/(?P<secret>[A-Za-z0-9_-]{40,100})")
    example = "https://discord.com/api/webhooks/…/…"
    set_up = SetUp(
        steps=(
            N_("Nothing is set here. Whoever wants to share to a channel makes a webhook for it."),
            N_("In Discord, open the channel's settings, then Integrations, then Webhooks, and make one."),
            N_(
                "Copy the webhook's address and paste it here: under My networks for yourself, or under Channels for several people."
            ),
        ),
        costs=N_("It costs nothing. Making webhooks takes the permission to manage them."),
    )

    def connect(self, address: str, name: str) -> Credentials:
        """As for any webhook, and Discord is asked whether it knows this one.

        Raises: Rejected when it does not.
        """
        made = super().connect(address, name)
        answer = self._ask("GET", made)
        if _code(answer) in _DEAD:
            raise self._no_such_address()
        try:
            found = expect_object(answer, id=str, channel_id=str)
        except ConnectorError as error:
            raise self._refusal(answer) from error
        called = made.handle or shortened(str(found.get("name") or ""), _SHORT_NAME)
        return replace(made, handle=called, extra={"guild": str(found.get("guild_id") or "@me")})

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Post once, and wait for the message's id: Discord offers no device against a second time."""
        self.check(draft)
        sent = self._with_film(draft.video, self._body(draft)) if draft.video else {"body": self._body(draft)}
        answer = self._ask("POST", credentials, query="wait=true", **sent)
        self._raise_for(answer)
        made = expect_object(answer, id=str, channel_id=str)
        guild = credentials.extra.get("guild") or "@me"
        return Receipt(
            made["id"],
            f"https://discord.com/channels/{guild}/{made['channel_id']}/{made['id']}",
            moment_of(made.get("timestamp")) or self._now(),
        )

    def delete(self, remote_id: str, credentials: Credentials) -> None:
        """Delete the message."""
        answer = self._ask("DELETE", credentials, under=f"/messages/{remote_id}")
        if answer.status == 204 or _code(answer) == _UNKNOWN_MESSAGE:
            return
        self._raise_for(answer)
        raise self._refusal(answer)

    def _raise_for(self, answer: Answer) -> None:
        if _code(answer) in _DEAD:
            raise self.reconnect(what_was_said(answer))
        if answer.status in (401, 403) and body_of(answer):
            raise self._refusal(answer)
        if answer.status == 400 and body_of(answer):
            raise refused(answer)
        if not 200 <= answer.status < 300:
            raise self._refusal(answer)

    @staticmethod
    def _with_film(video: Video, body: dict[str, Any]) -> dict[str, Any]:
        """What is sent where a film goes along: the message is a field of a form, and the film its file."""
        name = f"film.{video.mime.split('/')[-1]}"
        about = {"id": 0, "filename": name, **({"description": video.alt_text} if video.alt_text else {})}
        fields = {"payload_json": json.dumps({**body, "attachments": [about]})}
        data, headers = Flow.form(fields, "files[0]", name, video.mime, video.read, video.size)
        return {"data": data, "headers": headers}

    def _body(self, draft: Draft) -> dict[str, Any]:
        called = shortened(" ".join(draft.author.split()), _SHORT_NAME)
        return {
            "content": with_backslashes(self.wording_of(draft)),
            # Nobody is called by a share, whatever stands in its words.
            "allowed_mentions": {"parse": []},
            **({"embeds": [_embed(draft.card, draft.link)]} if draft.card and not draft.video else {}),
            **({"username": called} if called and not _NOT_A_NAME.search(called) else {}),
        }


def _embed(card: Card, link: str | None) -> dict[str, str]:
    return {
        "title": shortened(card.title or card.url, 256),
        "description": shortened(card.description, 1000),
        "url": link or card.url,
    }


def _code(answer: Answer) -> int | None:
    code = body_of(answer).get("code")
    return code if type(code) is int else None
