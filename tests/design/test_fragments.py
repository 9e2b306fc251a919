"""Parts of pages that are made once: nobody is shown what was made of somebody else's values."""

import re

import pytest
from flask_babel import force_locale
from jinja2 import ChoiceLoader, DictLoader, UndefinedError
from markupsafe import Markup

CARD = (
    """<p>{{ name }} {{ _('Save') }}</p><form action="?next={{ here }}"><input value="{{ csrf_token() }}"></form>"""
)


@pytest.fixture
def fragment(app):
    """`fragment("card.html", name="Kari", holes={"here": "/feed"})`, within a request."""
    more = DictLoader(
        {"card.html": CARD, "curious.html": "{{ request.path }}", "asks.html": "{{ current_user.name }}"}
    )
    app.jinja_env.loader = ChoiceLoader([more, app.jinja_env.loader])
    with app.test_request_context("/"):
        yield app.jinja_env.globals["fragment"]


def test_what_is_the_same_is_made_once(fragment):
    first = fragment("card.html", name="Kari", holes={"here": "/feed"})
    again = fragment("card.html", name="Kari", holes={"here": "/feed?after=x"})
    assert "Kari Save" in first
    assert fragment._found.cache_info().hits == 1
    assert again == first.replace("?next=/feed", "?next=/feed?after=x")


def test_other_values_and_languages_are_other_fragments(fragment):
    kari = fragment("card.html", name="Kari", holes={"here": "/"})
    ola = fragment("card.html", name="Ola", holes={"here": "/"})
    with force_locale("nb"):
        norsk = fragment("card.html", name="Kari", holes={"here": "/"})
    assert ("Kari Save" in kari, "Ola Save" in ola, "Kari Lagre" in norsk) == (True, True, True)


def test_values_and_what_fills_holes_are_escaped_and_markup_is_told_from_text(fragment):
    bad = "<b>&</b>"
    marked = fragment("card.html", name=Markup(bad), holes={"here": '"><b>'})
    typed = fragment("card.html", name=bad, holes={"here": '"><b>'})
    assert "<p><b>&</b> Save" in marked
    assert "<p>&lt;b&gt;&amp;&lt;/b&gt; Save" in typed
    assert 'next=&#34;&gt;&lt;b&gt;"' in typed


def test_a_fragment_cannot_ask_who_is_there(fragment):
    for name in ("curious.html", "asks.html"):
        with pytest.raises(UndefinedError):
            fragment(name)


def test_each_browser_gets_a_token_of_its_own_in_the_same_bars(app, signed_in, make):
    kari, ola = (make.user(name) for name in ("Kari", "Ola"))
    pages = [signed_in(one).get("/company").text for one in (kari, ola)]
    tokens = [set(re.findall(r'name="csrf_token" value="([^"]+)"', page)) for page in pages]
    assert all(len(found) == 1 for found in tokens)
    assert tokens[0].isdisjoint(tokens[1])
    assert ("Ola" in pages[0], "Kari" in pages[1]) == (False, False)
    assert app.jinja_env.globals["fragment"]._sign not in "".join(pages)
