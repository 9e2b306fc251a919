"""Where an administrator may start from when writing the disclosure policy. Suggestions with a source, and no legal advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from advocacy.base.text import Text
from advocacy.library.disclosure_policy import Rule
from advocacy.library.disclosures import Place

LOOKED_UP = date(2026, 11, 26)


@dataclass(frozen=True)
class Suggestion:
    """A rule to start from.

    Args:
        rule: it.
        why: what the source says, in a sentence.
        source: the name of the law or guidance.
        address: where it stands.
    """

    rule: Rule
    why: Text
    source: str
    address: str


_I_WORK_AT = ("I work at {company}.", "Jeg jobber i {company}.")

OF_COUNTRY = {
    "US": Suggestion(
        Rule("US", *_I_WORK_AT, place=Place.BEGINNING),
        Text(
            "Who works for a company has to say so in the post itself, clearly and where it is hard to miss; a profile does not count."
        ),
        "FTC, 16 CFR Part 255",
        "https://www.ftc.gov/business-guidance/resources/ftcs-endorsement-guides-what-people-are-asking",
    ),
    "GB": Suggestion(
        Rule("GB", *_I_WORK_AT, place=Place.BEGINNING),
        Text("Marketing has to be recognisable as such, and nobody may write as a consumer who is none."),
        "CAP Code, section 2",
        "https://www.asa.org.uk/type/non_broadcast/code_section/02.html",
    ),
    "NO": Suggestion(
        Rule("NO", *_I_WORK_AT, place=Place.BEGINNING),
        Text("Marketing has to appear clearly as marketing; that holds for advertising for one’s own business too."),
        "Markedsføringsloven § 3, Forbrukertilsynet",
        "https://www.forbrukertilsynet.no/lov-og-rett/veiledninger-og-retningslinjer/someveiledning",
    ),
}
FOR_EVERYBODY = Suggestion(
    Rule("", *_I_WORK_AT),
    Text("A sentence that everybody understands says more than a hashtag that one has to know."),
    "FTC, 16 CFR Part 255",
    OF_COUNTRY["US"].address,
)


def of(country: str) -> Suggestion | None:
    """What to start from in a country ("" for everybody); None where we know of no source."""
    return OF_COUNTRY.get(country) if country else FOR_EVERYBODY
