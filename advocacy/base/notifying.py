"""What people are told of when it happens: each area declares its kinds, and messages carries them to people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from advocacy.base.events import Event
from advocacy.base.text import Text


@dataclass(frozen=True)
class Told:
    """What one event tells to whom.

    Args:
        people: ids of users; whoever did it themselves is left out by messages, and so is who is not active.
        says: one sentence without anybody's name: names are erased, notifications are kept.
        path: where on this hub it can be looked at.
        about: a title, shown under the sentence; "" for none.
        bundle: notifications of one bundle that nobody has read yet become one; "" for none.
        together: the sentence for several of a bundle, with `{count}` people.
        for_all: whether everybody may read it, so that it can also stand in a channel of the company.
        forgets: what was told before of this path loses its title, and letters of it that wait are not sent.
    """

    people: Sequence[int]
    says: Text
    path: str
    about: str = ""
    bundle: str = ""
    together: Text | None = None
    for_all: bool = False
    forgets: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of notification.

    Args:
        name: kept in the database; never reused for another purpose.
        events: the kinds of events that cause it.
        label: what it is called where people choose what they hear of.
        tell: what to tell; None when this event tells nobody.
        icon: its sign.
        by_mail: whether it also comes by e-mail unless a person chose otherwise.
        in_person: whether people are told of it one by one; else it is for channels of the company alone.
        for_channels: whether it may be for all, so that an administrator can choose it for a channel.
        in_digest: whether the letter in which a person hears how their week went tells of it once more.
    """

    name: str
    events: frozenset[str]
    label: Text
    tell: Callable[[Session, Event], Told | None]
    icon: str
    by_mail: bool = True
    in_person: bool = True
    for_channels: bool = False
    in_digest: bool = False


class Kinds:
    """All kinds; the roof puts them together in the order in which people choose.

    Args:
        kinds: of every area.

    Raises:
        ValueError: two have one name.
    """

    def __init__(self, *kinds: Kind) -> None:
        self.all = kinds
        self.by_name = {kind.name: kind for kind in kinds}
        if len(self.by_name) != len(kinds):
            raise ValueError("two kinds of notifications have one name")

    @property
    def personal(self) -> list[Kind]:
        """Those of which people are told one by one."""
        return [kind for kind in self.all if kind.in_person]

    @property
    def for_channels(self) -> list[Kind]:
        """Those that an administrator can choose for a channel of the company."""
        return [kind for kind in self.all if kind.for_channels]

    @property
    def events(self) -> frozenset[str]:
        """Every kind of event that tells somebody something."""
        return frozenset(name for kind in self.all for name in kind.events)
