"""Sentences in a language of one's choice, where no request says whose: for what is made in the background."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

from advocacy.base.text import Text


class Speaker:
    """Knows the catalogues.

    Args:
        translations: the folder of the catalogues.
    """

    def __init__(self, translations: Path) -> None:
        self._translations = translations

    def to(self, locale: str) -> Callable[[Text], str]:
        """What puts sentences into a language.

        Args:
            locale: "en" or "nb".
        """
        catalogue = gettext.translation("messages", self._translations, [locale], fallback=True)

        def say(text: Text) -> str:
            params = {name: say(value) if isinstance(value, Text) else value for name, value in text.params.items()}
            return catalogue.gettext(text.template).format(**params)

        return say
