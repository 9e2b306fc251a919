"""Whatever a server answers, a connector gives a right value or one of our errors, never an accident of our own."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import (
    ApiConnector,
    AppRegistration,
    ConnectorError,
    Credentials,
    Draft,
    Image,
    OutcomeUnknown,
    Receipt,
    Registry,
    Video,
    new_record_key,
)
from connectors._http import Answer, Http

NOW = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
NAMES = st.sampled_from(
    [
        "id",
        "url",
        "acct",
        "error",
        "message",
        "created_at",
        "content",
        "access_token",
        "client_id",
        "client_secret",
        "configuration",
        "statuses",
        "max_characters",
        "media_attachments",
        "supported_mime_types",
        "did",
        "handle",
        "accessJwt",
        "refreshJwt",
        "didDoc",
        "service",
        "active",
        "serviceEndpoint",
        "uri",
        "cid",
        "blob",
        "posts",
        "likeCount",
        "favourites_count",
        "code_challenge_methods_supported",
        "scope",
        "sub",
        "name",
        "expires_in",
        "refresh_token",
        "refresh_token_expires_in",
        "value",
        "uploadUrl",
        "image",
        "elements",
        "count",
        "code",
        "errorDetails",
        "inputErrors",
        "data",
        "meta",
        "next_token",
        "entities",
        "urls",
        "expanded_url",
        "text",
        "errors",
        "resource_id",
        "public_metrics",
        "followers_count",
        "followersCount",
        "memberFollowersCount",
        "profiles",
        "like_count",
        "processing_info",
        "state",
        "expires_after_secs",
        "title",
        "type",
        "username",
        "commentary",
        "createdAt",
    ]
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.sampled_from(
            [
                "",
                "1",
                "DUPLICATE_POST",
                "urn:li:share:1",
                "http://127.0.0.1:2/up",
                "2026-10-01",
                "2026-10-01T09:00:00Z",
                "ExpiredToken",
                "InvalidSwap",
                "#atproto_pds",
            ]
        ),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=12,
)
BODIES = st.one_of(
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=30),
    st.sampled_from([b"[" * 100_000, b"", b"null", b'{"id": "1"', b"<html>"]),
)
STATUSES = st.sampled_from([200, 200, 200, 201, 202, 204, 206, 301, 303, 400, 401, 403, 404, 422, 429, 500, 503])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["retry-after", "x-ratelimit-reset", "ratelimit-reset", "x-business-use-case-usage", "x-restli-id"]
    ),
    st.one_of(
        st.text(max_size=8),
        st.integers().map(str),
        st.sampled_from(["99999999999", "2026-02-30T00:00:00Z", '{"1": 2}', '{"1": [3, {}]}']),
        st.integers().map(lambda wait: json.dumps({"1": [{"estimated_time_to_regain_access": wait}]})),
    ),
)

CREDENTIALS = Credentials(
    "token-1",
    "token-2",
    server="http://127.0.0.1:1",
    remote_id="did:plc:a",
    handle="@a@b.no",
    extra={"scope": "r_member_postAnalytics r_member_social r_member_profileAnalytics"},
)
DRAFT = Draft(
    "Hello @b.example.org #jobs",
    key=str(uuid.uuid4()),
    record_key=new_record_key(NOW),
    created_at=NOW,
    link="https://go.example.com/r/1",
    images=(Image(b"x", "image/png", "alt"),),
)
FILM = Draft(
    "Hello",
    key="k",
    record_key="r",
    created_at=NOW,
    video=Video(lambda start, size: b"x"[start : start + size], 1, "video/mp4"),
)
REGISTRATION = AppRegistration("http://127.0.0.1:1", "id", "secret", "https://hub.example.org/back", "read", True)


class Says:
    """In place of the way to the network: every request gets the next of these answers."""

    def __init__(self, answers: list[tuple[int, dict[str, str], bytes]]) -> None:
        self.answers = answers
        self.origin_of = Http(now=lambda: NOW, user_agent="hub", allow_private_hosts=True).origin_of

    def send(self, method: str, url: str, *, publishes: bool = False, **_: Any) -> Answer:
        status, headers, body = self.answers[0]
        self.answers = self.answers[1:] or self.answers
        return Answer(status, headers, body, "server.example", NOW, publishes, ("token-1", "token-2"))


FILMING = ("bluesky", "linkedin", "mastodon", "x")

DEEDS: dict[str, tuple[str, Callable[[Any], object]]] = {
    f"{name} {deed}": (name, act)
    for name in ("mastodon", "bluesky", "linkedin", "x")
    for deed, act in {
        "publish": lambda one: one.publish(DRAFT, CREDENTIALS),
        "find": lambda one: one.find(DRAFT, CREDENTIALS, NOW),
        "figures": lambda one: one.figures(["at://did:plc:a/app.bsky.feed.post/1", "2"], CREDENTIALS),
        "followers": lambda one: one.followers(["did:plc:a"], CREDENTIALS),
        "delete": lambda one: one.delete("1", CREDENTIALS),
        "identity": lambda one: one.identity(CREDENTIALS),
        "refresh": lambda one: one.refresh(CREDENTIALS),
        "revoke": lambda one: one.revoke(CREDENTIALS, REGISTRATION),
    }.items()
} | {
    "mastodon register": (
        "mastodon",
        lambda one: one.register_app("http://127.0.0.1:1", redirect_uri="https://a.no/b", client_name="hub"),
    ),
    "linkedin exchange": ("linkedin", lambda one: one.exchange(REGISTRATION, code="c", verifier="v")),
    "x exchange": ("x", lambda one: one.exchange(REGISTRATION, code="c", verifier="v")),
    **{f"{name} film": (name, lambda one: one.publish(FILM, CREDENTIALS)) for name in FILMING},
    "mastodon exchange": ("mastodon", lambda one: one.exchange(REGISTRATION, code="c", verifier="v")),
    "bluesky sign in": ("bluesky", lambda one: one.sign_in("ada", "aaaa-bbbb-cccc-dddd")),
}


def connector(name: str, answers: list[tuple[int, dict[str, str], bytes]]) -> ApiConnector:
    settings = {f"{one}_CLIENT_{part}": "hush" for one in ("LINKEDIN", "X") for part in ("ID", "SECRET")}
    settings["X_FOLLOWERS"] = "daily"
    made = Registry(settings, now=lambda: NOW).api(name)
    made._http = Says(answers)  # type: ignore[assignment]
    if name in ("mastodon", "linkedin", "x"):
        made.poll_seconds, made.patience_seconds = 0.0, 0.0  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("deed", DEEDS)
@settings(max_examples=60)
@given(answers=st.lists(st.tuples(STATUSES, HEADERS, BODIES), min_size=1, max_size=4))
def test_any_answers_end_in_a_value_or_in_one_of_our_errors(
    deed: str, answers: list[tuple[int, dict[str, str], bytes]]
) -> None:
    name, act = DEEDS[deed]
    with contextlib.suppress(ConnectorError):
        act(connector(name, answers))


@pytest.mark.parametrize("name", ["mastodon", "bluesky", "linkedin", "x"])
@given(status=st.sampled_from([200, 201, 202, 302, 303, 500, 502, 503, 504]), headers=HEADERS, body=BODIES)
def test_only_a_clear_yes_or_no_to_a_publish_is_believed(
    name: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    plain = Draft("Hello", key="k", record_key="r", created_at=NOW)
    outcome: Receipt | ConnectorError
    try:
        outcome = connector(name, [(status, headers, body)]).publish(plain, CREDENTIALS)
    except ConnectorError as error:
        outcome = error
    if isinstance(outcome, Receipt):
        assert status < 300
        assert outcome.remote_id
    elif not isinstance(outcome, OutcomeUnknown):
        # Only the network's own error name outweighs the status: its app has then refused, whatever the number.
        assert status >= 500
        assert json.loads(body)["error"] == "ExpiredToken"
