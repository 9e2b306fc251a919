"""That a post says who speaks: once, where it belongs, in whichever words were asked for."""

import pytest

from advocacy.library.disclosures import Disclosure, Place, disclose, says, spoken

SENTENCE = Disclosure("I work at Nordlys.", Place.BEGINNING, also=("Jeg jobber i Nordlys.",))


@pytest.mark.parametrize(
    "text",
    [
        "Proud: I WORK AT NORDLYS!",
        "Yes, i work  at #Nordlys and love it",
        "Big day #IWorkAtNordlys",
        "Stor dag. Jeg jobber i Nordlys, altså",
    ],
)
def test_what_a_person_said_in_their_own_words_is_not_said_twice(text):
    assert disclose(text, [SENTENCE]) == text


@pytest.mark.parametrize("text", ["I work at Nordlyset", "work at Nordlys I", "I don't work at Nordlys", "Big day"])
def test_what_only_looks_like_it_does_not_disclose(text):
    assert disclose(text, [SENTENCE]) == f"I work at Nordlys.\n\n{text}"


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("#Employee of the month", True),
        ("our #employees", False),
        ("an employee", False),
        ("https://x.example/#employee", False),
    ],
)
def test_a_hashtag_is_said_by_that_hashtag_alone(text, is_said):
    assert says(text, Disclosure("#employee")) is is_said


def test_a_hashtag_goes_on_with_the_words_and_nothing_stands_twice():
    wanted = [Disclosure("#employee"), Disclosure("#Employee"), Disclosure("#ad")]
    assert disclose("Proud", wanted) == "Proud #employee #ad"
    assert disclose("", wanted) == "#employee #ad"
    assert disclose(disclose("Proud", wanted), wanted) == "Proud #employee #ad"


def test_the_archive_keeps_the_wording_that_stands_there():
    assert spoken("Jeg jobber i Nordlys. Stor dag", [SENTENCE, Disclosure("#ad")]) == "Jeg jobber i Nordlys."
