"""Hostile words in every field that people and feeds supply: nothing runs, and no page asks for what its policy forbids."""

from __future__ import annotations

import itertools
import json

import pytest
from sqlalchemy import String, Text, UniqueConstraint, select, update

from advocacy.demo import seeding
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.tables import metadata
from tests.peers.installed import shared
from tests.site import walk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

OURS = {
    "agent": {"device"},
    "click": {"method", "rule", "visitor", "device"},
    "event": {"kind", "subject_type", "request_id"},
    "share": {
        "network",
        "request_key",
        "idempotency_key",
        "record_key",
        "lease_owner",
        "time_zone",
        "request_digest",
    },
    "user": {"email", "password_hash", "locale", "time_zone", "theme"},
}
"""Columns that the hub writes itself, by table; nobody else's words get there."""
NEVER = (
    "hash",
    "sealed",
    "url",
    "code",
    "target",
    "network",
    "language",
    "locale",
    "time_zone",
    "server",
    "mime",
    "sha256",
)
SKIPPED_TABLES = {
    "event_cursor",
    "lease",
    "heartbeat",
    "item_audience",
    "user_role",
    "journal_segment",
    "daily_salt",
    "points_entry",
}
LISTEN = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = (...said) => window.ran.push(name);
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(event.violatedDirective));
"""


def payloads() -> list[str]:
    """The captured cases, or some of our own where they are not there."""
    cases = json.loads(shared("data/dompurify_cases.json").read_text())
    assert len(cases) >= 223
    return [case["payload"] for case in cases]


def hostile_columns():
    """Every column that holds words of people or feeds."""
    for table in metadata.sorted_tables:
        if table.name in SKIPPED_TABLES:
            continue
        for column in table.columns:
            is_words = isinstance(column.type, String) and type(column.type) in (String, Text)
            theirs = not any(word in column.name for word in NEVER) and column.name not in OURS.get(table.name, ())
            if is_words and theirs and not column.primary_key and not column.unique and not column.foreign_keys:
                yield table, column


def is_told_apart(table, column) -> bool:
    """Whether the column is one of those by which rows must differ."""
    sets = [index.columns for index in table.indexes if index.unique]
    sets += [rule.columns for rule in table.constraints if isinstance(rule, UniqueConstraint)]
    return any(column.name in columns for columns in sets)


def poison(house, cases: list[str]) -> set[str]:
    """Puts the cases into every such field of every row; returns the fields."""
    turn = itertools.cycle(cases)
    fields = set()
    with house.db.transaction() as session:
        for table, column in hostile_columns():
            key = next(iter(table.primary_key.columns))
            for (number,) in session.execute(select(key)).all():
                words = "\n\n".join(next(turn) for _ in range(40)) if column.type.length is None else next(turn)
                # Where two rows may not be alike, each case has its row's number behind it.
                told_apart = f" {number}" if is_told_apart(table, column) else ""
                value = words[: (column.type.length or len(words)) - len(told_apart)] + told_apart
                session.execute(update(table).where(key == number).values({column.name: value}))
                fields.add(f"{table.name}.{column.name}")
    return fields


def test_hostile_words_in_every_field_never_run(house, app, site):
    cases = payloads()
    seeding.seed(house)
    fields = poison(house, cases)
    assert {
        "content_item.title",
        "content_item.body",
        "caption.text",
        "user.name",
        "team.name",
        "share.text",
    } <= fields
    with house.db.reading() as session:
        admin = session.scalars(select(User).where(User.email.like("ada@%"))).one()
    page = site.visit(admin)
    page.add_init_script(LISTEN)
    seen, ran = 0, {}
    for stop in walk(page, app.url_map, site.url):
        page.wait_for_timeout(50)
        seen += 1
        if found := page.evaluate("window.ran"):
            ran[stop.path] = found
    assert seen > 20
    assert ran == {}


def test_each_case_as_the_body_of_an_item_never_runs(house, app, site, make):
    cases = payloads()
    reader = make.user("Rea Der")
    items = [
        make.item(f"Case {number}", body=case, internal_brief=case, summary=case, captions=[case])
        for number, case in enumerate(cases)
    ]
    page = site.visit(reader)
    page.add_init_script(LISTEN)
    ran = {}
    for item in items:
        page.goto(f"{site.url}/feed/items/{item.id}")
        if found := page.evaluate("window.ran"):
            ran[item.title] = found
    for item in items[::10]:
        page.goto(f"{site.url}/share/{item.id}")
        if found := page.evaluate("window.ran"):
            ran[f"composer of {item.title}"] = found
    assert ran == {}
    with house.db.reading() as session:
        assert session.query(ContentItem).count() == len(cases)
