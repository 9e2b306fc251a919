"""What tracked links tell the page they lead to: UTM parameters, put together from the company's own patterns."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.models import ContentItem, ItemKind
from advocacy.people import groups
from advocacy.people.models import closed_set

LONGEST = 100
"""Characters of a pattern."""
LONGEST_VALUE = 120
"""Characters of what it becomes in an address."""
NO_CAMPAIGN = "advocacy"
"""What {campaign} is for items without one."""
EXAMPLE_NETWORK = "linkedin"


class Parameter(enum.StrEnum):
    """The five that analytics software reads."""

    SOURCE = "utm_source"
    MEDIUM = "utm_medium"
    CAMPAIGN = "utm_campaign"
    CONTENT = "utm_content"
    TERM = "utm_term"


PLACES = ("network", "campaign", "item", "title", "language", "team")
"""What a pattern may hold a place for. None of them tells a person; a team is told when it is large enough."""
UNLESS_DECIDED: Mapping[Parameter, str] = {
    Parameter.SOURCE: "{network}",
    Parameter.MEDIUM: "employee",
    Parameter.CAMPAIGN: "{campaign}",
    Parameter.CONTENT: "item-{item}",
    Parameter.TERM: "",
}
_PLACE = re.compile(r"\{([^{}]*)\}")
_PLAIN = re.compile(r"[\w .~-]*")


class UtmPattern(Base):
    """What one parameter is made of, for every link that no campaign decides otherwise."""

    __tablename__ = "utm_pattern"

    parameter: Mapped[Parameter] = mapped_column(closed_set(Parameter), primary_key=True)
    pattern: Mapped[str] = mapped_column(String(LONGEST), default="")
    """"" leaves the parameter out."""


class CampaignUtmPattern(Base):
    """What one parameter is made of in links to a campaign's items."""

    __tablename__ = "campaign_utm_pattern"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    parameter: Mapped[Parameter] = mapped_column(closed_set(Parameter), primary_key=True)
    pattern: Mapped[str] = mapped_column(String(LONGEST))


def of_hub(session: Session) -> dict[Parameter, str]:
    """The pattern of every parameter where no campaign decides otherwise."""
    return {**UNLESS_DECIDED, **{row.parameter: row.pattern for row in session.scalars(select(UtmPattern))}}


def of_campaign(session: Session, campaign_id: int) -> dict[Parameter, str]:
    """The patterns that a campaign decides itself."""
    rows = session.scalars(select(CampaignUtmPattern).where(CampaignUtmPattern.campaign_id == campaign_id))
    return {row.parameter: row.pattern for row in rows}


def in_force(session: Session, *, campaign_id: int | None) -> dict[Parameter, str]:
    """The pattern of every parameter for links to items of this campaign, or of none."""
    own = of_campaign(session, campaign_id) if campaign_id is not None else {}
    return {**of_hub(session), **own}


def checked(parameter: Parameter, pattern: str) -> str:
    """A pattern as it is kept.

    Raises:
        Invalid: on the parameter's name.
    """
    pattern = pattern.strip()
    if len(pattern) > LONGEST:
        raise Invalid(parameter, Text("Please keep this below {count} characters.", count=LONGEST))
    unknown = [name for name in _PLACE.findall(pattern) if name not in PLACES]
    if unknown:
        raise Invalid(
            parameter,
            Text(
                "There is no place called {name}. These are: {places}.",
                name=f"{{{unknown[0][:30]}}}",
                places=", ".join(f"{{{name}}}" for name in PLACES),
            ),
        )
    if not _PLAIN.fullmatch(_PLACE.sub("", pattern)):
        raise Invalid(
            parameter, Text("Please use letters, digits, spaces, dots, hyphens and the places in braces only.")
        )
    return pattern


def decide(
    session: Session, clock: Clock, *, by: int, patterns: Mapping[Parameter, str], campaign_id: int | None = None
) -> None:
    """Decides what links made from now on tell. Links made before keep what they have.

    Args:
        session: inside a transaction.
        clock: tells when.
        by: the id of who does it.
        patterns: of every parameter. "" leaves it out; for a campaign, it is then as everywhere else.
        campaign_id: for its items alone; None for all.

    Raises:
        Invalid: on a parameter's name.
    """
    wanted = {parameter: checked(parameter, patterns.get(parameter, "")) for parameter in Parameter}
    if campaign_id is None:
        if wanted == of_hub(session):
            return
        for parameter, pattern in wanted.items():
            session.merge(UtmPattern(parameter=parameter, pattern=pattern))
    else:
        own = {parameter: pattern for parameter, pattern in wanted.items() if pattern}
        if own == of_campaign(session, campaign_id):
            return
        session.execute(delete(CampaignUtmPattern).where(CampaignUtmPattern.campaign_id == campaign_id))
        for parameter, pattern in own.items():
            session.add(CampaignUtmPattern(campaign_id=campaign_id, parameter=parameter, pattern=pattern))
    session.flush()
    events.record(
        session,
        clock,
        kind="link_parameters.changed",
        actor_id=by,
        subject=("campaign", campaign_id),
        data={"patterns": {parameter.value: pattern for parameter, pattern in wanted.items()}},
    )


