"""The summary as a PDF: the figures that were counted, in words that can be selected, in the reader's language."""

import io
import re

from pypdf import PdfReader


def read(answer):
    """The pages of a report as words."""
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.data))
    return reader, [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_report_holds_the_figures_beside_those_of_before_and_what_they_mean(make, signed_in, company, month):
    reader, pages = read(signed_in(make.leader()).get("/insights/report.pdf"))
    said = " ".join(pages)
    clicked = company.clicked(month.first, month.last)
    human = sum(click["is_human"] for click in clicked)
    assert re.search(rf"Clicks by people Measured {human}\b", said)
    assert re.search(rf"Visitors Estimated {sum(click['is_first_today'] for click in clicked)}\b", said)
    assert "Posts people told us of Self-reported" in said
    assert "compared with" in said
    assert "Not available" in said
    assert "the two are never added up" in said
    assert "Nordlys" in pages[0]
    for number, words in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in words
    assert reader.metadata.title.startswith("What sharing achieved")
    assert reader.trailer["/Root"]["/Lang"] == "en"


def test_a_report_speaks_norwegian_says_what_it_is_narrowed_to_and_names_nobody(make, signed_in, company):
    path = f"/insights/report.pdf?period=90d&network=mastodon&item={company.items[1]}"
    reader, pages = read(signed_in(make.leader(locale="nb")).get(path))
    said = " ".join(pages)
    assert "Klikk fra mennesker" in said
    assert "Nettverk: Mastodon" in said
    assert ": Item 1" in said
    assert "Side 1 av" in said
    assert "Person Number" not in said
    assert "Hvem deltar" not in said  # the headcount is nobody's of one network
    assert reader.trailer["/Root"]["/Lang"] == "nb-NO"


def test_a_report_of_days_without_figures_says_so(make, signed_in):
    _, pages = read(signed_in(make.leader()).get("/insights/report.pdf"))
    assert "Nothing in these days." in " ".join(pages)


def test_every_letter_of_a_report_is_in_its_font(make, signed_in, caplog):
    make.share(make.user(), make.item("Vindmøller på havet – 50 % mer strøm, sier «Łódź» & Ærø…"))
    _, pages = read(signed_in(make.leader(locale="nb")).get("/insights/report.pdf?period=year"))
    assert "Vindmøller på havet" in " ".join(pages)
    assert not [line for line in caplog.messages if "glyph" in line.lower()]


def test_days_that_make_no_sense_are_refused(make, signed_in):
    browser = signed_in(make.leader())
    assert browser.get("/insights/report.pdf?period=custom&from=2026-03-10&to=2026-03-01").status_code == 422
