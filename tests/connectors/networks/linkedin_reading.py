"""LinkedIn as the contract meets it for one of the few companies whose app may read its members' posts and how many follow them."""

from __future__ import annotations

from dataclasses import replace

from connectors import Credentials
from tests.connectors.networks.linkedin import LinkedInNetwork

SCOPES = "openid profile w_member_social r_member_social r_member_profileAnalytics"


class LinkedInReadingNetwork(LinkedInNetwork):
    sign_in_by = "with reading"
    finds = True
    tells_followers = True

    def sign_in(self) -> Credentials:
        made = super().sign_in()
        token = self.server.token_for("ada", SCOPES)
        return replace(made, access_token=token, extra={"scope": SCOPES})
