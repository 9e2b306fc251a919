"""The company's disclosure policy: what it asks of people in each country, and what that makes of one item."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.disclosure_models import DisclosureRule
from advocacy.library.disclosures import Disclosure, Place
from advocacy.library.models import ContentItem
from advocacy.people import countries
from advocacy.people.models import User

LONGEST = 120


@dataclass(frozen=True)
class Rule:
    """What people who work in one country disclose.

    Args:
        country: two letters; "" for everybody for whose country there is no rule.
        text_en: what posts in English and in all languages but Norwegian say; `{company}` holds a place.
        text_nb: what posts in Norwegian say. One of the two is enough; with none, nothing is disclosed.
        is_required: else each person may leave it out of a post.
        place: where it goes that is not in the words yet.
        in_channels: whether also in channels of a team, where colleagues read.
    """

    country: str = ""
    text_en: str = ""
    text_nb: str = ""
    is_required: bool = True
    place: Place = Place.END
    in_channels: bool = False

    def of(self, language: str, company: str) -> Disclosure | None:
        """What a post in a language (BCP 47) says; None for nothing."""
        is_norwegian = language.split("-", maxsplit=1)[0] in ("nb", "nn", "no")
        in_order = (self.text_nb, self.text_en) if is_norwegian else (self.text_en, self.text_nb)
        wordings = [wording.replace("{company}", company) for wording in in_order if wording]
        if not wordings:
            return None
        return Disclosure(wordings[0], self.place, tuple(wordings[1:]), optional=not self.is_required)


@dataclass(frozen=True)
class Asked:
    """What one person's posts of one item have to say.

    Args:
        country: whose rule it is; "" for everybody's.
        policy: what the company's policy asks; None for nothing.
        item: what the item itself asks beside it; None for nothing.
        in_channels: whether the policy's is said in channels too.
    """

    country: str = ""
    policy: Disclosure | None = None
    item: Disclosure | None = None
    in_channels: bool = False

    @property
    def is_required(self) -> bool:
        """Whether every post has to say something, so that none can go without words."""
        return any(one is not None and not one.optional for one in (self.policy, self.item))

    def there(self, *, is_channel: bool, left_out: bool = False) -> tuple[Disclosure, ...]:
        """What is said in one place.

        Args:
            is_channel: whether it is a channel of a team.
            left_out: whether the person left out what they may.
        """
        wanted = [] if is_channel and not self.in_channels else [self.policy]
        return tuple(one for one in (*wanted, self.item) if one is not None and not (left_out and one.optional))


def rules(session: Session) -> list[Rule]:
    """Every rule, that for everybody first."""
    rows = session.scalars(select(DisclosureRule).order_by(DisclosureRule.country))
    return [_rule(row) for row in rows]


def asked_of(session: Session, *, user: User, item: ContentItem, company: str) -> Asked:
    """What this person's posts of this item have to say: their country's rule, else everybody's, and the item's own."""
    known = {rule.country: rule for rule in rules(session) if rule.country in ("", user.country)}
    rule = known.get(user.country) or known.get("")
    return Asked(
        country=rule.country if rule else "",
        policy=rule.of(item.language, company) if rule else None,
        item=of_item(item.disclosure),
        in_channels=rule.in_channels if rule else False,
    )


def everywhere(session: Session, *, language: str, own: str, company: str) -> tuple[tuple[Disclosure, ...], ...]:
    """What posts of an item say in each country, for judging its ready-made texts by the longest.

    Args:
        session: for reading.
        language: of the item.
        own: `ContentItem.disclosure`.
        company: fills `{company}`.
    """
    item = of_item(own)
    found = {
        tuple(one for one in (rule.of(language, company), item) if one is not None)
        for rule in (Rule(), *rules(session))
    }
    return tuple(sorted(found, key=repr))


def longest(session: Session, *, language: str, own: str, company: str) -> tuple[Disclosure, ...]:
    """What posts of an item say where most is asked, for an editor's counters; arguments as for `everywhere`."""
    found = everywhere(session, language=language, own=own, company=company)
    return max(found, key=lambda wanted: sum(len(one.text) for one in wanted))


