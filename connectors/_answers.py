"""What an answer means, as far as all networks agree. Each network's own table looks first."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors._errors import (
    N_,
    ConnectorError,
    CredentialsExpired,
    OutcomeUnknown,
    RateLimited,
    Reason,
    Rejected,
    Transient,
)
from connectors._http import Answer

_UNREADABLE = object()
_LONGEST_WAIT = timedelta(hours=24)
_DEFAULT_WAIT = timedelta(minutes=5)
_TOKEN_LIKE = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]+)*|(?i:bearer)\s+\S+")


def body_of(answer: Answer) -> dict[str, Any]:
    """The JSON object in ``answer``; empty if there is none."""
    found = _parsed(answer)
    return found if isinstance(found, dict) else {}


def expect_object(answer: Answer, **needed: type) -> dict[str, Any]:
    """The JSON object of a successful answer, with each ``needed`` key filled by a value of that type.

    Raises: the error that ``failure`` finds when the answer is a refusal, is not JSON, is half of it, or lacks
    what it must hold (a success with an error inside, say).
    """
    found = body_of(answer)
    if not 200 <= answer.status < 300 or not _holds(found, needed):
        raise failure(answer)
    return found


def expect_list(answer: Answer, **needed: type) -> list[dict[str, Any]]:
    """The JSON list of objects in a successful answer, each with what is ``needed``. Raises: as ``expect_object``."""
    found = _parsed(answer)
    if answer.status != 200 or not isinstance(found, list):
        raise failure(answer)
    for entry in found:
        if not isinstance(entry, dict) or not _holds(entry, needed):
            raise failure(answer)
    return found


def count_in(found: dict[str, Any], key: str) -> int | None:
    """The number under ``key``; ``None`` when the network does not tell it, which is not the same as zero."""
    value = found.get(key)
    return value if type(value) is int and value >= 0 else None


def failure(answer: Answer) -> ConnectorError:
    """The error that ``answer`` stands for by HTTP's own meaning."""
    status, server, said = answer.status, {"server": answer.server}, what_was_said(answer)
    if 200 <= status < 300:
        return unclear(answer, said)
    if 300 <= status < 400:
        # 302 and 303 may follow a request that was carried out (RFC 9110, 15.4); the others say that it was
        # not.
        if answer.publishes and status in (302, 303):
            return unclear(answer, said)
        return Transient(
            Reason(N_("{server} pointed us to another address, which we do not follow."), server),
            network_said=said,
        )
    if status == 401:
        reason = N_("{server} no longer accepts the sign-in you gave us. Connect your account again.")
        return CredentialsExpired(Reason(reason, server), refreshable=False, network_said=said)
    if status == 429:
        return rate_limited(answer)
    if status == 413:
        return Rejected(
            Reason(N_("{server} says that a picture or the post is too large. Use a smaller one."), server),
            network_said=said,
        )
    if status in (408, 425) or (status < 500 and not body_of(answer)):
        # A refusal that is not JSON comes from something in front of the network, and so did not reach it.
        return Transient(Reason(N_("{server} did not let the request through."), server), network_said=said)
    return refused(answer) if status < 500 else trouble(answer)


def trouble(answer: Answer) -> ConnectorError:
    """A problem of the network's own: whether it carried out what it was asked, nobody knows."""
    status, server, said = answer.status, {"server": answer.server}, what_was_said(answer)
    if answer.publishes:
        return unclear(answer, said)
    reason = N_("{server} has a problem of its own ({status}). We will try again.")
    return Transient(Reason(reason, {**server, "status": status}), network_said=said, until=_retry_at(answer))


def refused(answer: Answer) -> Rejected:
    """The refusal for good in ``answer``, with the network's own words in it."""
    said = what_was_said(answer)
    reason = N_("{server} refused the post and says: {message}")
    return Rejected(
        Reason(reason, {"server": answer.server, "message": said or str(answer.status)}), network_said=said
    )


