"""Instagram, professional accounts only, with Instagram's own sign-in and through an app that Meta has reviewed.

Facts: developers.facebook.com/docs/instagram-platform (Instagram login, content publishing, insights), September 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from connectors._answers import count_in
from connectors._containers import ContainerConnector, Steps
from connectors._errors import N_, Reason, Rejected
from connectors._graph import CONSOLE, REVIEW
from connectors._long_lived import Grant
from connectors._set_up import SetUp
from connectors._values import Credentials, Draft, Figures, Identity, Image, Limits, Unit, Video

_SCOPES = ("instagram_business_basic", "instagram_business_content_publish", "instagram_business_manage_insights")
_MOST_HASHTAGS = 30
_HASHTAG = re.compile(r"(?<![\w&])#\w")
_TALLEST, _WIDEST = 4 / 5, 1.91
_ROUNDING = 0.01


class Instagram(ContainerConnector):
    """Business and creator accounts on Instagram."""

    name = network = icon = "instagram"
    label = "Instagram"
    reads = ("INSTAGRAM_CLIENT_ID", "INSTAGRAM_CLIENT_SECRET")
    may_read = (
        "INSTAGRAM_API_URL",
        "INSTAGRAM_API_VERSION",
        "INSTAGRAM_TOKEN_URL",
        "INSTAGRAM_WEB_URL",
        "INSTAGRAM_SCOPES",
    )
    post_address = r"https://(?:www\.)?instagram\.com/(?:[^/?#]+/)?(?:p|reel)/[A-Za-z0-9_-]+/?(?:\?.*)?"
    limits = Limits(
        2200,
        unit=Unit.UTF16,
        max_images=10,
        image_bytes=8_000_000,
        image_mimes=("image/jpeg",),
        image_width=(320, 1440),
        image_shape=(_TALLEST, _WIDEST),
        alt_length=1000,
        max_videos=1,
        # "Reel specifications" of the media edge; 1 GB in older pages.
        video_bytes=300_000_000,
        video_seconds=15 * 60,
        video_seconds_least=3,
        video_mimes=("video/mp4", "video/quicktime"),
    )
    needs_picture = True
    hint = Reason(N_("Nobody can click a link in an Instagram caption. Say in words where to find it."))
    set_up = SetUp(
        steps=(
            N_("Make an app at Meta for your company, with the use case for Instagram, and choose Instagram login."),
            N_("In the business login settings, add the address below to the OAuth redirect addresses."),
            N_(
                "Set INSTAGRAM_CLIENT_ID and INSTAGRAM_CLIENT_SECRET to the Instagram app's own id and secret, and start the "
                "hub again."
            ),
            N_(
                "Until Meta has reviewed the app, only Instagram testers whom you name in it can connect. Ask for the review."
            ),
            N_("Only professional accounts can connect: anybody can turn theirs into one in Instagram's settings."),
            N_("Pictures and films are fetched from this hub: it must be on the internet over https."),
        ),
        console=CONSOLE,
        scopes=_SCOPES,
        wants_redirect=True,
        costs=REVIEW,
    )
    grant = Grant("ig_exchange_token", "ig_refresh_token")
    steps = Steps("media", "media_publish", "media", "status_code", "status", "caption")

    def _film(self, film: Video) -> dict[str, str]:
        # A film is a reel, and a reel's description cannot be given by API ("alt_text" is for pictures alone).
        return {"media_type": "REELS", "video_url": str(film.public_url), "share_to_feed": "true"}

    @property
    def authorize_page(self) -> str:
        return f"{self._web}/oauth/authorize"

    @property
    def scopes(self) -> str:
        return self._setting("INSTAGRAM_SCOPES", ",".join(_SCOPES))

    def check(self, draft: Draft, limits: Limits | None = None) -> None:
        """As everywhere, and at most thirty hashtags and a picture that is neither too tall nor too wide."""
        super().check(draft, limits)
        if len(_HASHTAG.findall(self.wording_of(draft))) > _MOST_HASHTAGS:
            reason = N_("{network} takes at most {limit} hashtags in a post. Remove some.")
            raise Rejected(Reason(reason, {"network": self.label, "limit": _MOST_HASHTAGS}))
        for image in draft.images:
            _check_shape(image, self.label)

    def identity(self, credentials: Credentials) -> Identity:
        """The account behind the token."""
        found = self._me("user_id,username,name,profile_picture_url", credentials, "user_id", "username")
        return Identity(
            remote_id=found["user_id"],
            handle=f"@{found['username']}",
            display_name=str(found.get("name") or found["username"]),
            profile_url=f"{self._web}/{found['username']}/",
            avatar_url=found.get("profile_picture_url"),
        )

    def followers(self, remote_ids: Sequence[str], credentials: Credentials | None) -> dict[str, int | Reason]:
        """As the account's own node tells them (``followers_count`` of IG User, with ``instagram_business_basic``)."""
        if credentials is None:
            raise self.reconnect()
        count = count_in(self._me("user_id,followers_count", credentials, "user_id"), "followers_count")
        return dict.fromkeys(remote_ids, self.untold_followers() if count is None else count)

    def _fields(self, draft: Draft) -> dict[str, str]:
        if draft.video:
            return {"caption": self.wording_of(draft), **self._film(draft.video)}
        return {"caption": self.wording_of(draft), **self._picture(draft.images[0])}

    def _carousel(self, draft: Draft) -> dict[str, str]:
        return {"media_type": "CAROUSEL", "caption": self.wording_of(draft)}

    _metrics = ("views", "likes", "comments")

    def _figures(self, numbers: dict[str, int]) -> Figures:
        # Its "shares" are sendings in private, which no other network counts as reposts.
        return Figures(likes=numbers.get("likes"), replies=numbers.get("comments"), views=numbers.get("views"))

    def _profile(self, credentials: Credentials) -> str:
        return f"{self._web}/{credentials.handle.removeprefix('@')}/"

    @property
    def _api(self) -> str:
        return self._setting("INSTAGRAM_API_URL", "https://graph.instagram.com")

    @property
    def _version(self) -> str:
        return self._setting("INSTAGRAM_API_VERSION", "v26.0")  # September 2026; a version lives about two years

    @property
    def _web(self) -> str:
        return self._setting("INSTAGRAM_WEB_URL", "https://www.instagram.com")

    @property
    def _code_page(self) -> str:
        return f"{self._setting('INSTAGRAM_TOKEN_URL', 'https://api.instagram.com')}/oauth/access_token"


def _check_shape(image: Image, network: str) -> None:
    if image.width and image.height:
        ratio = image.width / image.height
        if not _TALLEST - _ROUNDING <= ratio <= _WIDEST + _ROUNDING:
            reason = N_(
                "{network} only takes pictures between 4:5 (tall) and 1.91:1 (wide), and this one is {width} × {height}."
            )
            raise Rejected(Reason(reason, {"network": network, "width": image.width, "height": image.height}))
