"""Which networks there are. A file of this folder whose name has no underscore is a network; there is no
list.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from connectors._base import ApiConnector, AppPasswordConnector, Connector, RedirectConnector, ShareLinkConnector
from connectors._hosts import Resolve, resolve
from connectors._http import Http
from connectors._webhooks import WebhookConnector

Wanted = TypeVar("Wanted", bound=Connector)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Registry:
    """All connectors, built once with the values of the settings.

    ``settings`` maps the names that connectors declare (``reads``, ``may_read``) to their values; others are not
    looked at. ``allow_private_hosts`` lets people name servers on loopback and private networks over plain http:
    for tests and development only. ``connect_seconds`` and ``read_seconds`` are the time-outs of each request.
    ``ca_bundle`` is a file of certificates to trust instead of the usual ones; ``resolve`` looks up host names.
    """

    def __init__(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        now: Callable[[], datetime] = utc_now,
        allow_private_hosts: bool = False,
        user_agent: str = "advocacy",
        connect_seconds: float = 5.0,
        read_seconds: float = 20.0,
        ca_bundle: str | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        values = {name: value for name, value in (settings or {}).items() if value}
        classes = list(connector_classes())
        http = Http(
            now=now,
            user_agent=user_agent,
            trusted_origins=_origins(classes, values),
            allow_private_hosts=allow_private_hosts,
            connect_seconds=connect_seconds,
            read_seconds=read_seconds,
            ca_bundle=ca_bundle,
            resolve=resolve,
        )
        self._set = frozenset(values)
        built = [connector for cls in classes for connector in cls.build(http=http, settings=values, now=now)]
        self._known = {connector.name: connector for connector in sorted(built, key=lambda one: one.name)}
        self._awake = {
            name: connector
            for name, connector in self._known.items()
            if all(setting in values for setting in connector.reads)
        }

    def __iter__(self) -> Iterator[Connector]:
        """The connectors that are awake, by name."""
        return iter(self._awake.values())

    def __contains__(self, name: object) -> bool:
        return name in self._awake

    def asleep(self) -> list[Connector]:
        """The connectors that wait for settings; their ``reads`` says which."""
        return [connector for name, connector in self._known.items() if name not in self._awake]

    def is_set(self, setting: str) -> bool:
        """Whether a setting that connectors read has a value."""
        return setting in self._set

    def get(self, name: str) -> Connector:
        """The connector called ``name``. Raises: KeyError when there is none or it is asleep."""
        return self._awake[name]

    def api(self, name: str) -> ApiConnector:
        """The connector called ``name``, which publishes. Raises: KeyError when there is no such."""
        return self._of_kind(name, ApiConnector)  # type: ignore[type-abstract]

    def oauth(self, name: str) -> RedirectConnector:
        """The connector called ``name``, which people allow on its own page. Raises: KeyError."""
        return self._of_kind(name, RedirectConnector)  # type: ignore[type-abstract]

    def app_password(self, name: str) -> AppPasswordConnector:
        """The connector called ``name``, which takes an app password. Raises: KeyError."""
        return self._of_kind(name, AppPasswordConnector)  # type: ignore[type-abstract]

    def webhook(self, name: str) -> WebhookConnector:
        """The connector called ``name``, whose channels take posts at a pasted address. Raises: KeyError."""
        return self._of_kind(name, WebhookConnector)  # type: ignore[type-abstract]

    def share_link(self, name: str) -> ShareLinkConnector:
        """The connector called ``name``, which makes an address to share by. Raises: KeyError."""
        return self._of_kind(name, ShareLinkConnector)  # type: ignore[type-abstract]

    def of_network(self, network: str) -> list[Connector]:
        """The connectors that are awake for ``network``, those that publish first."""
        found = [connector for connector in self if connector.network == network]
        return sorted(found, key=lambda connector: not isinstance(connector, ApiConnector))

    def of_post(self, address: str) -> Connector | None:
        """The connector of the network that a post's address belongs to, awake or asleep; ``None`` for any other address."""
        for connector in self._known.values():
            if connector.post_address and re.fullmatch(connector.post_address, address.strip()):
                return connector
        return None

    def _of_kind(self, name: str, kind: type[Wanted]) -> Wanted:
        connector = self.get(name)
        if not isinstance(connector, kind):
            raise KeyError(f"{name} is not a {kind.__name__}")
        return connector


def connector_classes() -> Iterator[type[Connector]]:
    """Every finished connector class in a module of this folder that has no underscore."""
    folders = importlib.import_module("connectors").__path__
    for module in sorted(pkgutil.iter_modules(folders), key=lambda found: found.name):
        if not module.name.startswith("_"):
            loaded = importlib.import_module(f"connectors.{module.name}")
            for _, cls in inspect.getmembers(loaded, inspect.isclass):
                if issubclass(cls, Connector) and cls.__module__ == loaded.__name__ and not inspect.isabstract(cls):
                    yield cls


def _origins(classes: list[type[Connector]], values: Mapping[str, str]) -> list[str]:
    """The addresses that the settings name: the operator's word is trusted, a person's is checked."""
    names = {name for cls in classes for name in (*cls.reads, *cls.may_read)}
    return [values[name].rstrip("/") for name in names if values.get(name, "").startswith(("https://", "http://"))]
