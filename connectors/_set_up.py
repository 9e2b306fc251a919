"""What an operator does once so that people can use a network, and what came of trying the settings."""

from __future__ import annotations

from dataclasses import dataclass

from connectors._errors import Reason


@dataclass(frozen=True, slots=True)
class SetUp:
    """How a network is made ready, told on the page where administrators look after networks.

    ``steps`` say what to do, in order, and ``costs`` what it costs or who has to approve: English templates without
    places, marked with ``N_`` and translated by the app. ``console`` is the address of the page where it is done,
    ``scopes`` what to ask for there, and ``wants_redirect`` whether the network has to be told our way back. Without
    steps there is nothing to do.
    """

    steps: tuple[str, ...] = ()
    console: str = ""
    scopes: tuple[str, ...] = ()
    wants_redirect: bool = False
    costs: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a network's settings: ``works`` is ``None`` where it cannot be told without a person."""

    works: bool | None
    says: Reason
