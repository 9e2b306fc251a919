"""Somebody who has a keyboard and nothing else: every step looks at where the focus is, and that it can be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Error

from tests.peers.browsers import settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

FAR = 160
"""How often Tab is pressed before a thing counts as out of reach."""
NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
WHERE = r"""
() => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const words = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const named = (at.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent).join(" ");
  const labels = [...(at.labels ?? [])];
  const isField = at.matches("input, select, textarea");
  const name = words(at.getAttribute("aria-label") || named || labels.map((label) => label.textContent).join(" ")
    || (isField ? "" : at.textContent));
  const seen = labels.find((label) => label.contains(at) && at.matches("[type=radio], [type=checkbox]")) ?? at;
  const box = seen.getBoundingClientRect();
  const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
  const belongs = (x, y) => {
    const hit = inside(x, y) ? document.elementFromPoint(x, y) : null;
    return hit !== null && (seen.contains(hit) || hit.contains(seen) && hit.closest("header, nav, .action-bar, .bar") === seen.closest("header, nav, .action-bar, .bar"));
  };
  const points = [0.5, 0.15, 0.85].flatMap((part) => [0.5, 0.1, 0.9].map((across) => [box.left + box.width * across, box.top + box.height * part]));
  const rings = [];
  for (let part = at, up = 0; part && up < 4; part = part.parentElement, up += 1) {
    const style = getComputedStyle(part);
    if (style.outlineStyle === "auto" || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5) rings.push(part.tagName);
  }
  return {
    name, tag: at.tagName.toLowerCase(), type: at.type ?? "", role: at.getAttribute("role") ?? "",
    html: at.outerHTML.slice(0, 160), value: at.value ?? "",
    isSeen: points.some(([x, y]) => belongs(x, y)), hasRing: rings.length > 0 || at.tagName === "MAIN",
    isInMain: at.closest("main, dialog, .action-bar") !== null,
  };
}
"""
ROLES = {
    "link": ("a",),
    "button": ("button", "summary"),
    "field": ("input", "textarea", "select"),
}


class Keyboard:
    """Drives a page by keys alone.

    Args:
        page: which.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def where(self) -> dict[str, object] | None:
        """What has the focus; None when nothing has.

        Raises:
            AssertionError: the focus is somewhere, and cannot be seen.
        """
        try:
            self.page.evaluate(NEXT_FRAME)
            settle(self.page)  # what moves, has moved
            at = self.page.evaluate(WHERE)
        except Error as gone:
            if "navigation" not in str(gone):
                raise
            self.page.wait_for_load_state("networkidle")  # the page that a key opened came just now
            return None
        if at is not None:
            assert at["isSeen"], f"the focus is hidden on {self.page.url}: {at['html']}"
            assert at["hasRing"], f"nothing shows the focus on {self.page.url}: {at['html']}"
        return at

    def press(self, *keys: str) -> None:
        """Presses keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, kind: str, name: str | re.Pattern[str], *, back: bool = False) -> None:
        """Presses Tab until the focus is on something of that kind and name.

        Args:
            kind: link, button, field, tab.
            name: the whole name, or a pattern found in it.
            back: backwards, by Shift and Tab.
        """
        passed = []
        for _ in range(FAR):
            at = self.where()
            if at is not None and self._is(at, kind, name):
                return
            passed.append(at["name"] if at else "-")
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"no {kind} {name!r} within {FAR} steps on {self.page.url}: {passed}")

    def _is(self, at: dict[str, object], kind: str, name: str | re.Pattern[str]) -> bool:
        fits = at["role"] == kind if at["role"] else at["tag"] in ROLES.get(kind, ())
        said = str(at["name"])
        return fits and (name.search(said) is not None if isinstance(name, re.Pattern) else said == name)

    def press_on(self, kind: str, name: str | re.Pattern[str], *, key: str = "Enter", back: bool = False) -> None:
        """Goes to a thing and presses it, waiting for the page that follows if one does."""
        self.to(kind, name, back=back)
        self.press(key)
        self.page.wait_for_timeout(150)
        self.page.wait_for_load_state("networkidle")

    def type_into(self, name: str | re.Pattern[str], words: str) -> None:
        """Goes to a field and types over what it holds."""
        self.to("field", name)
        self.press("Control+a", "Delete")
        self.page.keyboard.type(words)

    def choose(self, name: str | re.Pattern[str]) -> None:
        """Goes to the group of radios that holds this one, and moves by arrows until it is chosen."""
        for _ in range(FAR):
            at = self.where()
            if at is not None and at["type"] == "radio":
                for _ in range(30):
                    at = self.where()
                    if at is not None and self._is(at, "field", name):
                        self.press("Space")
                        return
                    self.press("ArrowDown")
            self.press("Tab")
        raise AssertionError(f"no choice {name!r} on {self.page.url}")

    def select(self, name: str | re.Pattern[str], option: str) -> None:
        """Goes to a list and types the beginning of an option."""
        self.to("field", name)
        self.page.keyboard.type(option)

    def walk(self) -> list[str]:
        """Tabs through the whole page from its top.

        Returns:
            The things that had the focus, in order.

        Raises:
            AssertionError: one of them was hidden, or the focus never came out at the end.
        """
        self.page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
        found: list[str] = []
        for _ in range(FAR):
            self.press("Tab")
            at = self.where()
            if at is None or (found and at["html"] == found[0]):
                return found
            found.append(str(at["html"]))
        raise AssertionError(f"the focus never leaves {self.page.url}: {found[-5:]}")
