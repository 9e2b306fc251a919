"""Slack as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials
from tests.connectors.fakes.server import Response
from tests.connectors.fakes.slack import FakeSlack
from tests.connectors.network import ChannelNetwork


class SlackNetwork(ChannelNetwork):
    name = "slack"
    publishing = "POST /services/"

    def _fake(self) -> FakeSlack:
        self.server = FakeSlack(self.clock).start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {"SLACK_WEBHOOK_ORIGIN": self.server.base_url}

    def sign_in(self) -> Credentials:
        return self.registry.webhook("slack").connect(self.server.address, "#ada")

    def posts(self) -> int:
        return len(self.server.messages)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(404, "no_service"),
            "scope": Response(403, "action_prohibited"),
            "forbidden": Response(403, "posting_to_general_channel_denied"),
            "too large": Response(400, "msg_blocks_too_long"),
            "invalid": Response(400, "invalid_payload"),
        }
