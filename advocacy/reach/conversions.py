"""Takes conversions that servers and pixels tell of, once each, and finds the click each belongs to."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.people import attempts
from advocacy.people.attempts import Limit
from advocacy.reach import click_ids, conversion_kinds
from advocacy.reach.click_ids import ClickToken
from advocacy.reach.conversion_models import Conversion, ConversionKind, ConversionSource, Standing
from advocacy.reach.models import PLACES, Click, line_id
from advocacy.sharing.models import Share

LONGEST_BODY = 8 * 1024
"""Bytes of a call."""
LONGEST_ID = 200
CLOCKS_APART = timedelta(minutes=5)
"""How old or how far ahead a signed call may be."""
PATIENCE = timedelta(minutes=10)
"""For so long a click with the id may still be on its way into the database."""
OF_SOURCE = Limit("conversions of a source", 600, timedelta(minutes=1))
OF_PIXEL = Limit("conversions of a pixel", 600, timedelta(minutes=1))
REFUSED = Limit("refused conversions of a source", 60, timedelta(minutes=15))
CHUNK = 500
_CLICK_ID = re.compile(rf"[A-Za-z0-9_-]{{{click_ids.LENGTH}}}")


class Unsigned(Exception):
    """A call that no source of ours made.

    Args:
        text: why, in words for who wrote the caller.
        is_malformed: whether it lacks what every call has.
    """

    def __init__(self, text: Text, *, is_malformed: bool = False) -> None:
        super().__init__(text.template)
        self.text = text
        self.is_malformed = is_malformed


@dataclass(frozen=True)
class Call:
    """A server's call as it came.

    Args:
        source: which server it says it is.
        timestamp: seconds since 1970, as text.
        signature: HMAC-SHA256 of "timestamp.body" with the source's secret, in hexadecimal.
        body: the bytes.
    """

    source: str
    timestamp: str
    signature: str
    body: bytes


@dataclass(frozen=True)
class Taken:
    """A conversion that stands in the database.

    Args:
        id: ours.
        standing: whether its click was found.
        is_new: False when it was told before.
    """

    id: int
    standing: Standing
    is_new: bool


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What a call with this body is signed with."""
    return hmac.new(secret.encode(), timestamp.encode("utf-8", "replace") + b"." + body, hashlib.sha256).hexdigest()


def source_of(session: Session, clock: Clock, sealer: Sealer, call: Call) -> ConversionSource:
    """The server that made a call.

    Raises:
        Unsigned: none of ours did, or it is too old to be taken again.
    """
    if not (call.source and call.timestamp and call.signature):
        raise Unsigned(
            Text("Please send the headers Advocacy-Source, Advocacy-Timestamp and Advocacy-Signature."),
            is_malformed=True,
        )
    if not re.fullmatch(r"[0-9]{1,12}", call.timestamp):
        raise Unsigned(Text("Advocacy-Timestamp must be seconds since 1970, as a whole number."), is_malformed=True)
    source = session.scalar(select(ConversionSource).where(ConversionSource.key == call.source[:24]))
    if source is None or source.revoked_at is not None:
        raise Unsigned(Text("We know no such source, or it was revoked."))
    right = signature(conversion_kinds.secret_of(sealer, source), call.timestamp, call.body)
    if not hmac.compare_digest(right.encode(), call.signature.lower().encode("utf-8", "replace")):
        raise Unsigned(Text("The signature is wrong. Sign the timestamp, a dot and the body as it is sent."))
    if abs(clock.now().timestamp() - int(call.timestamp)) > CLOCKS_APART.total_seconds():
        raise Unsigned(Text("The timestamp is more than five minutes away from our clock."))
    return source


def tell(session: Session, clock: Clock, *, source: ConversionSource, body: bytes) -> Taken:
    """Takes a conversion from a server.

    Args:
        session: inside a transaction.
        clock: tells when.
        source: who calls, proven.
        body: JSON with `id` (the server's own for it), `kind`, `click`, and if wished `value`, `currency`, `at`.

    Raises:
        Invalid: a field is missing or wrong, or the id came before with other words.
        TooMany: more than `OF_SOURCE`.
    """
    attempts.take(session, clock, limit=OF_SOURCE, whose=source.key)
    said = _said(body)
    own_id = _text(said, "id", LONGEST_ID)
    kind = _kind(session, _text(said, "kind", 24))
    token = _text(said, "click", click_ids.LENGTH)
    if not _CLICK_ID.fullmatch(token):
        raise Invalid(
            "click", Text("This is no click id of ours: it has {count} characters.", count=click_ids.LENGTH)
        )
    at = _moment(said.get("at"), clock)
    amount = conversion_kinds.hundredths(said.get("value"), field="value")
    money = conversion_kinds.currency(said.get("currency"), is_needed=amount is not None)
    if amount is None:
        amount, money = kind.hundredths, kind.currency
    source.last_at = clock.now()
    return _take(
        session,
        clock,
        Conversion(
            kind_id=kind.id,
            source_id=source.id,
            once=_hash("source", source.id, own_id),
            digest=hashlib.sha256(body).hexdigest(),
            token=token,
            at=at,
            day=at.date(),
            hundredths=amount,
            currency=money,
            standing=Standing.WAITING,
        ),
    )


