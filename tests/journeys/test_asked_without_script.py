"""What cannot be undone is asked about first: in a dialog, and on a page of its own in a browser without script."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from advocacy.library import message_house
from advocacy.library.message_models import HouseWord, WordUse

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def kept(db, clock, make):
    """How many words the message house has; there is one to avoid."""
    curator = make.curator()
    with db.transaction() as session:
        message_house.add_word(
            session,
            clock,
            use=WordUse.AVOID,
            phrase="green <b>energy</b>",
            instead="",
            language="",
            by=curator.id,
        )

    def count() -> int:
        with db.reading() as session:
            return session.scalar(select(func.count()).select_from(HouseWord))

    return count


@ONE_DATABASE
@pytest.mark.parametrize("language", ["en", "nb"])
def test_without_script_a_page_asks_before_a_word_of_the_company_is_removed(site, make, kept, language):
    page = site.visit(make.curator(locale=language), script=False, width=390)
    page.goto("/company/messages")
    remove = {"en": "Remove “green", "nb": "Fjern «green"}[language]
    page.get_by_role("button", name=remove).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        {"en": "Are you sure?", "nb": "Er du sikker?"}[language]
    )
    assert kept() == 1, "asked first"
    page.get_by_role("link", name={"en": "No, go back", "nb": "Nei, gå tilbake"}[language]).click()
    assert page.url.endswith("/company/messages")
    assert kept() == 1
    page.get_by_role("button", name=remove).click()
    page.get_by_role("button", name={"en": "Yes, go on", "nb": "Ja, fortsett"}[language]).click()
    assert "/company/messages" in page.url
    assert kept() == 0


@ONE_DATABASE
def test_with_script_the_dialog_asks_and_no_page_after_it(site, make, kept):
    page = site.visit(make.curator())
    page.goto("/company/messages")
    page.get_by_role("button", name="Remove “green").click()
    page.get_by_role("dialog").get_by_role("button", name="No, keep it").click()
    assert kept() == 1
    page.get_by_role("button", name="Remove “green").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove “green").click()
    expect(page.get_by_role("button", name="Remove “green")).to_have_count(0)
    assert kept() == 0


@ONE_DATABASE
def test_the_page_that_asks_is_for_everybody(site, make, kept, axe):
    page = site.visit(make.curator(), width=390, theme="dark")
    page.goto("/company/messages")
    page.evaluate("document.querySelector('form[data-confirm]').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Are you sure?")
    assert axe(page) == []


def test_a_question_that_somebody_made_up_is_words_and_needs_the_forms_token(make, signed_in):
    browser = signed_in(make.user())
    question = {"ask_first": "<script>alert(1)</script>", "kudos_public": "y"}
    assert browser.post("/company/kudos/mine", data=question).status_code == 400, "no token"
    answer = browser.post("/company/kudos/mine", data={**question, "csrf_token": browser.token()})
    assert "<script>alert" not in answer.text
    assert 'name="kudos_public" value="y"' in answer.text
