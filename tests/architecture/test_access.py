"""The access matrix, generated from the routes: every page and method, for every kind of visitor."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter

from advocacy.people.models import Role, UserState
from advocacy.web.access import Rule, rule_of

VISITORS = ("anonymous", "advocate", "curator", "leader", "admin", "disabled")
MAY = {
    Rule.ANYONE: set(VISITORS),
    Rule.SIGNED_IN: {"advocate", "curator", "leader", "admin"},
    Rule.CURATORS: {"curator", "admin"},
    Rule.LEADERS: {"leader", "admin"},
    Rule.CURATORS_AND_LEADERS: {"curator", "leader", "admin"},
    Rule.ADMINS: {"admin"},
}


def routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every (endpoint, method, path), places filled with something that is not there."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            adapter = app.url_map.bind("localhost")
            values = {
                name: 987654 if isinstance(rule._converters[name], IntegerConverter) else "nothing"
                for name in rule.arguments
            }
            path = adapter.build(rule.endpoint, values)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, path


@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_admits_whom_its_rule_names_and_nobody_else(visitor, app, client, signed_in, make):
    roles = [Role(visitor)] if visitor in ("curator", "leader", "admin") else []
    browser = client
    if visitor != "anonymous":
        user = make.user(f"{visitor} person", *roles)
        browser = signed_in(user)
        if visitor == "disabled":
            with make.house.db.transaction() as session:
                session.merge(user).state = UserState.DISABLED
    for endpoint, method, path in routes(app):
        rule = rule_of(app, endpoint)
        assert rule is not None, f"{endpoint} has no rule"
        if endpoint in ("sign_in.sign_out",):
            continue  # would end the visitor's own session half way through the matrix
        data = {"csrf_token": browser.token()} if method != "GET" else None
        status = browser.open(path, method=method, data=data)
        refused = status.status_code == 403 or (status.status_code == 302 and "/sign-in" in (status.location or ""))
        if endpoint == "sign_in.root":
            continue  # leads on to the sign-in page or to the feed, by design
        assert refused != (visitor in MAY[rule]), (
            f"{visitor} {method} {path}: {status.status_code} by rule {rule.value}"
        )


def test_an_unsafe_request_without_a_token_is_refused_everywhere(app, signed_in, make):
    browser = signed_in(make.admin())
    for _, method, path in routes(app):
        if method != "GET":
            assert browser.open(path, method=method).status_code == 400, (
                f"{method} {path} took a request without a token"
            )


def test_an_unsafe_request_from_another_site_is_refused(app, signed_in, make):
    browser = signed_in(make.admin())
    for _, method, path in routes(app):
        if method != "GET":
            answer = browser.open(
                path, method=method, data={"csrf_token": browser.token()}, headers={"Origin": "https://evil.example"}
            )
            assert answer.status_code == 403, f"{method} {path} took a foreign request"
