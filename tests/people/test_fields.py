"""What may stand in a person's fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.base.errors import Invalid
from advocacy.people import fields, roles


@pytest.mark.parametrize(
    "good",
    ["kari@example.com", "KARI@Example.COM", " kari@example.com ", "k.a-r_i+x@sub.example.co.uk", "kari@corp.local"],
)
def test_addresses_that_are_taken(good):
    assert fields.email(good) == good.strip().lower()


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "kari",
        "kari@",
        "@example.com",
        "kari@example..com",
        "ka..ri@example.com",
        ".kari@example.com",
        "kari@-example.com",
        "kari@example.com\nBcc: all@example.com",
        "Kari <kari@example.com>",
        "kari@example.com, ola@example.com",
        "kari nordmann@example.com",
        "k" * 65 + "@example.com",
        "kari@" + "a." * 130 + "com",
        "ka\u200bri@example.com",
    ],
)
def test_addresses_that_are_refused(bad):
    with pytest.raises(Invalid) as error:
        fields.email(bad)
    assert error.value.field == "email"


@given(st.text(max_size=200))
def test_no_name_that_is_kept_holds_a_line_break_or_an_unseen_sign(typed):
    try:
        kept = fields.name(typed)
    except Invalid:
        return
    assert kept.isprintable()
    assert kept == kept.strip()
    assert 0 < len(kept) <= 120


def test_languages_are_understood_by_code_and_by_name():
    assert fields.languages(["Norsk", "english", "de", "NB"]) == ["nb", "en", "de"]
    assert fields.languages(["en-GB"]) == ["en-GB"]
    assert fields.languages([]) == ["en"]
    with pytest.raises(Invalid, match="klingonsk!"):
        fields.languages(["klingonsk!"])


def test_time_zones():
    assert fields.time_zone(" Europe/Oslo ") == "Europe/Oslo"
    assert fields.time_zone("America/New York") == "America/New_York"
    assert fields.time_zone("") == ""
    for bad in ("Oslo", "../../etc/passwd", "Europe/Nowhere"):
        with pytest.raises(Invalid):
            fields.time_zone(bad)


def test_roles_are_understood_in_both_languages():
    assert [role.value for role in roles.of(["Redaktør", "LEADER", "ansatt"])] == ["curator", "leader"]
    with pytest.raises(Invalid, match="“boss” is not a role"):
        roles.of(["boss"])
