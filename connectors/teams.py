"""Microsoft Teams: a channel's workflow that starts with "When a Teams webhook request is received".

Facts: learn.microsoft.com, webhooks and connectors, and the Adaptive Cards reference (November 2026). The older Office
365 connectors (webhook.office.com) have been switched off. An answer of 202 says that the workflow took the request,
not that the card is in the channel.
"""

from __future__ import annotations

import re
from typing import Any

from connectors._answers import body_of, what_was_said
from connectors._errors import N_
from connectors._http import Answer
from connectors._set_up import SetUp
from connectors._text import pieces_of, shortened
from connectors._values import Card, Credentials, Draft, Limits, Receipt, Unit
from connectors._webhooks import WebhookConnector

_GONE = {"WorkflowNotFound", "WorkflowTriggerIsNotEnabled", "WorkflowDisabled", "TriggerNotEnabled"}


class Teams(WebhookConnector):
    """A channel in Microsoft Teams."""

    name = network = icon = "teams"
    label = "Microsoft Teams"
    may_read = ("TEAMS_WEBHOOK_ORIGIN",)
    # The whole message may take 28 kB, and JSON writes any letter that is not ASCII in six bytes.
    limits = Limits(3500, unit=Unit.UTF16)
    card_carries_link = True
    host = re.compile(
        r"[a-z0-9-]+(?:\.[a-z0-9-]+)?\.environment\.api\.(?:powerplatform\.com|gov\.powerplatform\.microsoft\.us)"
        r"|[a-z0-9-]+\.[a-z0-9-]+\.logic\.azure\.(?:com|us)"
    )
    path = re.compile(
        r"(?:/powerautomate/automations/direct(?:/[a-z0-9]+){0,3})?/workflows/(?P<id>[0-9a-f]{32})"
        r"/triggers/[A-Za-z0-9_-]{1,80}/paths/invoke\?(?:[A-Za-z0-9._~%+-]+=[A-Za-z0-9._~%+-]*&)*"
        r"sig=(?P<secret>[A-Za-z0-9._~%+-]{20,100})(?:&[A-Za-z0-9._~%+=-]*)*"
    )
    example = "https://….environment.api.powerplatform.com/…/workflows/…?…&sig=…"
    set_up = SetUp(
        steps=(
            N_("Nothing is set here. Whoever wants to share to a channel makes a workflow for it."),
            N_(
                "In Teams, open the channel's menu, then Workflows, and choose the one that posts when a webhook request is received."
            ),
            N_("Add a second owner to the workflow: it stops when its only owner leaves."),
            N_(
                "Copy the workflow's address and paste it here: under My networks for yourself, or under Channels for several people."
            ),
        ),
        costs=N_("It costs nothing beyond Microsoft 365. Teams tells us that it took a post, not that it shows it."),
    )

    def publish(self, draft: Draft, credentials: Credentials) -> Receipt:
        """Post once: Teams offers no device against a second time."""
        self.check(draft)
        answer = self._post(credentials, self._body(draft))
        if answer.status == 202 or (answer.status == 200 and not answer.body.strip()):
            return Receipt(draft.key, "", self._now())
        if 400 <= answer.status < 500 and answer.status != 429 and _is_gone(answer):
            raise self.reconnect(what_was_said(answer))
        raise self._refusal(answer)

    def _body(self, draft: Draft) -> dict[str, Any]:
        text = self.wording_of(draft)
        blocks = [_line(line) for line in text.split("\n")] if text.strip() else []
        if draft.card:
            blocks += _drawn(draft.card, draft.link)
        if draft.author:
            blocks.append(_block([{"type": "TextRun", "text": f"— {draft.author}", "isSubtle": True}]))
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": blocks,
            "msteams": {"width": "full"},
        }
        kind = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _is_gone(answer: Answer) -> bool:
    """Whether the workflow is gone or off, or its signature was made anew."""
    error = body_of(answer).get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code in _GONE or (isinstance(code, str) and answer.status in (401, 403, 404))


def _line(line: str) -> dict[str, Any]:
    """One line of words. Runs are shown as they are: in a TextBlock a ``*`` would become bold type."""
    return _block(
        [_linked(piece, piece) if is_url else _run(piece) for piece, is_url in pieces_of(line)] or [_run(" ")]
    )


def _drawn(card: Card, link: str | None) -> list[dict[str, Any]]:
    title = {**_linked(shortened(card.title or card.url, 300), link or card.url), "weight": "Bolder"}
    more = [_block([_run(shortened(card.description, 300))])] if card.description else []
    return [{**_block([title]), "separator": True, "spacing": "Medium"}, *more]


def _run(text: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": text}


def _linked(text: str, url: str) -> dict[str, Any]:
    return {**_run(text), "color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": url}}


def _block(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "None"}