def seen(session: Session, clock: Clock, *, key: str, token: str) -> Taken | None:
    """Takes a conversion from a pixel: one of each kind for a click. None when it is nothing that we count.

    Args:
        session: inside a transaction.
        clock: tells when.
        key: of the kind.
        token: the click's id, as the page gave it.

    Raises:
        TooMany: more than `OF_PIXEL`.
    """
    kind = session.scalar(select(ConversionKind).where(ConversionKind.key == key[:24]))
    if kind is None or not kind.has_pixel or kind.ended_at is not None or not _CLICK_ID.fullmatch(token):
        return None
    attempts.take(session, clock, limit=OF_PIXEL, whose=kind.key)
    now, once = clock.now(), _hash("pixel", kind.id, token)
    told = Conversion(
        kind_id=kind.id,
        once=once,
        digest=once,
        token=token,
        at=now,
        day=now.date(),
        hundredths=kind.hundredths,
        currency=kind.currency,
        standing=Standing.WAITING,
    )
    return _take(session, clock, told)


def _take(session: Session, clock: Clock, told: Conversion) -> Taken:
    try:
        with session.begin_nested():
            session.add(told)
    except IntegrityError:
        known = session.scalar(select(Conversion).where(Conversion.once == told.once))
        if known is None:
            raise
        if known.digest != told.digest:
            raise Invalid(
                "id", Text("This id was told before with other words. Give each conversion its own.")
            ) from None
        return Taken(known.id, known.standing, is_new=False)
    _find_clicks(session, clock, [told])
    return Taken(told.id, told.standing, is_new=True)


def tend(house: House) -> None:
    """Looks again for clicks that were on their way when their conversion was told. A job."""
    with house.db.reading() as session:
        ids = session.scalars(
            select(Conversion.id).where(Conversion.standing == Standing.WAITING).order_by(Conversion.id).limit(CHUNK)
        ).all()
    if not ids:
        return
    with house.db.transaction() as session:
        waiting = session.scalars(
            select(Conversion)
            .where(Conversion.id.in_(ids), Conversion.standing == Standing.WAITING)
            .order_by(Conversion.id)
            .with_for_update(of=Conversion)
        ).all()
        _find_clicks(session, house.clock, waiting)


def _find_clicks(session: Session, clock: Clock, waiting: Sequence[Conversion]) -> None:
    window = timedelta(days=click_ids.in_force(session).window_days)
    tokens = {one.token for one in waiting}
    found = {
        row.token: row
        for row in session.execute(
            select(ClickToken.token, ClickToken.at, ClickToken.segment_id, ClickToken.offset)
            .add_columns(Share.id.label("share_id"), Share.item_id, Share.network)
            .join(Share, Share.link_id == ClickToken.link_id)
            .where(ClickToken.token.in_(tokens))
        )
    }
    rules = _rules(session, [(row.at.astimezone(UTC).date(), row.segment_id, row.offset) for row in found.values()])
    for one in waiting:
        click = found.get(one.token)
        rule = rules.get((click.segment_id, click.offset)) if click else None
        if click is None or rule is None:
            if clock.now() - one.at > PATIENCE:
                one.standing, one.token = Standing.UNKNOWN, ""
            continue
        is_late = one.at - click.at > window
        one.standing, one.token = Standing.LATE if is_late else Standing.FOUND, ""
        one.share_id, one.item_id, one.network = click.share_id, click.item_id, click.network
        one.clicked_at, one.segment_id, one.offset, one.rule = click.at, click.segment_id, click.offset, rule
    session.flush()


def _rules(session: Session, lines: Sequence[tuple[date, int, int]]) -> dict[tuple[int, int], str]:
    """The rule of each click, by file and place of its line."""
    query = select(Click.id, Click.rule).where(
        Click.day.in_(sorted({day for day, _, _ in lines})),
        Click.id.in_(sorted({line_id(segment_id, offset) for _, segment_id, offset in lines})),
    )
    return {divmod(number, PLACES): rule for number, rule in session.execute(query)}


def follow(session: Session, click_ids_changed: Sequence[int], *, day: date) -> None:
    """Judges conversions as their clicks are judged now.

    Args:
        session: inside the transaction in which clicks were judged again.
        click_ids_changed: their numbers.
        day: theirs, UTC.
    """
    if session.scalar(select(Conversion.id).limit(1)) is None:
        return
    for start in range(0, len(click_ids_changed), CHUNK):
        chunk = click_ids_changed[start : start + CHUNK]
        rules = _rules(session, [(day, *divmod(number, PLACES)) for number in chunk])
        rows = session.execute(
            select(Conversion.id, Conversion.segment_id, Conversion.offset, Conversion.rule).where(
                tuple_(Conversion.segment_id, Conversion.offset).in_(list(rules))
            )
        ).all()
        for row in rows:
            rule = rules[row.segment_id, row.offset]
            if rule != row.rule:
                session.execute(
                    update(Conversion)
                    .where(Conversion.id == row.id)
                    .values(rule=rule)
                    .execution_options(synchronize_session=False)
                )


def _said(body: bytes) -> Mapping[str, Any]:
    try:
        said = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise Invalid("body", Text("The body must be a JSON object."))
    return said


def _text(said: Mapping[str, Any], name: str, most: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most or "\0" in value:
        raise Invalid(name, Text("“{name}” must be a text of 1 to {count} characters.", name=name, count=most))
    return value


def _kind(session: Session, key: str) -> ConversionKind:
    kind = session.scalar(select(ConversionKind).where(ConversionKind.key == key))
    if kind is None or kind.ended_at is not None:
        raise Invalid("kind", Text("There is no kind of conversion with this key, or it is not taken any more."))
    return kind


def _moment(value: object, clock: Clock) -> datetime:
    now = clock.now()
    if value is None:
        return now
    try:
        at: datetime | None = datetime.fromisoformat(str(value))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not timedelta(days=-366) <= at - now <= CLOCKS_APART:
        raise Invalid(
            "at", Text("“at” must be a moment of the last year with its zone, such as 2026-11-27T10:00:00Z.")
        )
    return at.astimezone(now.tzinfo)


def _hash(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
