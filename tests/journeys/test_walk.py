"""Every page, on phone and desk, light and dark, in both languages, empty and full, for each kind of visitor."""

import pytest
from sqlalchemy import select

from advocacy.demo import seeding
from advocacy.people.models import Role, User
from tests.site import walk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PHONE_LIGHT, PHONE_DARK, DESK_DARK, DESK_LIGHT = (390, "light"), (390, "dark"), (1280, "dark"), (1280, "light")
EVERY_LOOK = (PHONE_LIGHT, PHONE_DARK, DESK_DARK, DESK_LIGHT)
TWO_LOOKS, OTHER_TWO = (PHONE_LIGHT, DESK_DARK), (PHONE_DARK, DESK_LIGHT)
"""Colours do not depend on the language, nor does the width on the colours: the two languages share the four looks."""


def look(page, axe, looks):
    """What is wrong with the page in each look."""
    wrong = []
    for width, theme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        wrong += [f"{width} {theme}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{width} {theme}: wider than the window")
    return wrong


def a_visitor(house, make, hub, visitor, language):
    """Whoever looks: a stranger, or a person of an empty hub or of the demo company."""
    if hub == "full":
        seeding.seed(house)
    if visitor == "stranger":
        return None
    with house.db.transaction() as session:
        role = Role(visitor)
        people = session.scalars(select(User).order_by(User.id)).all()
        having = [user for user in people if role in user.roles]
        if having:
            having[0].locale = language
            return having[0]
    return make.user("Anna First", *({role} - {Role.ADVOCATE}), locale=language)


@pytest.mark.parametrize(
    ("hub", "visitor", "language", "looks"),
    [
        ("full", "admin", "en", TWO_LOOKS),
        ("full", "admin", "nb", OTHER_TWO),
        ("full", "stranger", "en", EVERY_LOOK),
        ("full", "stranger", "nb", OTHER_TWO),
        ("full", "advocate", "en", TWO_LOOKS),
        ("empty", "admin", "en", TWO_LOOKS),
        ("empty", "advocate", "nb", OTHER_TWO),
    ],
)
def test_every_page_is_sound(site, house, make, app, axe, hub, visitor, language, looks):
    page = site.visit(a_visitor(house, make, hub, visitor, language), language=language)
    wrong = {f"{stop.endpoint} {stop.path}": look(page, axe, looks) for stop in walk(page, app.url_map, site.url)}
    assert len(wrong) > 1
    assert {where: lines for where, lines in wrong.items() if lines} == {}
