"""Addresses are built as Werkzeug builds them, though what builds one is compiled only when it is asked for."""

from werkzeug.routing import Map, Rule

from advocacy.web.routing import LateRule

RULES = (
    ("/", {}, {}),
    ("/shares/<int:share_id>/cancel", {"share_id": 7}, {}),
    ("/shares/<int:share_id>/cancel", {"share_id": 7, "next": "/my shares?a=1&b=æ"}, {}),
    ("/handbook/<path:slug>", {"slug": "a b/ø"}, {}),
    ("/w/<rule>/<build>", {"rule": "x", "build": "y", "self": "z"}, {}),
    ("/list/<int:page>", {}, {"defaults": {"page": 1}}),
)


def built(kind: type[Rule]) -> list[str]:
    routes = Map([kind(path, endpoint=str(number), **options) for number, (path, _, options) in enumerate(RULES)])
    adapter = routes.bind("hub.example.com", url_scheme="https")
    made = []
    for number, (_, values, _) in enumerate(RULES):
        made += [adapter.build(str(number), values), adapter.build(str(number), values)]
        made.append(adapter.build(str(number), values, force_external=True))
    return made


def test_addresses_are_what_they_would_be():
    assert built(LateRule) == built(Rule)
    assert built(LateRule)[3] == "/shares/7/cancel"


def test_nothing_is_compiled_before_it_is_asked_for(monkeypatch):
    asked = []
    compiled = Rule._compile_builder
    monkeypatch.setattr(
        Rule, "_compile_builder", lambda self, unknown=True: asked.append(self.rule) or compiled(self, unknown)
    )
    adapter = Map([LateRule("/a", endpoint="a"), LateRule("/b", endpoint="b")]).bind("hub.example.com")
    assert adapter.match("/a") == ("a", {})
    assert asked == []
    assert [adapter.build("b"), adapter.build("b")] == ["/b", "/b"]
    assert asked == ["/b"]
