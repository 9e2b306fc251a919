"""Whoever changes the end of a page's address gets words, and never a page that broke."""

import inspect

from advocacy.base.paging import cursor_of

FORGED = [
    cursor_of(*values)
    for values in (
        ("x",),
        (10**30,),
        ("x", 1),
        (1, "x"),
        ("2026-11-27T09:00:00", 10**30),
        ("x", "x", "x"),
    )
]


def takes_a_cursor(view):
    """Whether a page reads where its list goes on."""
    return '"after"' in inspect.getsource(inspect.unwrap(view))


def test_no_list_breaks_on_a_cursor_that_is_none_of_its_own(app, signed_in, make, monkeypatch):
    monkeypatch.setitem(app.config, "TESTING", False)  # what breaks is told with 500, and not raised here
    browser = signed_in(make.admin())
    broken, looked_at = set(), 0
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.arguments or "GET" not in (rule.methods or ()) or not takes_a_cursor(view):
            continue
        looked_at += 1
        for forged in FORGED:
            answer = browser.get(rule.rule, query_string={"after": forged})
            if answer.status_code >= 500:
                broken.add(rule.endpoint)
    assert looked_at > 10
    assert not broken
