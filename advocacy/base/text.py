"""Words for people, kept apart from their language until the edge translates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, init=False)
class Text:
    """A sentence for a person: an English template with named places, translated where it is shown.

    The template is the key of the translation catalogue; `Text("...")` is what the extraction looks for,
    so the template is always a literal. Places are written `{name}`.
    """

    template: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, template: str, /, **params: Any) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "params", params)

    def __str__(self) -> str:
        """The sentence in English."""
        return self.template.format(**self.params)

    def __hash__(self) -> int:
        return hash((self.template, tuple(sorted(self.params.items(), key=str))))

    def to_json(self) -> dict[str, Any]:
        """A form that a JSON column keeps; params must be JSON values."""
        return {"template": self.template, "params": dict(self.params)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Text:
        """The sentence that `to_json` kept."""
        return cls(kept["template"], **kept["params"])
