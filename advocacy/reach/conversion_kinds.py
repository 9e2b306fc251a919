"""The kinds of conversions, as an administrator names them, and the servers that may tell of them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.reach.conversion_models import ConversionKind, ConversionSource

LONGEST_NAME = 80
DEAREST = Decimal(1_000_000_000)
KEY_BYTES, SECRET_BYTES = 9, 32


def kinds(session: Session) -> Sequence[ConversionKind]:
    """All kinds, those that are not taken any more last."""
    return session.scalars(
        select(ConversionKind).order_by(ConversionKind.ended_at.is_not(None), ConversionKind.name)
    ).all()


def kind(session: Session, *, kind_id: int) -> ConversionKind:
    """A kind.

    Raises:
        NotFound: there is none.
    """
    found = session.get(ConversionKind, kind_id)
    if found is None:
        raise NotFound(Text("There is no such kind of conversion."))
    return found


def hundredths(value: object, *, field: str) -> int | None:
    """An amount of money in hundredths; None for nothing said.

    Args:
        value: a number, or a text such as "120.50" or "120,50".
        field: on which a refusal is told.

    Raises:
        Invalid: it is no amount.
    """
    if value is None or value == "":
        return None
    refusal = Invalid(field, Text("Please give an amount of 0 or more, such as 120 or 120.50."))
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise refusal
    try:
        amount = Decimal(str(value).strip().replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise refusal from None
    if not amount.is_finite() or not 0 <= amount <= DEAREST or amount != round(amount, 2):
        raise refusal
    return int(amount * 100)


def currency(code: object, *, is_needed: bool, field: str = "currency") -> str:
    """A currency's three letters; "" where there is no value.

    Raises:
        Invalid: they are missing or no such letters.
    """
    if not is_needed:
        return ""
    if not isinstance(code, str) or not re.fullmatch(r"[A-Za-z]{3}", code.strip()):
        raise Invalid(field, Text("Please give the currency by its three letters, such as NOK or EUR."))
    return code.strip().upper()


def save_kind(
    session: Session,
    clock: Clock,
    *,
    by: int,
    name: str,
    value: str = "",
    currency_code: str = "",
    has_pixel: bool = False,
    kind_id: int | None = None,
) -> ConversionKind:
    """Adds a kind, or changes one; conversions of before keep their value.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        name: unique.
        value: what one is worth; "" for nothing said.
        currency_code: ISO 4217, with a value.
        has_pixel: whether a picture on a page may tell of one.
        kind_id: the one to change; None adds one.

    Raises:
        NotFound: there is none to change.
        Invalid: on `name`, `value` or `currency`.
    """
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("name", Text("Please give it a name, such as “Application sent”."))
    if len(kept) > LONGEST_NAME:
        raise Invalid("name", Text("Please keep the name below {count} characters.", count=LONGEST_NAME))
    for other in kinds(session):
        if other.id != kind_id and other.name.casefold() == kept.casefold():
            raise Invalid("name", Text("There is a kind “{name}” already.", name=other.name))
    amount = hundredths(value, field="value")
    money = currency(currency_code, is_needed=amount is not None)
    found = (
        ConversionKind(key=secrets.token_hex(KEY_BYTES), created_at=clock.now())
        if kind_id is None
        else kind(session, kind_id=kind_id)
    )
    found.name, found.hundredths, found.currency, found.has_pixel = kept, amount, money, has_pixel
    session.add(found)
    session.flush()
    _tell(session, clock, "conversion_kind.saved", by, ("conversion_kind", found.id), kept)
    return found


def end_kind(session: Session, clock: Clock, *, by: int, kind_id: int, is_over: bool) -> None:
    """Takes no more conversions of a kind, or takes them again; those of before stay."""
    found = kind(session, kind_id=kind_id)
    if (found.ended_at is not None) == is_over:
        return
    found.ended_at = clock.now() if is_over else None
    what = "conversion_kind.ended" if is_over else "conversion_kind.resumed"
    _tell(session, clock, what, by, ("conversion_kind", found.id), found.name)


def sources(session: Session) -> Sequence[ConversionSource]:
    """All servers, those that may not tell any more last."""
    return session.scalars(
        select(ConversionSource).order_by(ConversionSource.revoked_at.is_not(None), ConversionSource.name)
    ).all()


def add_source(session: Session, clock: Clock, sealer: Sealer, *, by: int, name: str) -> tuple[ConversionSource, str]:
    """Lets a server tell of conversions.

    Returns:
        Its row, and its secret: it is shown once and kept sealed.

    Raises:
        Invalid: on `source_name`.
    """
    kept = " ".join(name.split())
    if not kept:
        raise Invalid("source_name", Text("Please say which server that is."))
    if len(kept) > LONGEST_NAME:
        raise Invalid("source_name", Text("Please keep the name below {count} characters.", count=LONGEST_NAME))
    found = ConversionSource(name=kept, key=secrets.token_hex(KEY_BYTES), created_at=clock.now())
    session.add(found)
    session.flush()
    secret = secrets.token_hex(SECRET_BYTES)
    found.sealed_secret = sealer.seal(secret, context=_place(found))
    _tell(session, clock, "conversion_source.added", by, ("conversion_source", found.id), kept)
    return found, secret


def secret_of(sealer: Sealer, source: ConversionSource) -> str:
    """A server's secret; it must not be revoked."""
    return sealer.open(source.sealed_secret or b"", context=_place(source))


def revoke(session: Session, clock: Clock, *, by: int, source_id: int) -> None:
    """Takes nothing more from a server, and forgets its secret. What it told stays."""
    found = session.get(ConversionSource, source_id, with_for_update=True)
    if found is None:
        raise NotFound(Text("There is no such server."))
    if found.revoked_at is None:
        found.revoked_at, found.sealed_secret = clock.now(), None
        _tell(session, clock, "conversion_source.revoked", by, ("conversion_source", found.id), found.name)


def _place(source: ConversionSource) -> str:
    return row("conversion_source", "sealed_secret", source.id)


def _tell(session: Session, clock: Clock, what: str, by: int, subject: tuple[str, int], name: str) -> None:
    events.record(session, clock, kind=what, actor_id=by, subject=subject, data={"name": name})
