"""Ready-made posts: placeholders, each network's own counting, and which fits whom."""

import pytest

from advocacy.library import captions
from advocacy.library.content import CaptionText
from advocacy.library.disclosures import Disclosure
from advocacy.library.models import Caption
from advocacy.sharing import text_rules
from advocacy.sharing.networks import Networks


@pytest.fixture
def rules(house):
    return text_rules.of_networks(house.part(Networks), public_url="https://hub.nordlys.no", company="Nordlys")


def test_every_network_counts_by_its_own_rule(rules):
    def left(network, text, **more):
        return captions.length(rules, text=text, network=network, **more).left

    assert left("bluesky", "x" * 300) == 0, "the link stands on the card"
    assert left("bluesky", "x" * 301) == -1
    assert left("mastodon", "x" * 475) == 0, "two line breaks, and 23 for any link"
    assert left("x", "x" * 255) == 0, "two line breaks, and 23 for any link"
    assert left("x", "日" * 10) == left("x", "x" * 20), "X counts a sign of Chinese twice"
    assert captions.length(rules, text="x" * 9000, network="whatsapp").left is None
    assert captions.length(rules, text="any", network="") is None


def test_placeholders_and_disclosure_count_as_what_they_become(rules):
    def used(text, **more):
        return captions.length(rules, text=text, network="bluesky", **more).used

    assert used("Hi {first_name}") == len(f"Hi {captions.SAMPLE_NAME}")
    assert used("At {company}") == len("At Nordlys")
    assert used("See {link}") == len(f"See {rules.sample_link}")
    assert used("Proud", disclosures=[Disclosure("#employee")]) == len("Proud #employee")
    assert used("Proud #Employee", disclosures=[Disclosure("#employee")]) == len("Proud #Employee")


def test_a_person_gets_their_own_name_and_the_link_comes_later():
    text = "I am {first_name} of {company}: {link} {other}"
    assert captions.fill(text, first_name="Kari", company="Nordlys") == "I am Kari of Nordlys: {link} {other}"


def test_editors_are_told_what_would_not_work(rules):
    found = captions.problems(
        rules,
        [
            CaptionText("fine {link}", "bluesky"),
            CaptionText("x" * 310, "bluesky", label="Long"),
            CaptionText("{fist_name}!", ""),
            CaptionText("x" * 5000, "nowhere"),
        ],
    )
    assert [str(text) for text in found] == [
        "Ready-made post “Long” is 10 characters too long for Bluesky.",
        "Ready-made post “3” holds {fist_name}, which nothing fills. Use {first_name}, {company} or {link}.",
    ]


def test_a_text_for_any_network_is_held_to_the_rule_of_each(rules):
    def warned(*texts, **more):
        return [str(text) for text in captions.warnings(rules, [CaptionText(*one) for one in texts], **more)]

    assert warned(("fits everywhere", ""), ("x" * 310, "bluesky")) == []
    (said,) = warned(("short", ""), ("x" * 310, "", "en", "Long"))
    assert said.startswith("Ready-made post “Long” is for any network, but too long for some by so many characters: ")
    listed = said.partition("characters: ")[2].partition(".")[0].split(", ")
    assert "X 55" in listed, "280 with two line breaks and 23 for the link, as X counts"
    assert "Bluesky 10" in listed, "300, the link on its card"
    assert not [one for one in listed if one.startswith(("Mastodon", "LinkedIn"))]
    counts = [int(one.rsplit(" ", 1)[1]) for one in listed]
    assert counts == sorted(counts, reverse=True)
    (locked,) = warned(("x" * 310, ""), is_locked=True)
    assert "it cannot be shared there" in locked


def test_it_is_counted_with_the_disclosure_and_the_name_filled_in(rules):
    def over(text, **more):
        return {rule.network: count for rule, count in captions.too_long_for(rules, text=text, **more)}

    assert "bluesky" not in over("x" * 300)
    assert over("x" * 300, disclosures=[[Disclosure("#employee")]])["bluesky"] == len(" #employee")
    countries = [[Disclosure("#employee")], [Disclosure("#ad")], []]
    assert over("x" * 300, disclosures=countries)["bluesky"] == len(" #employee"), "where most is asked"
    assert over("x" * 300 + "{first_name}")["bluesky"] == len(captions.SAMPLE_NAME)


def test_the_best_caption_for_a_person_comes_first(make):
    made = [
        Caption(text="any en", network="", language="en", position=0),
        Caption(text="bsky nb", network="bluesky", language="nb", position=1),
        Caption(text="bsky en", network="bluesky", language="en-GB", position=2),
        Caption(text="masto en", network="mastodon", language="en", position=3),
        Caption(text="any de", network="", language="de", position=4),
    ]
    item = make.item(captions=made)

    def order(languages):
        return [caption.text for caption in captions.fitting(item, network="bluesky", languages=languages)]

    assert order(["en", "nb"]) == ["bsky en", "any en", "bsky nb", "any de"]
    assert order(["nb-NO"]) == ["bsky nb", "bsky en", "any en", "any de"]


def test_a_preview_shows_what_goes_out(rules):
    def shown(network, text, **more):
        return captions.preview(rules, text=text, network=network, first_name="Kari", **more)

    link = rules.sample_link
    assert shown("x", "I am {first_name}.", disclosures=[Disclosure("#ad")]) == f"I am Kari. #ad\n\n{link}"
    assert shown("bluesky", "I am {first_name}.") == "I am Kari.", "the link stands on the card"
    assert shown("x", "{link} first") == f"{link} first"
    assert shown("x", "Nowhere {link}", has_link=False) == "Nowhere"
