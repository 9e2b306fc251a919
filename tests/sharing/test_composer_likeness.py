"""The composer tells how near a text comes to what colleagues shared, before it is sent."""

from datetime import timedelta

import pytest

TEXT = "We just opened a wind farm that powers forty thousand homes, and I am proud of everybody who built it"


@pytest.fixture
def item(make):
    return make.item()


@pytest.fixture
def ask(sharing, make, signed_in, item):
    """What the composer shows a person beside a text."""
    cy = make.user("Cy")
    account = sharing.connect(cy, handle="cy.test")
    browser = signed_in(cy)

    def likeness(text, key=f"c{account.id}"):
        data = {"csrf_token": browser.token(), f"text-{key}": text}
        return browser.post(f"/share/{item.id}/likeness/{key}", data=data)

    return likeness


@pytest.fixture
def shared(sharing, make, item):
    accounts = []
    for name in ("ada", "bo"):
        user = make.user(name.title())
        accounts.append(sharing.connect(user, handle=f"{name}.test"))
        sharing.share(user, item, accounts[-1], text=TEXT)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    return accounts


def test_what_is_only_planned_cannot_be_found_out_word_by_word(ask, sharing, make, item):
    ada = make.user("Ada")
    sharing.share(ada, item, sharing.connect(ada), text=TEXT, due_at=sharing.house.clock.now() + timedelta(days=1))
    assert ask(TEXT).text.strip() == ""


def test_a_text_like_a_colleagues_is_told_with_how_many_and_how_much(ask, shared):
    said = ask(f"{TEXT}!").text
    assert "2 colleagues shared something like it lately; up to 100 % are the same words." in said
    assert "Ada" not in said


def test_words_of_ones_own_are_left_alone(ask, shared):
    assert ask("My own thoughts about what it takes to work at sea in winter").text.strip() == ""


def test_an_account_of_somebody_else_is_not_there(ask, shared):
    assert ask(TEXT, key=f"c{shared[0].id}").status_code == 404
