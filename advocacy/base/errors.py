"""What can go wrong in the product's own words; the edge decides which page or status that is."""

from __future__ import annotations

from advocacy.base.text import Text


class HubError(Exception):
    """Something a person can be told in a sentence that says what to do.

    Args:
        text: the sentence.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class NotFound(HubError):
    """The thing asked for is not there, or not for this person: both look the same from outside."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or Text("We could not find that. It may have been removed, or it is not for you."))


class NotAllowed(HubError):
    """The person may not do this."""

    def __init__(self, text: Text | None = None) -> None:
        super().__init__(text or Text("You are not allowed to do this. Ask an administrator if you need to."))


class Invalid(HubError):
    """What was given cannot be taken.

    Args:
        field: the name of the field that is wrong, or "" when it is the whole.
        text: what is wrong and what to do.
    """

    def __init__(self, field: str, text: Text) -> None:
        super().__init__(text)
        self.field = field


class Conflict(HubError):
    """It was valid, but the state of things does not allow it (any more)."""


class TooMany(HubError):
    """Too often in too short a time.

    Args:
        text: what to do.
        retry_after: seconds until it is worth trying again, at least 1.
    """

    def __init__(self, text: Text, *, retry_after: int) -> None:
        super().__init__(text)
        self.retry_after = retry_after
