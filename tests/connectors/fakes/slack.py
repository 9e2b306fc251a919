"""Slack's incoming webhooks: plain-text answers, and a refusal of what Block Kit does not take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.connectors.fakes.server import FakeServer, Request, Response, route

KNOWN_BLOCKS = {"rich_text", "section", "context", "divider", "header", "image", "actions"}


class FakeSlack(FakeServer):
    """One workspace. `hooks` maps a webhook's path to its state: open, archived, or gone when it is missing."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)  # type: ignore[arg-type]
        self.messages: list[dict[str, Any]] = []
        self.hooks = {"/services/T0ADA/B0MARKETING/aBcDeFgHiJkLmNoPqRsTuVwX": "open"}

    @property
    def address(self) -> str:
        """What a person copies."""
        return f"{self.base_url}{next(iter(self.hooks))}"

    @route("POST", r"/services/.*")
    def _post(self, request: Request) -> Response:
        state = self.hooks.get(request.path)
        if state is None:
            return Response(404, "no_service")
        if state == "archived":
            return Response(410, "channel_is_archived")
        if not request.headers.get("content-type", "").startswith("application/json"):
            return Response(400, "invalid_payload")
        body = request.json
        if not body.get("text") and not body.get("blocks"):
            return Response(400, "no_text")
        if not _fits(body.get("blocks", [])):
            return Response(400, "invalid_blocks")
        self.messages.append(body)
        return Response(200, "ok")

    def shown(self, number: int = -1) -> str:
        """The words of a message as a reader sees them."""
        return "\n".join(_read(block) for block in self.messages[number]["blocks"])


def _fits(blocks: list[dict[str, Any]]) -> bool:
    if len(blocks) > 50:
        return False
    for block in blocks:
        if block["type"] not in KNOWN_BLOCKS or ("elements" in block and not block["elements"]):
            return False
        for element in block.get("elements", []):
            pieces = element.get("elements", [element])
            if not pieces or any(not piece.get("text", piece.get("url")) for piece in pieces):
                return False
            if any(piece["type"] == "link" and not piece["url"].startswith("http") for piece in pieces):
                return False
            if sum(len(piece.get("text", "")) for piece in pieces) > 4000:
                return False
    return True


def _read(block: dict[str, Any]) -> str:
    """Rich text is shown as it stands; a link without words shows its address."""
    return "".join(
        piece.get("text") or piece["url"]
        for element in block["elements"]
        for piece in element.get("elements", [element])
    )
