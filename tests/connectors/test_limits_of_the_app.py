"""A 429 is the account's, unless the network says that everybody's here together is meant."""

import json
from datetime import UTC, datetime

import pytest

from connectors import Credentials, RateLimited, Registry
from connectors._answers import failure
from connectors._http import Answer

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BEARER = Credentials("token")


def answer(body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(429, named, json.dumps(body or {}).encode(), "server.example", NOW)


@pytest.fixture
def known():
    settings = {f"{name}_CLIENT_{part}": "x" for name in ("X", "THREADS") for part in ("ID", "SECRET")}
    return Registry(settings, now=lambda: NOW)


@pytest.mark.parametrize(("code", "whole_app"), [(4, True), (17, False), (32, False), (613, False)])
def test_metas_code_4_is_the_limit_of_the_app(known, code, whole_app):
    found = known.get("threads")._meaning(answer({"error": {"code": code, "message": "too many"}}))
    assert (type(found), found.whole_app) == (RateLimited, whole_app)


@pytest.mark.parametrize(("left", "whole_app"), [("0", True), ("12", False)])
def test_xs_spent_day_of_the_app_is_everybodys(known, left, whole_app):
    found = known.get("x")._meaning(answer(x_app_limit_24hour_remaining=left), BEARER)
    assert (type(found), found.whole_app) == (RateLimited, whole_app)


@pytest.mark.parametrize(("policy", "whole_app"), [("3000;w=300", True), ("5000;w=3600", False), ("", False)])
def test_blueskys_limit_of_an_address_is_everybodys(known, policy, whole_app):
    found = known.get("bluesky")._own_meaning(answer({"error": "RateLimitExceeded"}, ratelimit_policy=policy))
    assert (type(found), found.whole_app) == (RateLimited, whole_app)


@pytest.mark.parametrize(("everywhere", "whole_app"), [(True, True), (False, False)])
def test_discord_says_so_itself(everywhere, whole_app):
    assert failure(answer({"retry_after": 1, "global": everywhere})).whole_app is whole_app
