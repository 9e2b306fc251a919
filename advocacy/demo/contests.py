"""The demo company's challenges and rewards: one runs, one is over, one comes; and some points are spent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from advocacy.base.clock import StandingClock
from advocacy.base.house import House
from advocacy.demo import reward_pictures
from advocacy.library import media
from advocacy.library.media import Media
from advocacy.people.models import Team, User
from advocacy.recognition import challenges, closing, redeeming, rewards, tallies
from advocacy.recognition.challenges import Challenge, ChallengeKind, Counts, Written
from advocacy.recognition.reward_models import Reward
from advocacy.recognition.rewards import Written as WrittenReward

ZONE = "Europe/Oslo"
NORTH = ("Kari Nordmann", "Aisha Rahman", "Jonas Eide", "Sara Holm", "Oskar Lie")
SOUTH = ("Ingrid Solberg", "Tomas Novak", "Nora Strand", "Emma Dahl", "Mia Lund")


def hold(house: House, people: dict[str, User], *, now: datetime) -> None:
    """Makes them all; the ledger has to be written so far.

    Args:
        house: with the demo's people and points.
        people: by name.
        now: the present moment.
    """
    with house.db.transaction() as session:
        _challenges(session, people, now)
        _rewards(house, session, people, now)


def _challenges(session: Session, people: dict[str, User], now: datetime) -> None:
    today, teams = now.date(), {team.name: team.id for team in session.query(Team)}
    over = _announce(
        session,
        now - timedelta(days=50),
        people["Mia Lund"].id,
        title="Autumn relay",
        description="Two teams from all departments. Whoever shares most per head wins.",
        kind=ChallengeKind.MIXED,
        counts=Counts.POINTS,
        names=("North wind", "South wind"),
        days=(today - timedelta(days=45), today - timedelta(days=18)),
        prize_points=30,
        prize_text="Cake for the whole team",
    )
    joined = StandingClock(now - timedelta(days=49))
    for side, names in zip(challenges.sides(session, challenge_id=over.id), (NORTH, SOUTH), strict=True):
        for name in names:
            challenges.join(session, joined, challenge_id=over.id, user=people[name], side_id=side.id)
    closing.close(session, StandingClock(over.ends_at + timedelta(minutes=5)), challenge_id=over.id)
    running = _announce(
        session,
        now - timedelta(days=14),
        people["Lars Berg"].id,
        title="Sales against Technology",
        description="Two weeks and a bit. People and Culture cheer: they are too few to be counted on their own.",
        kind=ChallengeKind.TEAMS,
        counts=Counts.POINTS,
        team_ids=tuple(teams[name] for name in ("Sales", "Technology", "People and Culture")),
        days=(today - timedelta(days=12), today + timedelta(days=5)),
        prize_points=25,
    )
    running.started_told_at = running.starts_at
    tallies.rebuild(session, running)
    coming = _announce(
        session,
        now - timedelta(days=1),
        people["Mia Lund"].id,
        title="Who brings the most readers?",
        description="Each for themselves. Only people who follow a link count.",
        kind=ChallengeKind.PEOPLE,
        counts=Counts.VISITORS,
        days=(today + timedelta(days=4), today + timedelta(days=17)),
        prize_text="Lunch with the crew of the wind park",
    )
    for name in ("Ingrid Solberg", "Marcus Lindqvist", "Aisha Rahman"):
        challenges.join(session, StandingClock(now), challenge_id=coming.id, user=people[name])


def _announce(session: Session, at: datetime, by: int, *, days: tuple[date, date], **written: Any) -> Challenge:
    first, last = days
    wanted = Written(**{"description": "", "starts_on": first, "ends_on": last, **written})
    return challenges.save(session, StandingClock(at), written=wanted, zone=ZONE, smallest=5, by=by)


def _rewards(house: House, session: Session, people: dict[str, User], now: datetime) -> None:
    mia, lars = people["Mia Lund"], people["Lars Berg"]
    begun = StandingClock(now - timedelta(days=30))

    def offer(thing: str, alt_text: str, **written: Any) -> Reward:
        picture_id = None
        if thing:
            width, height = reward_pictures.SIZE
            painted = reward_pictures.paint(thing)
            kept = media.store(
                session,
                begun,
                house.part(Media),
                data=painted,
                mime="image/png",
                width=width,
                height=height,
                by=mia.id,
            )
            picture_id = kept.id
        wanted = WrittenReward(picture_id=picture_id, alt_text=alt_text, **written)
        return rewards.save(session, begun, written=wanted, by=mia.id)

    cup = offer(
        "cup",
        "A blue cup of coffee",
        title="Nordlys cup",
        description="Holds coffee and opinions.",
        price=40,
        stock=12,
        hand_out="At the reception, with your name.",
    )
    offer(
        "tree",
        "A spruce",
        title="A tree in your name",
        description="Planted by *Skog for alle* in spring.",
        price=60,
        hand_out="You get the place on the map by mail.",
    )
    offer(
        "bread",
        "A sandwich on a plate",
        title="Lunch with somebody you choose",
        description="In the canteen, for two.",
        price=80,
        per_person=2,
        hand_out="Show this page in the canteen.",
    )
    day_off = offer(
        "sun",
        "The sun over the sea",
        title="A day off",
        description="One whole day. Agree on which with your manager.",
        price=100,
        stock=3,
        per_person=1,
        needs_approval=True,
        closes_at=now + timedelta(days=60),
        hand_out="Your manager enters it.",
    )
    gone = offer(
        "", "", title="Two tickets for the concert", description="On Friday, in the hall.", price=70, stock=1
    )
    takings = (
        ("Ingrid Solberg", cup, 20),
        ("Aisha Rahman", gone, 12),
        ("Marcus Lindqvist", cup, 6),
        ("Ingrid Solberg", day_off, 2),
        ("Sara Holm", day_off, 9),
    )
    for number, (name, reward, days) in enumerate(takings):
        clock = StandingClock(now - timedelta(days=days))
        taken = redeeming.redeem(
            session,
            clock,
            user=people[name],
            reward_id=reward.id,
            price_shown=reward.price,
            request_key=f"demo-{number}",
        )
        later = StandingClock(clock.now() + timedelta(days=1))
        if name == "Sara Holm":
            reason = "We are too few on the day you asked for. Please try again in January."
            redeeming.decline(session, later, by=lars, redemption_id=taken.id, reason=reason)
        elif number < 2:
            redeeming.hand_out(session, later, by=lars, redemption_id=taken.id)
