"""A Teams workflow: takes an adaptive card at its signed address, and answers 202 with nothing in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.connectors.fakes.server import FakeServer, Request, Response, route

FLOW = "/powerautomate/automations/direct/workflows/0123456789abcdef0123456789abcdef"
SIGNATURE = "xwP8DXZEU8SsGOtGSxss6jGPScAfmngT_4-bnOr4gk4"
MOST_BYTES = 28_000


def error(code: str, message: str = "The request was refused.") -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


class FakeTeams(FakeServer):
    """One flow. `state` is on, off or gone; `signature` may be made anew."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)  # type: ignore[arg-type]
        self.cards: list[dict[str, Any]] = []
        self.state, self.signature = "on", SIGNATURE

    @property
    def address(self) -> str:
        """What a person copies."""
        query = f"api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
        return f"{self.base_url}{FLOW}/triggers/manual/paths/invoke?{query}"

    @route("POST", rf"{FLOW}/triggers/manual/paths/invoke")
    def _run(self, request: Request) -> Response:
        if self.state == "gone":
            return Response(404, error("WorkflowNotFound"))
        if request.args("sig") != [self.signature] or "sp=%2Ftriggers%2Fmanual%2Frun" not in request.target:
            return Response(401, error("DirectApiAuthorizationRequired"))
        if self.state == "off":
            return Response(400, error("WorkflowTriggerIsNotEnabled"))
        if len(request.body) > MOST_BYTES:
            return Response(413, error("RequestEntityTooLarge"))
        body = request.json
        if body.get("type") != "message" or [one["contentType"] for one in body["attachments"]] != [
            "application/vnd.microsoft.card.adaptive"
        ]:
            return Response(400, error("TriggerInputSchemaMismatch"))
        card = body["attachments"][0]["content"]
        if card["type"] != "AdaptiveCard" or not card["body"] or not all(map(_is_block, card["body"])):
            return Response(400, error("InvalidCard"))
        self.cards.append(card)
        return Response(202, b"")

    def shown(self, number: int = -1) -> str:
        """The words of a card as a reader sees them."""
        blocks = self.cards[number]["body"]
        return "\n".join("".join(run["text"] for run in block["inlines"]).strip(" ") for block in blocks)


def _is_block(block: dict[str, Any]) -> bool:
    if block["type"] != "RichTextBlock" or not block["inlines"]:
        return False
    return all(run["type"] == "TextRun" and run["text"] and "\n" not in run["text"] for run in block["inlines"])
