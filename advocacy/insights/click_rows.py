"""The clicks behind a figure, one by one: which program asked, and why it was counted or not."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from advocacy.base.paging import Page, cursor_of
from advocacy.base.text import Text
from advocacy.insights import people_shown
from advocacy.insights import scope as scopes
from advocacy.insights.cursors import after_day
from advocacy.insights.scope import Scope
from advocacy.library.models import ContentItem
from advocacy.reach import evidence, judging
from advocacy.reach.evidence import Before
from advocacy.reach.models import Agent, Click, RequestKind, moment
from advocacy.sharing.models import Share


class Which(enum.StrEnum):
    """Which clicks a list shows."""

    RAW = "raw"
    HUMAN = "human"
    FILTERED = "filtered"
    VISITORS = "visitors"


CONDITIONS: dict[Which, tuple[ColumnElement[bool], ...]] = {
    Which.RAW: (),
    Which.HUMAN: (Click.is_human.is_(True),),
    Which.FILTERED: (Click.is_human.is_(False),),
    Which.VISITORS: (Click.is_first_today.is_(True),),
}


@dataclass(frozen=True)
class ClickRow:
    """A request for a tracked link.

    Args:
        click_id: which.
        at: when.
        item_id: what was shared.
        title: of the item.
        network: the name of the way out.
        device: `phone`, `tablet`, `desktop` or "" when it did not tell.
        program: what a filtered program called itself; "" for people, whose browser is nobody's business.
        referrer_host: the site it came from; "" when it did not tell.
        country: ISO 3166-1 alpha-2; None when it is not known. Shown only where `countries.told` has it.
        is_human: whether it counts.
        is_first: whether it counts as a visitor of that day.
        rule: the title of the rule that filtered it; None for a human one.
        why: what that rule means.
        rule_name: by which the published rules list it; "" for a human one and where it is not in force any more.
        before: what it was judged at first, when newer rules judged it otherwise since.
    """

    click_id: int
    at: datetime
    item_id: int
    title: str
    network: str
    device: str
    program: str
    referrer_host: str
    country: str | None
    is_human: bool
    is_first: bool
    rule: Text | None
    why: Text | None
    rule_name: str
    before: Before | None


def which_of(choices: Mapping[str, str]) -> tuple[Which, str, int | None]:
    """Which clicks an address asks for by `which`, `rule` and `post`: kind, rule and post; all unless it says."""
    which, post = choices.get("which", ""), choices.get("post", "")
    return (
        Which(which) if which in list(Which) else Which.RAW,
        choices.get("rule", "")[:40],
        int(post) if post.isascii() and post.isdecimal() and len(post) <= 9 else None,
    )


def page(
    session: Session,
    scope: Scope,
    *,
    which: Which,
    rule: str = "",
    share_id: int | None = None,
    after: str = "",
    size: int = 50,
) -> Page[ClickRow]:
    """Clicks made in a scope's days, the newest day first.

    Args:
        session: for reading.
        scope: what is counted.
        which: kind of clicks.
        rule: only what this rule filtered; "" for all.
        share_id: only clicks on this post's link.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
        NotAllowed: the post's author did not choose to appear by name.
    """
    if share_id is not None:
        people_shown.check_post(session, share_id=share_id)
    query = _asked(scope, which, rule, share_id)
    if after:
        day, last = after_day(after)
        query = query.where((Click.day < day) | ((Click.day == day) & (Click.id < last)))
    rows = session.execute(query.order_by(Click.day.desc(), Click.id.desc()).limit(size + 1)).all()
    shown = rows[:size]
    cursor = cursor_of(shown[-1].day.isoformat(), shown[-1].id) if len(rows) > size else None
    earlier = evidence.before(session, [row.id for row in shown])
    return Page([_row(row, earlier.get(row.id)) for row in shown], cursor)


def ids(scope: Scope, *, which: Which, rule: str = "", share_id: int | None = None) -> Select[Any]:
    """What `page` shows on all its pages, as a query of ids."""
    return _asked(scope, which, rule, share_id).with_only_columns(Click.id)


def _asked(scope: Scope, which: Which, rule: str, share_id: int | None) -> Select[Any]:
    query = _rows(scope).where(*CONDITIONS[which])
    if rule:
        query = query.where(Click.rule == rule)
    return query if share_id is None else query.where(Share.id == share_id)


def _rows(scope: Scope) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Click.id,
        Click.day,
        Click.ms,
        Click.is_human,
        Click.is_first_today,
        Click.rule,
        RequestKind.referrer_host,
        RequestKind.country,
        Agent.text.label("agent"),
        Agent.device,
        Share.item_id,
        Share.network,
        ContentItem.title,
    )
    query = (
        select(*columns)
        .select_from(Click)
        .join(Share, Share.link_id == Click.link_id)
        .join(ContentItem, ContentItem.id == Share.item_id)
        .join(RequestKind, RequestKind.id == Click.kind_id)
        .join(Agent, Agent.id == RequestKind.agent_id)
        .where(Click.day.between(scope.span.first, scope.span.last))
    )
    return scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id)


def _row(row: Any, before: Before | None = None) -> ClickRow:
    return ClickRow(
        click_id=row.id,
        at=moment(row.day, row.ms),
        item_id=row.item_id,
        title=row.title,
        network=row.network,
        device=row.device,
        program="" if row.is_human else row.agent,
        referrer_host=row.referrer_host,
        country=row.country or None,
        is_human=row.is_human,
        is_first=row.is_first_today,
        rule=None if row.is_human else rule_title(row.rule),
        why=None if row.is_human else rule_why(row.rule),
        rule_name=row.rule if not row.is_human and row.rule in judging.BY_NAME else "",
        before=before,
    )


def rule_title(name: str) -> Text:
    """What a rule is called, also when it is no longer in force."""
    return judging.rule_named(name).title


def rule_why(name: str) -> Text:
    """What a rule means, also when it is no longer in force."""
    return judging.rule_named(name).why
