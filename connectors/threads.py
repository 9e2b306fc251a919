"""Threads: any account, through an app that Meta has reviewed.

Facts: developers.facebook.com/documentation/threads (posts, long-lived tokens, insights, troubleshooting), September
2026.
"""

from __future__ import annotations

from collections.abc import Sequence

from connectors._containers import ContainerConnector, Steps
from connectors._errors import N_, Reason, Rejected
from connectors._graph import CONSOLE, REVIEW, insights_in
from connectors._long_lived import Grant
from connectors._set_up import SetUp
from connectors._text import URL
from connectors._values import Credentials, Draft, Figures, Identity, Image, Limits, Unit

_SCOPES = ("threads_basic", "threads_content_publish", "threads_manage_insights")
_MOST_LINKS = 5  # THREADS_API__LINK_LIMIT_EXCEEDED


class Threads(ContainerConnector):
    """Accounts on Threads."""

    name = network = icon = "threads"
    label = "Threads"
    reads = ("THREADS_CLIENT_ID", "THREADS_CLIENT_SECRET")
    may_read = ("THREADS_API_URL", "THREADS_API_VERSION", "THREADS_WEB_URL", "THREADS_SCOPES")
    post_address = r"https://(?:www\.)?threads\.(?:com|net)/@[^/?#]+/post/[A-Za-z0-9_-]+/?(?:\?.*)?"
    limits = Limits(
        500,
        unit=Unit.EMOJI_BYTES,
        max_images=20,
        image_bytes=8_000_000,
        image_mimes=("image/jpeg", "image/png"),
        image_width=(320, 1440),
        image_shape=(1 / 10, 10.0),
        alt_length=1000,
        max_videos=1,
        video_bytes=1_000_000_000,
        video_seconds=300,
        video_mimes=("video/mp4", "video/quicktime"),
        video_alt_length=1000,
    )
    set_up = SetUp(
        steps=(
            N_("Make an app at Meta for your company, with the use case for Threads."),
            N_("In its settings for Threads, add the address below as redirect callback address."),
            N_(
                "Set THREADS_CLIENT_ID and THREADS_CLIENT_SECRET to the Threads app's own id and secret, and start the hub "
                "again."
            ),
            N_(
                "Until Meta has reviewed the app, only Threads testers whom you name in it can connect. Ask for the review."
            ),
            N_("Pictures and films are fetched from this hub: it must be on the internet over https."),
        ),
        console=CONSOLE,
        scopes=_SCOPES,
        wants_redirect=True,
        costs=REVIEW,
    )
    grant = Grant("th_exchange_token", "th_refresh_token")
    steps = Steps("threads", "threads_publish", "threads", "status", "error_message", "text")

    @property
    def authorize_page(self) -> str:
        return f"{self._web}/oauth/authorize"

    @property
    def scopes(self) -> str:
        return self._setting("THREADS_SCOPES", ",".join(_SCOPES))

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """As everywhere, and at most five different links."""
        super().check(draft, limits)
        links = {match.group() for match in URL.finditer(self.wording_of(draft))}
        if len(links) > _MOST_LINKS:
            reason = N_("{network} takes at most {limit} different links in a post. Remove some.")
            raise Rejected(Reason(reason, {"network": self.label, "limit": _MOST_LINKS}))

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the token."""
        fields = "id,username,name,threads_profile_picture_url"
        found = self._me(fields, credentials, "id", "username")
        return Identity(
            remote_id=found["id"],
            handle=f"@{found['username']}",
            display_name=str(found.get("name") or found["username"]),
            profile_url=f"{self._web}/@{found['username']}",
            avatar_url=found.get("threads_profile_picture_url"),
        )

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """As the account's insights tell them (``followers_count``; it ignores any days that are asked for)."""
        if credentials is None:
            raise self.reconnect()
        params = [("metric", "followers_count")]
        answer = self._ask("GET", f"{credentials.remote_id}/threads_insights", credentials, params=params)
        count = insights_in(answer).get("followers_count")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    def _fields(self, draft: Draft) -> dict[str, str]:
        words = self.wording_of(draft)
        if draft.video:
            return {"text": words, **self._film(draft.video)}
        if not draft.images:  # the preview is made of the first link in the text
            return {"media_type": "TEXT", "text": words}
        return {"text": words, **self._picture(draft.images[0])}

    def _picture(self, image: Image) -> dict[str, str]:
        return {"media_type": "IMAGE", **super()._picture(image)}

    def _carousel(self, draft: Draft) -> dict[str, str]:
        return {"media_type": "CAROUSEL", "text": self.wording_of(draft)}

    _metrics = ("views", "likes", "replies", "reposts", "quotes")

    def _figures(self, numbers: dict[str, int]) -> Figures:
        return Figures(
            likes=numbers.get("likes"),
            reposts=numbers.get("reposts"),
            replies=numbers.get("replies"),
            quotes=numbers.get("quotes"),
            views=numbers.get("views"),
        )

    def _profile(self, credentials: Credentials) -> str:
        return f"{self._web}/{credentials.handle}"

    @property
    def _api(self) -> str:
        return self._setting("THREADS_API_URL", "https://graph.threads.net")

    @property
    def _version(self) -> str:
        return self._setting("THREADS_API_VERSION", "v1.0")  # the only one, September 2026

    @property
    def _web(self) -> str:
        return self._setting("THREADS_WEB_URL", "https://www.threads.com")

    @property
    def _code_page(self) -> str:
        return f"{self._api}/oauth/access_token"
