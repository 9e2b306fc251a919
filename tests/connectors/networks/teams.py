"""Teams as the contract meets it."""

from __future__ import annotations

from collections.abc import Mapping

from connectors import Credentials
from tests.connectors.fakes.server import Fault, Response
from tests.connectors.fakes.teams import FakeTeams, error
from tests.connectors.network import ChannelNetwork


class TeamsNetwork(ChannelNetwork):
    name = "teams"
    publishing = r"POST /powerautomate/.*/invoke"
    # The answer is empty: it cannot come in halves.
    faults = tuple(fault for fault in Fault if fault not in (Fault.HALF_BODY, Fault.HALF_JSON))

    def _fake(self) -> FakeTeams:
        self.server = FakeTeams(self.clock).start()
        return self.server

    def settings(self) -> Mapping[str, str]:
        return {"TEAMS_WEBHOOK_ORIGIN": self.server.base_url}

    def sign_in(self) -> Credentials:
        return self.registry.webhook("teams").connect(self.server.address, "#ada")

    def posts(self) -> int:
        return len(self.server.cards)

    def refusals(self) -> dict[str, Response]:
        return {
            "revoked": Response(404, error("WorkflowNotFound")),
            "scope": Response(401, error("DirectApiAuthorizationRequired")),
            "forbidden": Response(400, error("TriggerInputSchemaMismatch", "The body does not fit the schema.")),
            "too large": Response(413, error("RequestEntityTooLarge")),
            "invalid": Response(400, error("InvalidCard", "The card is not valid.")),
        }
