"""Fills an empty hub with the demo company and two months of its sharing."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.errors import Conflict
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.demo import (
    accounts,
    company,
    content,
    contests,
    conversions,
    films,
    followers,
    headcounts,
    learning,
    messages,
    newsroom,
    pictures,
    programme,
    thanks,
    told,
    unclear,
    voices,
)
from advocacy.demo.content import Story
from advocacy.library import campaigns, disclosure_policy, film_uploads, items, media, review, topics
from advocacy.library.content import BriefText, CaptionText, Content, PictureText
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, Dimension, ItemKind, Picture
from advocacy.people import policies, users
from advocacy.people.models import PolicyAcceptance, Team, User
from advocacy.reach import importing, journal
from advocacy.recognition import earning, points
from advocacy.sharing import post_sums, shares, utm
from advocacy.sharing.models import Connection, Link, Proof, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.shares import Wanted
from advocacy.sharing.states import tell
from advocacy.sharing.utm import Parameter
from config import Settings

DAYS = 60
IS_DEMO = select(User.id).where(User.email == f"kari@{company.DOMAIN}")
"""Finds somebody in a hub that was filled with the demo."""
PEOPLES_AGENTS = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
)
CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)


@dataclass
class PastClock:
    """Tells a time that the demo sets: what it makes happened then."""

    moment: datetime

    def now(self) -> datetime:
        """The moment that was set."""
        return self.moment


def seed(house: House) -> None:
    """Makes the demo company, its library and its history.

    Args:
        house: with an empty database.

    Raises:
        Conflict: there are people already; the demo never mixes with real ones.
    """
    now = house.clock.now()
    clock = PastClock(now - timedelta(days=DAYS + 10))
    with house.db.transaction() as session:
        if session.scalar(select(User.id).limit(1)) is not None:
            raise Conflict(Text("There are people here already. Demo data goes into an empty hub only."))
        people = _people(session, clock)
        linked = accounts.connect(session, people, at=clock.now())
        messages.write(session, clock, people, now=now)
        stories = _library(house, session, clock, people, now)
        newsroom.open_inbox(session, by=people["Mia Lund"].id, now=now)
        published = _shares(session, clock, people, stories, now, linked)
        accounts.tell_figures(session, published, now=now)
        _plan_one(house, session, people["Kari Nordmann"], stories, linked)
        unclear.leave(session, published, linked, user=people["Kari Nordmann"], now=now)
        learning.teach(session, people, now=now)
        learning.meet(session, people, now=now)
        headcounts.remember(session, people, now=now, days=DAYS)
        followers.remember(session, linked.values(), now=now, days=DAYS)
        voices.speak(session, clock, house.part(Sealer), people, now=now)
        thanks.say(session, clock, people, now=now)
    conversions.set_up(house, by=people["Kari Nordmann"], clock=clock)
    _clicks(house, published, now)
    conversions.follow(house)
    programme.plan(house, clock, now=now)
    points.keep_up(house.db)
    contests.hold(house, people, now=now)
    points.keep_up(house.db)
    earning.keep_up(house.db)
    told.tell(house, people)


def _people(session: Session, clock: PastClock) -> dict[str, User]:
    teams: dict[str, Team] = {}
    for name, parent in company.TEAMS:
        teams[name] = Team(name=name, parent_id=teams[parent].id if parent else None)
        session.add(teams[name])
        session.flush()
    people: dict[str, User] = {}
    for person in company.PEOPLE:
        user = users.create(
            session,
            clock,
            email=person.email,
            name=person.name,
            password=company.PASSWORD if not people else None,
            roles=person.roles,
            team_id=teams[person.team].id,
            location=person.location,
            country="DK" if person.location == "Copenhagen" else "NO",
            languages=["en", "nb"],
            time_zone="Europe/Oslo",
        )
        first = next(iter(people.values()), user)
        user.password_hash = first.password_hash  # one password for all: hashing it once is enough
        user.job_title, user.ranked_by_name, user.onboarded_at = person.title, person.ranked_by_name, clock.now()
        people[person.name] = user
    for rule in company.DISCLOSURES:
        disclosure_policy.lay_down(session, clock, rule=rule, by=people["Mia Lund"])
    policy = policies.write(session, clock, title=company.POLICY_TITLE, body=company.POLICY, by=people["Mia Lund"].id)
    session.add_all(
        PolicyAcceptance(user_id=user.id, policy_id=policy.id, accepted_at=clock.now()) for user in people.values()
    )
    session.flush()
    return people


def _library(
    house: House, session: Session, clock: PastClock, people: dict[str, User], now: datetime
) -> list[tuple[Story, ContentItem]]:
    mia = people["Mia Lund"]
    topic_ids = {name: topics.create(session, clock, name=name, by=mia.id).id for name in content.TOPICS}
    campaign = campaigns.save(
        session,
        clock,
        name=content.CAMPAIGN[0],
        description=content.CAMPAIGN[1],
        starts_on=None,
        ends_on=None,
        by=mia.id,
    )
    utm.decide(session, clock, by=mia.id, patterns={Parameter.CONTENT: "{title}-{language}"}, campaign_id=campaign.id)
    team_ids = {name: number for number, name in session.execute(select(Team.id, Team.name))}
    painted: dict[str, Picture] = {}
    made: list[tuple[Story, ContentItem]] = []
    for story in sorted(content.STORIES, key=lambda one: -one.days_ago):
        clock.moment = now - timedelta(days=story.days_ago, hours=2)
        for scene in (story.scene, *(scene for scene, _ in story.more)):
            if scene not in painted:
                painted[scene] = _picture(house, session, clock, scene, mia.id)
        written = Content(
            title=story.title,
            kind=ItemKind(story.kind),
            summary=story.summary,
            source_url=""
            if story.kind in ("image", "film", "text")
            else story.address or f"https://{company.DOMAIN}/stories/{len(made) + 1}",
            picture_id=painted[story.scene].id if story.kind != "film" else None,
            film_id=_film(house, session, clock, story.scene, mia.id) if story.kind == "film" else None,
            alt_text=story.alt_text,
            more_pictures=tuple(PictureText(painted[scene].id, alt_text) for scene, alt_text in story.more),
            topic_ids=(topic_ids[story.topic],),
            campaign_id=campaign.id if story.campaign else None,
            audience={Dimension.TEAM: tuple(str(team_ids[name]) for name in story.teams)} if story.teams else {},
            pinned=story.pinned,
            internal_only=story.internal_only,
            disclosure="" if story.internal_only else "#nordlys",
            internal_brief=story.brief,
            briefs=(BriefText("nb", story.brief_nb),) if story.brief_nb else (),
            brief_first=story.brief_first,
            inside_hours=story.inside_hours,
            captions=tuple(
                CaptionText(text=text, label=label, language=language) for label, language, text in story.captions
            ),
        )
        item = items.create(session, clock, written=written, by=mia.id)
        if item.card_id is not None:
            _settle_card(session, clock, item, painted[story.scene])
        if story.in_review:
            review.submit(session, clock, item_id=item.id, by=mia.id)
        else:
            review.approve(session, clock, item_id=item.id, by=mia.id)
            if not story.inside_hours:  # nobody has shared what only colleagues may have
                made.append((story, item))
    return made


def _picture(house: House, session: Session, clock: PastClock, scene: str, by: int) -> Picture:
    width, height = pictures.SIZE
    return media.store(
        session,
        clock,
        house.part(Media),
        data=pictures.paint(scene),
        mime="image/png",
        width=width,
        height=height,
        by=by,
    )


def _film(house: House, session: Session, clock: PastClock, scene: str, by: int) -> int:
    with TemporaryDirectory(prefix="hub-demo-") as folder:
        source = Path(folder) / "film.mp4"
        films.shoot(scene, source)
        return film_uploads.keep_within(session, clock, house.part(Media), source=source, by=by).id


def _settle_card(session: Session, clock: PastClock, item: ContentItem, picture: Picture) -> None:
    """The demo's addresses lead nowhere, so their cards are filled in here instead of being fetched."""
    session.refresh(item)
    if item.card is not None:
        item.card.title, item.card.description = item.title, item.summary
        item.card.site_name, item.card.picture_id = "Nordlys", picture.id
        item.card.fetched_at, item.card.next_try_at = clock.now(), None


