"""Facebook's accounts: a person's sign-in, the Pages that they look after, and the one of them that is connected.

Facts: developers.facebook.com/docs/pages-api (getting started), /docs/facebook-login (access tokens), September 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from connectors._answers import expect_object
from connectors._errors import N_, Reason, Rejected
from connectors._graph import CONSOLE, REVIEW, GraphConnector, error_in
from connectors._set_up import SetUp, Trial
from connectors._values import AppRegistration, Credentials, Identity, Offer

_PAGES_OFFERED = "100"
_NOT_OUR_APP = {1, 101}  # "Error validating client secret", "Error validating application"
_SCOPES = ("pages_show_list", "pages_manage_posts", "pages_read_engagement", "read_insights")


class FacebookAccounts(GraphConnector):
    """The half of the connector that signs people in."""

    label = "Facebook"
    reads = ("FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET")
    may_read = ("FACEBOOK_API_URL", "FACEBOOK_API_VERSION", "FACEBOOK_WEB_URL", "FACEBOOK_SCOPES")
    set_up = SetUp(
        steps=(
            N_("Make an app at Meta for your company, with the use case for managing everything on your Page."),
            N_("Under Facebook Login, add the address below to the valid redirect addresses."),
            N_(
                "Set FACEBOOK_CLIENT_ID and FACEBOOK_CLIENT_SECRET to the app's id and secret, and start the hub again."
            ),
            N_("Until Meta has reviewed the app, only people with a role in it can connect. Ask for the review."),
            N_("Films are fetched from this hub: for them it must be on the internet over https."),
        ),
        console=CONSOLE,
        scopes=_SCOPES,
        wants_redirect=True,
        costs=REVIEW,
    )

    def try_settings(self) -> Trial:
        """Ask for the app's own token: it opens nothing of anybody's, and is not kept."""
        client_id, secret = (self._settings[name] for name in self.reads)
        params = [("client_id", client_id), ("client_secret", secret), ("grant_type", "client_credentials")]
        answer = self._http.send("GET", self._url("oauth/access_token"), params=params, secrets=(secret,))
        if error_in(answer).get("code") in _NOT_OUR_APP:
            return Trial(
                False, Reason(N_("Facebook does not know the app, or not this secret. Compare both with its page."))
            )
        error = self._meaning(answer)
        if error is not None:
            raise error
        expect_object(answer, access_token=str)
        return Trial(True, Reason(N_("Facebook knows the app and accepts its secret.")))

    @property
    def authorize_page(self) -> str:
        return f"{self._web}/{self._version}/dialog/oauth"

    @property
    def scopes(self) -> str:
        return self._setting("FACEBOOK_SCOPES", ",".join(_SCOPES))

    def exchange(self, registration: AppRegistration, *, code: str, verifier: str) -> Credentials:  # noqa: ARG002
        """The person's own credentials of sixty days, good for nothing but to ask which Pages they look after."""
        secret = registration.client_secret
        app = [("client_id", registration.client_id), ("client_secret", secret)]
        asked = [*app, ("redirect_uri", registration.redirect_uri), ("code", code.removesuffix("#_"))]
        short = self._token(asked, code, secret)["access_token"]
        granted = self._token(
            [*app, ("grant_type", "fb_exchange_token"), ("fb_exchange_token", short)], short, secret
        )
        return Credentials(granted["access_token"], expires_at=self._ends_at(granted))

    def offers(self, credentials: Credentials) -> Sequence[Offer]:
        """The Pages on which the person may publish, each with credentials of its own.

        Raises: Rejected when there is none.
        """
        params = [("fields", "id,name,access_token,tasks,link"), ("limit", _PAGES_OFFERED)]
        answer = self._ask("GET", "me/accounts", credentials, params=params)
        pages = [page for page in expect_object(answer, data=list)["data"] if _may_publish(page)]
        if not pages:
            reason = N_(
                "There is no Facebook Page that you allowed us and may publish on. Nobody can publish to a personal "
                "profile: there, share by hand."
            )
            raise Rejected(Reason(reason))
        # A Page's token made from a token of sixty days does not end with it.
        return [
            Offer(
                replace(
                    credentials,
                    access_token=page["access_token"],
                    expires_at=None,
                    remote_id=who.remote_id,
                    handle=who.handle,
                ),
                who,
            )
            for page in pages
            for who in [_identity(page)]
        ]

    def identity(self, credentials: Credentials) -> Identity:
        """The Page (or, before one was chosen, the person) behind the token."""
        answer = self._ask("GET", "me", credentials, params=[("fields", "id,name,link")])
        return _identity(expect_object(answer, id=str, name=str))

    def _token(self, params: list[tuple[str, str]], *secrets: str) -> dict[str, Any]:
        answer = self._http.send("GET", self._url("oauth/access_token"), params=params, secrets=secrets)
        return self._granted(answer)

    @property
    def _api(self) -> str:
        return self._setting("FACEBOOK_API_URL", "https://graph.facebook.com")

    @property
    def _version(self) -> str:
        return self._setting("FACEBOOK_API_VERSION", "v26.0")  # September 2026; a version lives about two years

    @property
    def _web(self) -> str:
        return self._setting("FACEBOOK_WEB_URL", "https://www.facebook.com")


def _may_publish(page: Any) -> bool:
    return (
        isinstance(page, dict)
        and isinstance(page.get("access_token"), str)
        and "CREATE_CONTENT" in page.get("tasks", ["CREATE_CONTENT"])
    )


def _identity(page: dict[str, Any]) -> Identity:
    link = page.get("link")
    return Identity(str(page["id"]), str(page["name"]), str(page["name"]), link if isinstance(link, str) else None)
