"""What Nordlys wants to be known for: its message house, and a word or two that it avoids."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.demo import company
from advocacy.library import message_house
from advocacy.library.message_house import Proof, WordUse, Written
from advocacy.people.models import Team, User

SITE = f"https://{company.DOMAIN}"
MESSAGES = (
    (
        "Mia Lund",
        {
            "en": "We power Norwegian homes with wind from the sea",
            "nb": "Vi gir norske hjem kraft fra vind til havs",
        },
        (
            Proof("Sørlige Vind delivers power to 40 000 homes", f"{SITE}/stories/1"),
            Proof("Full capacity was reached six weeks ahead of plan"),
        ),
        ("from one wind farm", "strøm til 40 000 hjem"),
    ),
    (
        "Mia Lund",
        {"en": "We say what went wrong too", "nb": "Vi sier også fra om det som gikk galt"},
        (Proof("The climate account is audited and names what did not work", f"{SITE}/stories/climate"),),
        ("not everything went well",),
    ),
    (
        "Nora Strand",
        {
            "en": "You can begin here as a trainee and lead a site",
            "nb": "Du kan begynne som lærling og lede et anlegg",
        },
        (Proof("Tomas went from trainee to site lead in four years"),),
        ("from trainee to site lead",),
    ),
    (
        "Mia Lund",
        {"en": "We build the grid before we need it", "nb": "Vi bygger nettet før vi trenger det"},
        (Proof("Storage is planned at four nodes of the grid"),),
        ("storage first",),
    ),
)
WORDS = (
    (WordUse.AVOID, "green energy", "renewable power", "en"),
    (WordUse.AVOID, "grønn energi", "fornybar kraft", "nb"),
    (WordUse.AVOID, "synergy", "what we do together", ""),
    (WordUse.USE, "wind farm", "Not “wind park”", "en"),
    (WordUse.USE, "colleague", "Not “resource” or “headcount”", "en"),
)


def write(session: Session, clock: Clock, people: dict[str, User], *, now: datetime) -> None:
    """Writes the house, one message of it for a department and one that is to come.

    Args:
        session: inside a transaction.
        clock: tells when.
        people: of the demo, by name.
        now: the last message holds from a month after.
    """
    by = people["Mia Lund"].id
    for owner, sentences, proofs, signs in MESSAGES:
        written = Written(sentences, proofs=proofs, signs=signs, owner_email=people[owner].email)
        message_house.save(session, clock, written=written, by=by)
    sales = session.scalars(select(Team).where(Team.name == "Sales")).one()
    message_house.save(
        session,
        clock,
        written=Written(
            {"en": "One contract, one price, for five years", "nb": "Én avtale, én pris, i fem år"},
            team_id=sales.id,
            valid_from=now.date() + timedelta(days=30),
        ),
        by=by,
    )
    for use, phrase, instead, language in WORDS:
        message_house.add_word(session, clock, use=use, phrase=phrase, instead=instead, language=language, by=by)
