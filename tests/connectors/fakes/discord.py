"""Discord's webhooks: numbered errors, a message's id only for those who wait, and limits as the documentation has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.connectors.fakes.server import FakeServer, Request, Response, route

HOOK, TOKEN = "1031234567890123456", "aB3-_" * 13 + "xyz"
GUILD, CHANNEL = "2031234567890123456", "3031234567890123456"


def error(code: int, message: str, **more: Any) -> dict[str, Any]:
    return {"message": message, "code": code, **more}


class FakeDiscord(FakeServer):
    """One webhook; `is_there` until somebody deletes it."""

    def __init__(self, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(clock)  # type: ignore[arg-type]
        self.messages: dict[str, dict[str, Any]] = {}
        self.is_there = True

    @property
    def address(self) -> str:
        """What a person copies."""
        return f"{self.base_url}/api/webhooks/{HOOK}/{TOKEN}"

    @route("GET", r"/api/webhooks/(?P<hook>\d+)/(?P<token>[^/]+)")
    def _tell(self, request: Request, hook: str, token: str) -> Response:
        return self._no_hook(hook, token) or Response(
            200,
            {"id": hook, "type": 1, "guild_id": GUILD, "channel_id": CHANNEL, "name": "Ada's hook", "token": token},
        )

    @route("POST", r"/api/webhooks/(?P<hook>\d+)/(?P<token>[^/]+)")
    def _post(self, request: Request, hook: str, token: str) -> Response:
        refusal = self._no_hook(hook, token)
        if refusal:
            return refusal
        body = request.json
        name = body.get("username", "")
        wrong = {
            "content": len(body.get("content", "")) > 2000,
            "embeds": any(
                len(one.get("title", "")) > 256 or len(one.get("description", "")) > 4096
                for one in body.get("embeds", [])
            ),
            "username": len(name) > 80 or "discord" in name.lower() or "clyde" in name.lower(),
        }
        if any(wrong.values()):
            found = {
                name: {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH"}]} for name, is_wrong in wrong.items() if is_wrong
            }
            return Response(400, error(50035, "Invalid Form Body", errors=found))
        if not body.get("content") and not body.get("embeds"):
            return Response(400, error(50006, "Cannot send an empty message"))
        number = str(4031234567890123456 + len(self.requests))
        self.messages[number] = body
        if request.args("wait") != ["true"]:
            return Response(204, b"")
        sent = {
            "id": number,
            "channel_id": CHANNEL,
            "timestamp": self.clock().isoformat(),
            "content": body["content"],
        }
        return Response(200, sent)

    @route("DELETE", r"/api/webhooks/(?P<hook>\d+)/(?P<token>[^/]+)/messages/(?P<message>\d+)")
    def _delete(self, request: Request, hook: str, token: str, message: str) -> Response:
        refusal = self._no_hook(hook, token)
        if refusal:
            return refusal
        if self.messages.pop(message, None) is None:
            return Response(404, error(10008, "Unknown Message"))
        return Response(204, b"")

    def _no_hook(self, hook: str, token: str) -> Response | None:
        if not self.is_there or hook != HOOK:
            return Response(404, error(10015, "Unknown Webhook"))
        return None if token == TOKEN else Response(401, error(50027, "Invalid Webhook Token"))

    def no_such_route(self, request: Request) -> Response:
        return Response(404, error(0, "404: Not Found"))
