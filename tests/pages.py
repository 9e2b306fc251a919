"""A test browser that checks every page it is given, whatever the test was about.

Valid HTML, one h1, a title that begins with it, unique ids, labels on fields, forms that post to a place of ours
with a token, scripts with this answer's nonce, nothing inline, and the headers that protect the browser.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"
HARMLESS = {"unexpected-start-tag-implies-end-tag"}
FIELDS = ("input", "select", "textarea")


class PageClient(FlaskClient):
    """A browser: follows nothing by itself, posts forms with their own token."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, app.response_class, use_cookies=True)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Sends a request and checks the page that comes back."""
        response = super().open(*args, **kwargs)
        check_headers(response)
        if response.mimetype == "text/html" and not (300 <= response.status_code < 400):
            check_page(response.get_data(as_text=True), nonce=nonce_of(response), is_letter=is_letter(response))
        return response

    def submit(
        self, path: str, data: dict[str, Any] | None = None, *, form: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Opens a page, fills in its form as a person would, and sends it.

        Args:
            path: the page with the form.
            data: what is typed; everything else is sent as the page has it.
            form: the action of the form, when the page has several.
            kwargs: for the POST.
        """
        page = self.get(path)
        assert page.status_code == 200, f"{path} answered {page.status_code}"
        action, fields = form_of(page.get_data(as_text=True), form)
        fields.pop("ask_first", None)  # says yes to its question, as the script would
        for name, value in (data or {}).items():
            fields[name] = value
        return self.post(action or path, data=fields, **kwargs)

    def token(self) -> str:
        """A CSRF token of this browser, for posts without a page."""
        with self.session_transaction() as session:
            session.setdefault("csrf_token", "a" * 40)
            raw = session["csrf_token"]
        signer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return str(signer.dumps(raw))


def nonce_of(response: TestResponse) -> str:
    """The nonce that the answer's policy names."""
    found = re.search(r"'nonce-([^']+)'", response.headers.get("Content-Security-Policy", ""))
    return found.group(1) if found else ""


def check_headers(response: TestResponse) -> None:
    """Every answer protects the browser."""
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if is_letter(response):
        assert "script" not in policy
        assert policy.count("unsafe") == policy.count("style-src 'unsafe-inline'") == 1
        assert "frame-ancestors 'self'" in policy
        assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
        return
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers.get("X-Frame-Options", "DENY") == "DENY"  # a redirect has nothing to frame, and none


def is_letter(response: TestResponse) -> bool:
    """Whether the answer is a letter in a frame: its looks stand on its elements, and nothing runs in it."""
    return response.headers["Content-Security-Policy"].startswith("sandbox ")


def check_page(html: str, *, nonce: str, is_letter: bool = False) -> None:
    """A page (or a fragment without <html>) is sound.

    Raises:
        AssertionError: saying what is wrong.
    """
    is_fragment = "<html" not in html[:500].lower()
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    tree = parser.parseFragment(html) if is_fragment else parser.parse(html)
    problems = [f"{code} {data} at {where}" for where, code, data in parser.errors if code not in HARMLESS]
    assert not problems, f"not valid HTML: {problems[:5]}\n{html[:3000]}"
    everything = list(tree.iter())
    _check_ids(everything)
    if is_letter:
        assert not _named(everything, "script"), "a letter holds no script"
    else:
        _check_scripts(everything, nonce)
    _check_forms(tree, everything)
    if not is_fragment:
        _check_heading(tree)


def _named(everything: list[ElementTree.Element], *names: str) -> list[ElementTree.Element]:
    return [
        element for element in everything if isinstance(element.tag, str) and element.tag.removeprefix(HTML) in names
    ]


def _words(element: ElementTree.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _check_heading(tree: ElementTree.Element) -> None:
    headings = tree.findall(f".//{HTML}h1")
    assert len(headings) == 1, f"a page has one h1, this one has {len(headings)}"
    title = tree.find(f".//{HTML}title")
    assert title is not None
    assert _words(title).startswith(_words(headings[0])), (
        f"title {_words(title)!r} does not begin with {_words(headings[0])!r}"
    )
    root = tree if tree.tag == f"{HTML}html" else tree.find(f".//{HTML}html")
    assert root is not None
    assert root.get("lang"), "the page does not say its language"


def _check_ids(everything: list[ElementTree.Element]) -> None:
    ids = [element.get("id") for element in everything if element.get("id")]
    twice = {name for name in ids if ids.count(name) > 1}
    assert not twice, f"ids used twice: {twice}"
    for element in everything:
        for attribute in ("aria-labelledby", "aria-describedby", "for"):
            for name in (element.get(attribute) or "").split():
                assert name in ids, f"{attribute} names {name!r}, which is not on the page"


def _check_scripts(everything: list[ElementTree.Element], nonce: str) -> None:
    for element in everything:
        inline = [name for name in element.attrib if name.lower().startswith("on") or name == "style"]
        assert not inline, f"inline {inline} on <{element.tag}>: the policy forbids it"
        link = (element.get("href") or element.get("src") or "").strip().lower()
        assert not link.startswith(("javascript:", "data:text", "vbscript:")), f"a foreign scheme: {link[:60]}"
    for script in _named(everything, "script"):
        assert script.get("src", "").startswith("/static/") or script.get("nonce") == nonce, (
            "a script without the nonce"
        )
    assert not _named(everything, "style"), "styles belong in the style sheet"


def _check_forms(tree: ElementTree.Element, everything: list[ElementTree.Element]) -> None:
    for form in _named(everything, "form"):
        action = form.get("action", "")
        assert not action or action.startswith(("/", "?")), f"a form that posts elsewhere: {action}"
        if form.get("method", "get").lower() == "post":
            names = [field.get("name") for field in _named(list(form.iter()), *FIELDS)]
            assert "csrf_token" in names, f"the form for {action} has no token"
    labelled = {label.get("for") for label in _named(everything, "label")}
    inside = {field for label in _named(everything, "label") for field in _named(list(label.iter()), *FIELDS)}
    for field in _named(everything, *FIELDS):
        if field.get("type") in ("hidden", "submit", "button"):
            continue
        named = (
            field.get("id") in labelled or field in inside or field.get("aria-label") or field.get("aria-labelledby")
        )
        assert named, f"a field without a label: {field.attrib}"


def form_of(html: str, action: str | None = None) -> tuple[str, dict[str, Any]]:
    """A page's form as a browser would send it untouched.

    Args:
        html: the page.
        action: the address the form posts to; without it the last POST form inside <main>.

    Returns:
        Its action and its fields; a field with several values has a list.
    """
    tree = html5lib.parse(html, treebuilder="etree")
    main = tree.find(f".//{HTML}main")
    where = list((tree if main is None or action else main).iter())
    forms = [form for form in _named(where, "form") if form.get("method", "").lower() == "post"]
    fitting = [form for form in forms if action is None or form.get("action") == action]
    assert fitting, f"no form for {action!r}; there are {[form.get('action') for form in forms]}"
    fields: dict[str, Any] = {}
    for field in _named(list(fitting[-1].iter()), *FIELDS):
        name = field.get("name")
        if not name or field.get("disabled") is not None:
            continue
        for value in _values(field):
            fields[name] = (
                [*([fields[name]] if not isinstance(fields[name], list) else fields[name]), value]
                if name in fields
                else value
            )
    return fitting[-1].get("action", ""), fields


def _values(field: ElementTree.Element) -> list[str]:
    tag = str(field.tag).removeprefix(HTML)
    if tag == "textarea":
        return [(field.text or "").removeprefix("\n")]
    if tag == "select":
        options = _named(list(field.iter()), "option")
        picked = [option for option in options if option.get("selected") is not None]
        if not picked and field.get("multiple") is None:
            picked = options[:1]
        return [option.get("value", _words(option)) for option in picked]
    kind = field.get("type", "text")
    if kind in ("checkbox", "radio"):
        return [field.get("value", "on")] if field.get("checked") is not None else []
    return [] if kind in ("submit", "button", "file", "image", "reset") else [field.get("value", "")]