def _shares(
    session: Session,
    clock: PastClock,
    people: dict[str, User],
    stories: list[tuple[Story, ContentItem]],
    now: datetime,
    linked: dict[tuple[int, str], Connection],
) -> list[Share]:
    chance = random.Random("nordlys")  # noqa: S311 - the same demo every time
    made: list[Share] = []
    for person in company.PEOPLE:
        open_to = [
            one
            for one in stories
            if not one[0].internal_only
            and one[0].kind not in ("post", "film")
            and (not one[0].teams or person.team in one[0].teams)
        ]
        for story, item in chance.sample(open_to, min(person.eager, len(open_to))):
            network = chance.choice(("bluesky", "mastodon", "linkedin_link", "linkedin_link", "x_link"))
            # Most of it in the days after the story came out, as people do.
            age = timedelta(days=story.days_ago * chance.triangular(0.02, 1, 0.8), minutes=chance.randint(0, 50))
            clock.moment = max(now - age, item.created_at + timedelta(minutes=20))
            user = people[person.name]
            account = linked.get((user.id, network))
            if account is None and not network.endswith("_link"):
                network = "linkedin_link"
            made.append(_share(session, clock, user, item, network, len(made), chance, account))
    return made


def _share(
    session: Session,
    clock: PastClock,
    user: User,
    item: ContentItem,
    network: str,
    number: int,
    chance: random.Random,
    account: Connection | None,
) -> Share:
    by_api = account is not None
    link = Link(code=f"demo{number:04d}", target=item.source_url, created_at=clock.now())
    session.add(link)
    session.flush()
    caption = chance.choice(item.captions)
    is_followed = chance.random() < 0.8
    share = Share(
        user_id=user.id,
        item_id=item.id,
        network=network,
        connection_id=account.id if account else None,
        remote_id=f"demo-{number}" if account else None,
        caption_id=caption.id,
        link_id=link.id,
        request_key=f"demo-{number}",
        state=ShareState.PUBLISHED,
        proof=Proof.NETWORK if by_api else Proof.CONFIRMED if is_followed else Proof.CLAIMED,
        text=f"{caption.text} {item.disclosure}",
        disclosed=item.disclosure,
        language=caption.language,
        approved_at=clock.now(),
        due_at=clock.now(),
        published_at=clock.now(),
        idempotency_key=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    session.add(share)
    session.flush()
    post_sums.follow_new(session, share)
    kind = "share.published" if by_api else "share.confirmed" if is_followed else "share.claimed"
    tell(session, clock, share=share, kind=kind, by=user.id)
    return share


def _clicks(house: House, published: list[Share], now: datetime) -> None:
    """Writes visits into the click journal as the redirect does, and judges and counts them like any other, day by day."""
    chance, ids = random.Random("clicks"), random.Random("ids")  # noqa: S311 - the same demo every time
    directory = journal.folder(house.part(Settings).data_dir)
    lines = []
    for share in published:
        if share.link_id is None or share.published_at is None or share.proof is Proof.CLAIMED:
            continue
        for number in range(chance.randint(1, 26)):
            is_person = chance.random() < 0.7
            after = timedelta(minutes=chance.expovariate(1 / 900))
            at = min(share.published_at + after, now - timedelta(minutes=1))
            visitor = f"{chance.getrandbits(96):024x}"
            lines.append(
                journal.Line(
                    at_ms=int(at.timestamp() * 1000),
                    link_id=share.link_id,
                    method="GET",
                    visitor=visitor,
                    source=f"{chance.getrandbits(64):016x}",
                    facts="",
                    purpose="",
                    referrer_host="" if number % 2 else "www.linkedin.com",
                    agent=chance.choice(PEOPLES_AGENTS if is_person else CRAWLERS),
                    click_id=f"{ids.getrandbits(64):016x}",
                )
            )
    for day, visits in groupby(sorted(lines), key=lambda line: datetime.fromtimestamp(line.at_ms / 1000, UTC).date()):
        writer = journal.Journal(directory)
        for line in visits:
            writer.append(line)
        writer.close()
        evening = datetime.combine(day, time(23, 59), UTC)
        importing.keep_up(house.db, PastClock(min(evening, now)), directory=directory)


def _plan_one(
    house: House,
    session: Session,
    user: User,
    stories: list[tuple[Story, ContentItem]],
    linked: dict[tuple[int, str], Connection],
) -> None:
    """A share that waits until tomorrow."""
    item = next(item for story, item in stories if story.pinned)
    caption = item.captions[1]
    shares.request(
        session,
        house.clock,
        house.part(Networks),
        user=user,
        item_id=item.id,
        wanted=[Wanted("bluesky", caption.text, linked[user.id, "bluesky"].id, caption_id=caption.id)],
        request_key="demo-plan",
        due_at=house.clock.now() + timedelta(days=1),
        public_url=house.part(Settings).address,
        company="Nordlys",
    )
