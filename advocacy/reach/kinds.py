"""What requests say of themselves, kept once for all clicks that say the same: found, added, held and removed."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.base.db import Database, upsert
from advocacy.reach.agents import device_of
from advocacy.reach.models import Agent, Click, RequestKind
from advocacy.reach.visits import Said

Key = tuple[int, str, str, str, str, str]


def numbers(session: Session, wanted: Iterable[Said], known: MutableMapping[Said, int]) -> dict[Said, int]:
    """The number of each kind, which stays its own until the end of the transaction; new ones are added.

    Args:
        session: inside the transaction that adds clicks of these kinds.
        wanted: what requests said.
        known: numbers found before; those that hold no more are taken out, and new ones put in.
    """
    said = list(wanted)
    held = _held(session, {known[one] for one in said if one in known})
    for one in said:
        if one in known and known[one] not in held:
            del known[one]  # no click was left of it, and it was removed
    missing = [one for one in said if one not in known]
    if missing:
        agents = _agents(session, {one.agent for one in missing})
        keys = {one: _key(one, agents) for one in missing}
        found = _find(session, set(keys.values()))
        _add(session, set(keys.values()) - found.keys())
        found |= _find(session, set(keys.values()) - found.keys())
        known.update({one: found[key] for one, key in keys.items()})
    return {one: known[one] for one in said}


def _held(session: Session, ids: set[int]) -> set[int]:
    """Those that are there, and stay there until this transaction ends."""
    if not ids:
        return set()
    query = select(RequestKind.id).where(bulk.among(session, RequestKind.id, sorted(ids))).order_by(RequestKind.id)
    return set(session.scalars(query.with_for_update(read=True, key_share=True)))


def _key(said: Said, agents: dict[str, int]) -> Key:
    return agents[said.agent], said.referrer_host, said.facts, said.country, said.purpose, said.method


def _find(session: Session, keys: set[Key]) -> dict[Key, int]:
    if not keys:
        return {}
    query: Any = select(
        RequestKind.id,
        RequestKind.agent_id,
        RequestKind.referrer_host,
        RequestKind.facts,
        RequestKind.country,
        RequestKind.purpose,
        RequestKind.method,
    ).where(bulk.among(session, RequestKind.agent_id, sorted({key[0] for key in keys})))
    found = {tuple(row)[1:]: row.id for row in session.execute(query)}
    held = _held(session, {found[key] for key in keys if key in found})
    return {key: found[key] for key in keys if found.get(key) in held}


def _add(session: Session, keys: set[Key]) -> None:
    if not keys:
        return
    columns = ("agent_id", "referrer_host", "facts", "country", "purpose", "method")
    rows = [dict(zip(columns, key, strict=True)) for key in sorted(keys)]
    session.execute(upsert(session, RequestKind.__table__).on_conflict_do_nothing(index_elements=columns), rows)


def _agents(session: Session, texts: set[str]) -> dict[str, int]:
    """The id of each agent; new ones are added. Another importer may add the same at the same time."""
    found: dict[str, int] = {}
    for attempt in range(2):
        missing = sorted(texts - found.keys())
        if attempt and missing:
            rows = [{"text": text, "device": device_of(text)} for text in missing]
            session.execute(upsert(session, Agent.__table__).on_conflict_do_nothing(index_elements=["text"]), rows)
        if missing:
            query = select(Agent.text, Agent.id).where(bulk.among(session, Agent.text, missing))
            found.update({row.text: row.id for row in session.execute(query)})
    return found


def remove_unused(db: Database) -> int:
    """Removes what no click says any more, so that nothing of clicks that are over stays. A part of their removal.

    Returns:
        How many were removed.
    """
    unused = ~exists().where(Click.kind_id == RequestKind.id)
    with db.transaction() as session:
        # Locked first, and looked at again by the next statement: an importer that held one has committed then.
        ids = list(session.scalars(select(RequestKind.id).where(unused).order_by(RequestKind.id).with_for_update()))
        still = delete(RequestKind).where(bulk.among(session, RequestKind.id, ids), unused)
        return int(getattr(session.execute(still.execution_options(synchronize_session=False)), "rowcount", 0))
