"""Discord as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials
from tests.connectors.fakes.discord import FakeDiscord, error
from tests.connectors.fakes.server import Response
from tests.connectors.network import ChannelNetwork


class DiscordNetwork(ChannelNetwork):
    name = "discord"
    permalinks = "https://discord.com/channels/"
    publishing = r"POST /api/webhooks/\d+/"
    deletes = True
    has_permalinks = True
    rate_headers = ("Retry-After", "X-RateLimit-Reset-After")
    shows_deletion = False
    films = filming_publishes = True
    filming = publishing
    prepares_films = False

    def _fake(self) -> FakeDiscord:
        self.server = FakeDiscord(self.clock).start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {"DISCORD_WEBHOOK_ORIGIN": self.server.base_url}

    def sign_in(self) -> Credentials:
        return self.registry.webhook("discord").connect(self.server.address, "#ada")

    def film_shown(self) -> tuple[bytes, str]:
        [(number, message)] = self.server.messages.items()
        return self.server.films[number], message["attachments"][0]["description"]

    def posts(self) -> int:
        return len(self.server.messages)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(404, error(10015, "Unknown Webhook")),
            "scope": Response(401, error(50027, "Invalid Webhook Token")),
            "forbidden": Response(400, error(240000, "Message blocked by harmful links filter")),
            "too large": Response(413, error(40005, "Request entity too large")),
            "invalid": Response(400, error(50035, "Invalid Form Body", errors={})),
        }
