"""The country a visit comes from, where the operator supplies a database in MaxMind's format; its address is never kept.

It is looked up in the redirect, for afterwards there is no address any more. Any such file serves whose records name a
country by its two letters: GeoLite2 or GeoIP2 (Country, City), DB-IP, IPinfo.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import maxminddb
import structlog

from advocacy.reach.observing import nowhere

log = structlog.get_logger()

_CODE = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Supplied:
    """The database's own word about itself.

    Args:
        kind: such as `GeoLite2-Country`.
        built_at: when its maker built it.
    """

    kind: str
    built_at: datetime


class Unusable(Exception):
    """The file is not there, or no such database; says why."""


def lookup(path: str) -> Callable[[str], str]:
    """What tells the country of an address; without a file that can be used, what tells none.

    Args:
        path: of the file; "" for none.
    """
    if not path:
        return nowhere
    try:
        reader = _opened(path)
    except Unusable as error:
        log.error("the database of countries cannot be used; clicks are counted without", path=path, why=str(error))
        return nowhere

    def country_of(address: str) -> str:
        try:
            found: Any = reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return ""  # a name or an unlawful address of a proxy's, or IPv6 in a database of IPv4
        return code_in(found)

    return country_of


def code_in(record: Any) -> str:
    """The two letters that a record of any of the known makers holds; "" when it holds none."""
    if not isinstance(record, dict):
        return ""
    country = record.get("country")
    code = country.get("iso_code") if isinstance(country, dict) else record.get("country_code", country)
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def supplied(path: str) -> Supplied:
    """What the file says of itself, for the health page and `doctor`.

    Raises:
        Unusable: it is not there, or no such database.
    """
    with _opened(path) as reader:
        about = reader.metadata()
        return Supplied(about.database_type[:60], datetime.fromtimestamp(about.build_epoch, UTC))


def _opened(path: str) -> Any:
    if not Path(path).is_file():
        raise Unusable("there is no such file")
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise Unusable(str(error)) from error