def facts(
    session: Session, *, item: ContentItem, network: str, team_id: int | None, smallest_group: int, needs_team: bool
) -> dict[str, str]:
    """What stands in each place of a pattern for one link.

    Args:
        session: for reading.
        item: what is shared.
        network: what its captions are written for.
        team_id: the sharer's team. What is told is the nearest team above them that stands on its own with at least
            `smallest_group` people, so that no link points at one person.
        smallest_group: `Settings.smallest_group`.
        needs_team: whether any pattern asks for it; else it is not looked up.
    """
    return {
        "network": network,
        "campaign": item.campaign.name if item.campaign is not None else NO_CAMPAIGN,
        "item": str(item.id),
        "title": item.title,
        "language": item.language or "",
        "team": _team(session, team_id, smallest_group) if needs_team and team_id is not None else "",
    }


def _team(session: Session, team_id: int, smallest_group: int) -> str:
    known = groups.tree(session, smallest=smallest_group)
    large = [one for one in known.path(team_id) if known.is_shown(one)]
    return known.names[large[-1]] if large else ""


def asks_for_team(patterns: Mapping[Parameter, str]) -> bool:
    """Whether a pattern holds a place for the team."""
    return any("{team}" in pattern for pattern in patterns.values())


def filled(patterns: Mapping[Parameter, str], told: Mapping[str, str]) -> dict[str, str]:
    """The parameters with their values; those that come out empty are left out.

    Args:
        patterns: checked.
        told: what stands in each place, in any spelling; made into small letters with dashes.
    """
    values = {}
    for parameter in Parameter:
        value = _PLACE.sub(lambda place: slug(told.get(place.group(1), "")), patterns.get(parameter, ""))
        value = re.sub(r"-{2,}", "-", value).strip(" -_.")[:LONGEST_VALUE]
        if value:
            values[parameter.value] = value
    return values


@dataclass(frozen=True)
class Example:
    """What a link made now would tell.

    Args:
        title: of the item it would lead to; "" when the library has none, and an address was made up.
        target: where it would lead.
    """

    title: str
    target: str


def examples(
    session: Session,
    patterns: Mapping[Parameter, str],
    *,
    campaign_id: int | None,
    team_id: int | None,
    smallest_group: int,
    most: int = 2,
) -> list[Example]:
    """Links to the newest items as these patterns would make them.

    Args:
        session: for reading.
        patterns: checked.
        campaign_id: whose items; None for any.
        team_id: the team of whoever looks.
        smallest_group: `Settings.smallest_group`.
        most: how many, 1 or more.
    """
    query = select(ContentItem).where(ContentItem.source_url != "", ContentItem.kind != ItemKind.POST)
    if campaign_id is not None:
        query = query.where(ContentItem.campaign_id == campaign_id)
    found = []
    for item in session.scalars(query.order_by(ContentItem.id.desc()).limit(most)):
        told = facts(
            session,
            item=item,
            network=EXAMPLE_NETWORK,
            team_id=team_id,
            smallest_group=smallest_group,
            needs_team=asks_for_team(patterns),
        )
        found.append(Example(item.title, added(item.source_url, filled(patterns, told))))
    if not found:
        told = {"network": EXAMPLE_NETWORK, "campaign": NO_CAMPAIGN, "item": "1", "title": "news", "language": "en"}
        found.append(Example("", added("https://www.example.com/news", filled(patterns, told))))
    return found


def slug(text: str) -> str:
    """A text in small letters, with dashes for everything that is no letter or digit."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")[:80]


def added(url: str, parameters: Mapping[str, str]) -> str:
    """An address with parameters; those that it has already stay as they are.

    Args:
        url: http or https.
        parameters: by name.
    """
    parts = urlsplit(url)
    present = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    query = urlencode({name: value for name, value in parameters.items() if name not in present})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, query)))))
