"""Routes that learn to build their addresses when somebody first asks for one.

Werkzeug writes and compiles two Python functions for every route when it is registered: a quarter of a second for
this hub's routes, in each process that starts, for addresses of which most are never built there.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule


class LateRule(Rule):
    """A route as Werkzeug knows it; only what builds its address is compiled at the first use."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            builder: Callable[..., tuple[str, str]] = compiled(append_unknown).__get__(rule, None)
            setattr(rule, "_build_unknown" if append_unknown else "_build", builder)
            return builder(**values)

        return build


class Pages(Flask):
    """A Flask whose routes are late ones."""

    url_rule_class = LateRule