def wordings(session: Session, *, item: ContentItem, company: str) -> list[str]:
    """Whatever colleagues in any country may have had to add to a post of an item: it makes nobody alike."""
    texts = {text for rule in rules(session) for text in (rule.text_en, rule.text_nb) if text}
    return [*sorted(text.replace("{company}", company) for text in texts), *filter(None, [item.disclosure])]


def of_item(own: str) -> Disclosure | None:
    """What an item itself asks; None for nothing."""
    return Disclosure(own) if own else None


def lay_down(session: Session, clock: Clock, *, rule: Rule, by: User) -> None:
    """Writes a country's rule, or changes it. What people approved already goes out as they approved it.

    Args:
        session: inside a transaction.
        clock: tells when.
        rule: see there.
        by: who does it.

    Raises:
        Invalid: no such country, a text is too long or says nothing, or it is required and there is none.
    """
    rule = replace(
        rule,
        country=countries.country(rule.country),
        text_en=_text("text_en", rule.text_en),
        text_nb=_text("text_nb", rule.text_nb),
    )
    if not (rule.text_en or rule.text_nb) and (rule.is_required or not rule.country):
        raise Invalid("text_en", Text("Write what posts should say, in English or in Norwegian."))
    row = session.get(DisclosureRule, rule.country, with_for_update=True)
    before = _facts(_rule(row)) if row else None
    if row is None:
        row = DisclosureRule(country=rule.country, changed_at=clock.now())
        session.add(row)
    row.text_en, row.text_nb, row.place = rule.text_en, rule.text_nb, rule.place
    row.is_required, row.in_channels = rule.is_required, rule.in_channels
    row.changed_at, row.changed_by = clock.now(), by.id
    _tell(session, clock, "disclosure.laid_down", by, {"before": before, "now": _facts(rule)})


def remove(session: Session, clock: Clock, *, country: str, by: User) -> None:
    """Takes a country's rule away: everybody's holds there then. One that is not there changes nothing."""
    row = session.get(DisclosureRule, country)
    if row is None:
        return
    before = _facts(_rule(row))
    session.delete(row)
    _tell(session, clock, "disclosure.removed", by, {"before": before})


def places_without_country(session: Session) -> list[tuple[str, int]]:
    """Places of work of people whose country is not known, with how many they are; "" for no place."""
    rows = session.execute(
        select(User.location, func.count())
        .where(User.country == "", User.state == "active")
        .group_by(User.location)
        .order_by(User.location)
    )
    return [(place, int(count)) for place, count in rows]


def set_country(session: Session, clock: Clock, *, location: str, country: str, by: User) -> int:
    """Gives everybody at a place of work whose country is not known yet this one.

    Returns:
        How many people.

    Raises:
        Invalid: no such country, or no place.
    """
    code = countries.country(country)
    if not code or not location:
        raise Invalid("country", Text("Please choose a place and a country."))
    there = (User.location == location, User.country == "", User.state == "active")
    found = list(session.scalars(select(User.id).where(*there)))
    session.execute(update(User).where(User.id.in_(found)).values(country=code))
    _tell(session, clock, "people.country_set", by, {"location": location, "country": code, "user_ids": found})
    return len(found)


def _text(field: str, typed: str) -> str:
    kept = " ".join(typed.split())
    if len(kept) > LONGEST:
        raise Invalid(field, Text("Please keep this below {count} characters.", count=LONGEST))
    if kept and not any(sign.isalnum() for sign in kept.replace("{company}", "x")):
        raise Invalid(field, Text("Please say it in words: signs alone tell readers nothing."))
    if "{" in kept.replace("{company}", ""):
        raise Invalid(field, Text("Only {{company}} is filled in here."))
    return kept


def _rule(row: DisclosureRule) -> Rule:
    return Rule(row.country, row.text_en, row.text_nb, row.is_required, row.place, row.in_channels)


def _facts(rule: Rule) -> dict[str, object]:
    return {
        "country": rule.country,
        "text_en": rule.text_en,
        "text_nb": rule.text_nb,
        "is_required": rule.is_required,
        "place": rule.place.value,
        "in_channels": rule.in_channels,
    }


def _tell(session: Session, clock: Clock, kind: str, by: User, data: dict[str, object]) -> None:
    session.flush()
    events.record(session, clock, kind=kind, actor_id=by.id, subject=("disclosure_policy", 1), data=data)
