"""Slack: a channel's incoming webhook. It answers ``ok`` and nothing else, so a post can never be found again.

Facts: docs.slack.dev, sending messages using incoming webhooks, and the Block Kit reference (November 2026). Words go
as rich text, whose pieces are shown as they are: in ``mrkdwn`` a ``*`` of the person's would become bold type.
"""

from __future__ import annotations

import re
from typing import Any

from connectors._answers import refused
from connectors._errors import N_
from connectors._set_up import SetUp
from connectors._text import pieces_of, shortened
from connectors._values import Card, Credentials, Draft, Limits, Receipt, Unit
from connectors._webhooks import WebhookConnector

_DEAD = {
    "invalid_token",
    "no_service",
    "no_team",
    "no_active_hooks",
    "team_disabled",
    "channel_not_found",
    "channel_is_archived",
    "action_prohibited",
    "user_not_found",
}
_REFUSED = {
    "invalid_payload",
    "invalid_blocks",
    "invalid_blocks_format",
    "no_text",
    "too_many_attachments",
    "msg_blocks_too_long",
    "posting_to_general_channel_denied",
}


class Slack(WebhookConnector):
    """A channel in a Slack workspace."""

    name = network = icon = "slack"
    label = "Slack"
    may_read = ("SLACK_WEBHOOK_ORIGIN",)
    limits = Limits(3000, unit=Unit.UTF16)
    card_carries_link = True
    host = re.compile(r"hooks\.slack(?:-gov)?\.com")
    path = re.compile(r"/services/(?P<id>T[A-Z0-9]{2,20}/B[A-Z0-9]{2,20})/(?P<secret>[A-Za-z0-9]{8,64})")
    example = "https://hooks.slack.com/services/T…/B…/…"
    set_up = SetUp(
        steps=(
            N_("Nothing is set here. Whoever wants to share to a channel makes an incoming webhook for it."),
            N_("In Slack, make an app (From scratch), switch on Incoming Webhooks, and add one for the channel."),
            N_(
                "Copy the webhook's address and paste it here: under My networks for yourself, or under Channels for several people."
            ),
        ),
        console="https://api.slack.com/apps",
        costs=N_("It costs nothing. A workspace may want an administrator of Slack to approve the app."),
    )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Post once: Slack offers no device against a second time."""
        self.check(draft)
        answer = self._post(credentials, self._body(draft))
        said = answer.body[:100].decode("utf-8", "replace").strip()
        if answer.status == 200 and said == "ok":
            return Receipt(draft.key, "", self._now())
        if answer.status < 500 and said in _DEAD:
            raise self.reconnect(said)
        if answer.status < 500 and said in _REFUSED:
            raise refused(answer)
        raise self._refusal(answer)

    def _body(self, draft: Draft) -> dict[str, Any]:
        text = self.wording_of(draft)
        shown = [_section(_written(text))] if text.strip() else []
        blocks: list[dict[str, Any]] = [{"type": "rich_text", "elements": shown}] if shown else []
        if draft.card:
            blocks.append({"type": "rich_text", "elements": [_section(_drawn(draft.card, draft.link))]})
        if draft.author:
            byline = {"type": "plain_text", "text": f"— {draft.author}"[:2000], "emoji": False}
            blocks.append({"type": "context", "elements": [byline]})
        # The text is for notifications alone. Previews are switched off: ours is there already, and fetching
        # them would count as visits.
        return {"text": escaped(text), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def escaped(text: str) -> str:
    """``text`` for a field in which Slack reads control sequences (docs.slack.dev, formatting message text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(elements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": elements}


def _written(text: str) -> list[dict[str, Any]]:
    return [
        {"type": "link", "url": piece} if is_url else {"type": "text", "text": piece}
        for piece, is_url in pieces_of(text)
    ]


def _drawn(card: Card, link: str | None) -> list[dict[str, Any]]:
    title = {"type": "link", "url": link or card.url, "text": card.title or card.url, "style": {"bold": True}}
    more = [{"type": "text", "text": f"\n{shortened(card.description, 300)}"}] if card.description else []
    return [title, *more]
