"""What the browser receives is what the sources in styles/ and templates/ say."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from advocacy.web.navigation import BAR, DOCK, FOOTER, MENU

PROJECT = Path(__file__).resolve().parents[2]
STATIC = PROJECT / "static"
BUILT = (
    "css/app.css",
    "icons.svg",
    "fonts/inter-latin.woff2",
    "fonts/inter-latin-ext.woff2",
    "vendor/htmx.min.js",
)


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    path = f"{PROJECT / '.tools/node/bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    if shutil.which("node", path=path) is None:
        assert not os.environ.get("CI"), "Node is missing, so nobody checked the built style sheet."
        pytest.skip("Node is missing: the built style sheet was not checked.")
    subprocess.run([PROJECT / "styles/build", tmp_path], check=True, timeout=300)
    stale = [name for name in BUILT if (tmp_path / name).read_bytes() != (STATIC / name).read_bytes()]
    assert not stale, f"Run styles/build and commit: {', '.join(stale)}"


def test_every_icon_of_a_template_or_of_the_navigation_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for template in (PROJECT / "templates").rglob("*.html")
        for name in re.findall(r"(?:\b|_)icon\s*[(=:]\s*'([a-z0-9-]+)'", template.read_text())
    }
    named |= {entry.icon for entry in (*BAR, *DOCK, *MENU, *FOOTER)}
    assert named <= drawn, f"Run styles/build; not drawn: {sorted(named - drawn)}"


def test_the_style_sheet_stays_below_25_kb_compressed() -> None:
    assert compressed(STATIC / "css/app.css") <= 25_000


def with_imports(script: Path) -> set[Path]:
    """A script and everything that it loads."""
    loaded, waiting = set[Path](), [script]
    while waiting:
        path = waiting.pop()
        if path not in loaded:
            loaded.add(path)
            waiting += [
                path.parent / name for name in re.findall(r'(?:from|import) "(\./[\w-]+\.js)"', path.read_text())
            ]
    return loaded


def test_script_of_every_page_stays_below_45_kb_compressed() -> None:
    of_every_page = {STATIC / "vendor/htmx.min.js", *with_imports(STATIC / "js/app.js")}
    named = {
        name
        for template in (PROJECT / "templates").rglob("*.html")
        for name in re.findall(r"filename='(js/[\w-]+\.js)'", template.read_text())
    }
    assert {"js/app.js", "js/composer.js", "js/push-switch.js"} <= named
    for name in named:
        assert sum(map(compressed, of_every_page | with_imports(STATIC / name))) <= 45_000, name


def test_the_first_view_stays_below_150_kb_without_pictures() -> None:
    fetched = [
        "css/app.css",
        "icons.svg",
        "vendor/htmx.min.js",
        *(f"js/{p.name}" for p in STATIC.glob("js/*.js")),
    ]
    font = (STATIC / "fonts/inter-latin.woff2").stat().st_size
    page_itself = 20_000
    assert sum(compressed(STATIC / name) for name in fetched) + font + page_itself <= 150_000


def test_no_template_says_a_colour_by_hand_or_carries_style_or_script_inline() -> None:
    by_hand = re.compile(
        r"""\sstyle=|\son[a-z]+=|\bdark:|hx-on|javascript:"""
        r"""|\b(?:text|bg|border|fill|stroke)-(?:gray|slate|zinc|red|green|blue|yellow|indigo|white|black)\b"""
    )
    found = [
        f"{template.relative_to(PROJECT)}: {hit.group().strip()}"
        for template in (PROJECT / "templates").rglob("*.html")
        if template.parent.name != "mail"  # mail programs read no style sheets
        for hit in by_hand.finditer(re.sub(r"{#.*?#}", "", template.read_text(), flags=re.S))
    ]
    assert not found