def rate_limited(answer: Answer, otherwise: datetime | None = None, *, whole_app: bool = False) -> RateLimited:
    """The wait that ``answer`` asks for; ``otherwise`` (or five minutes) where it does not say.

    ``whole_app``: whether the limit is that of everybody here together; Discord says so itself (``global``).
    """
    until = _retry_at(answer) or otherwise or answer.arrived + _DEFAULT_WAIT
    reason = Reason(N_("{server} asks us to wait before the next post."), {"server": answer.server})
    everybodys = whole_app or body_of(answer).get("global") is True
    return RateLimited(reason, until=until, network_said=what_was_said(answer), whole_app=everybodys)


def what_was_said(answer: Answer) -> str:
    """The network's own short text on one line, without anything secret that it may have repeated."""
    found = body_of(answer)
    nested = found.get("error")  # Meta's and Google's way: an object under this name
    found = nested if isinstance(nested, dict) else found
    names = ("error", "message", "error_description", "error_user_msg", "error_message", "title", "detail")
    parts = [str(found[key]) for key in names if isinstance(found.get(key), str)]
    text = ": ".join(parts) if parts else answer.body[:600].decode("utf-8", "replace")
    for secret in answer.secrets:
        text = text.replace(secret, "[secret]")
    text = " ".join(_TOKEN_LIKE.sub("[secret]", text).split())
    return "".join(char for char in text if char.isprintable())[:300]


def unclear(answer: Answer, said: str = "") -> ConnectorError:
    """The error for an answer that is neither a yes nor a no: whether anything was done, nobody can tell from it."""
    said = said or what_was_said(answer)
    if answer.publishes:
        reason = N_("{server} gave no clear answer ({status}). The post may or may not be there.")
        return OutcomeUnknown(
            Reason(reason, {"server": answer.server, "status": answer.status}),
            network_said=said,
            until=_retry_at(answer),
        )
    return Transient(
        Reason(N_("{server} gave an answer we cannot read."), {"server": answer.server}), network_said=said
    )


def _holds(found: dict[str, Any], needed: dict[str, type]) -> bool:
    return all(isinstance(found.get(key), kind) and found[key] != "" for key, kind in needed.items())


def _parsed(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return _UNREADABLE


def moment_of(value: Any) -> datetime | None:
    """The point in time that an ISO 8601 text stands for, in UTC where it names no zone; else ``None``."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _retry_at(answer: Answer) -> datetime | None:
    """When the network wants to be asked again, from the first header that says so; at most a day ahead."""
    names = (
        "retry-after",
        "x-ratelimit-reset-after",
        "x-ratelimit-reset",
        "ratelimit-reset",
        "x-rate-limit-reset",
        "x-user-limit-24hour-reset",
        "x-app-limit-24hour-reset",
    )
    for name in names:
        moment = _moment(answer.headers.get(name, "").strip(), answer.arrived)
        if moment is not None:
            return min(max(moment, answer.arrived), answer.arrived + _LONGEST_WAIT)
    minutes = _minutes_of(answer.headers.get("x-business-use-case-usage", ""))
    return min(answer.arrived + timedelta(minutes=minutes), answer.arrived + _LONGEST_WAIT) if minutes else None


def _minutes_of(usage: str) -> int:
    """The longest wait in Meta's own header: by account a list of limits, each with its minutes; 0 for none."""
    try:
        accounts = json.loads(usage) if usage else {}
    except (ValueError, RecursionError):
        return 0
    lists = accounts.values() if isinstance(accounts, dict) else []
    limits = [one for found in lists if isinstance(found, list) for one in found]
    waits = [one.get("estimated_time_to_regain_access") for one in limits if isinstance(one, dict)]
    return max((min(wait, 10_000) for wait in waits if type(wait) is int and wait > 0), default=0)


def _moment(text: str, arrived: datetime) -> datetime | None:
    """A header's point in time: seconds from now, seconds since 1970, ISO 8601, or an HTTP date."""
    if re.fullmatch(r"\d{1,12}(\.\d{1,9})?", text):
        seconds = float(text)
        # Nobody asks for a wait of thirty years: so large a number is a time of day since 1970.
        return (
            datetime.fromtimestamp(min(seconds, 4e9), UTC) if seconds > 1e9 else arrived + timedelta(seconds=seconds)
        )
    try:
        return moment_of(text) or parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
