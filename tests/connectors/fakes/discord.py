"""Discord's webhooks: numbered errors, a message's id only for those who wait, and limits as the documentation has them."""

from __future__ import annotations

import json
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
        self.films: dict[str, bytes] = {}
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
        body, film = self._parts(request)
        if len(film) > 10 * 1024 * 1024:
            return Response(413, error(40005, "Request entity too large"))
        name = body.get("username", "")
        wrong = {
            "content": len(body.get("content", "")) > 2000,
            "embeds": any(
                len(one.get("title", "")) > 256 or len(one.get("description", "")) > 4096
                for one in body.get("embeds", [])
            ),
            "attachments": bool(film) != bool(body.get("attachments"))
            or any(one["id"] != 0 or len(one.get("description", "")) > 1024 for one in body.get("attachments", [])),
            "username": len(name) > 80 or "discord" in name.lower() or "clyde" in name.lower(),
        }
        if any(wrong.values()):
            found = {
                name: {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH"}]} for name, is_wrong in wrong.items() if is_wrong
            }
            return Response(400, error(50035, "Invalid Form Body", errors=found))
        if not body.get("content") and not body.get("embeds") and not film:
            return Response(400, error(50006, "Cannot send an empty message"))
        number = str(4031234567890123456 + len(self.requests))
        self.messages[number] = body
        self.films[number] = film
        if request.args("wait") != ["true"]:
            return Response(204, b"")
        sent = {
            "id": number,
            "channel_id": CHANNEL,
            "timestamp": self.clock().isoformat(),
            "content": body["content"],
        }
        return Response(200, sent)

    @staticmethod
    def _parts(request: Request) -> tuple[dict[str, Any], bytes]:
        """The message, and the file that goes along."""
        kind = request.headers["content-type"]
        if not kind.startswith("multipart/form-data"):
            return request.json, b""
        found: dict[str, bytes] = {}
        boundary = kind.split("boundary=")[1].encode()
        for part in request.body.split(b"--" + boundary)[1:-1]:
            head, _, data = part.partition(b"\r\n\r\n")
            found[head.split(b'name="')[1].split(b'"')[0].decode()] = data.removesuffix(b"\r\n")
        return json.loads(found["payload_json"]), found["files[0]"]

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
