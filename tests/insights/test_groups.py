"""Nobody who did not choose to be named can be told from figures of groups, however these are asked for and subtracted."""

import csv
import io
import itertools
import random
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import insert, select

from advocacy.insights import files, team_lines
from advocacy.insights.periods import month_of, months
from advocacy.people import groups
from advocacy.people.groups import withheld
from advocacy.people.models import Role, Team, User
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import Share

N = 5
FEBRUARY = month_of(date(2026, 2, 1))
IN_FEBRUARY = datetime(2026, 2, 10, 9, tzinfo=UTC)


@given(st.lists(st.one_of(st.none(), st.integers(0, 12)), max_size=8))
def test_no_figure_and_no_difference_is_of_fewer_people_than_a_group(people):
    hidden = withheld(people, smallest=N)
    shown = [count for place, count in enumerate(people) if place not in hidden]
    assert all(count is None or count >= N for count in shown)
    if hidden and shown:
        assert sum(people[place] or 0 for place in hidden) >= N, "what the whole less the shown ones is"


def test_a_figure_is_not_withheld_without_need():
    assert withheld([7, 8, None], smallest=N) == set()
    assert withheld([7, 2, 3], smallest=N) == {1, 2}
    assert withheld([9, 2, 7], smallest=N) == {1, 2}, "the smallest of the others goes with it"


@pytest.fixture
def company(house, make):
    """Builds departments of teams whose people share or not, by the dice; named people, too."""

    def build(seed):
        dice = random.Random(seed)
        teams = []
        for number in range(9):
            teams.append(make.team(f"Team {seed}-{number}", parent=dice.choice([None, *teams]) if teams else None))
        item = make.item()
        people = []
        for number in range(70):
            team = dice.choice([None, *teams])
            people.append(make.user(f"Person {seed}-{number}", team=team, ranked_by_name=dice.random() < 0.3))
        for person in people:
            if dice.random() < 0.5:
                share = make.share(person, item, published_at=IN_FEBRUARY)
                if dice.random() < 0.7:
                    follow(house, share, human=dice.randrange(1, 50))

    return build


def follow(house, share, *, human, filtered=0, day=IN_FEBRUARY):
    row = {"day": day.date(), "link_id": share.link_id, "raw": human + filtered, "human": human, "filtered": filtered}
    with house.db.transaction() as session:
        values = {name: getattr(share, name) for name in ("user_id", "item_id", "network")}
        session.execute(insert(ReachDay).values(**row, **values, unique_visitors=human))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("figure", ["posts", "clicks"])
def test_what_is_left_when_every_shown_group_is_subtracted_is_a_group_or_nobody(db, company, seed, figure):
    company(seed)
    with db.reading() as session:
        tree = groups.tree(session, smallest=N)
        added = {
            "posts": select(Share.user_id),
            "clicks": select(ReachDay.user_id),
        }[figure]
        stands = dict(
            session.execute(
                select(User.id, User.team_id).where(User.id.in_(added), User.ranked_by_name.is_(False))
            ).all()
        )

        def of(teams):
            return frozenset(person for person, team in stands.items() if team in teams)

        known = {of({None, *tree.names})}
        for team_id in (None, *(team for team, _ in tree.shown())):
            found = team_lines.lines(session, FEBRUARY, tree=tree, team_id=team_id, heads=None)
            for line, part in zip(found, tree.parts(team_id), strict=True):
                if getattr(line, figure) is not None:
                    known.add(of(part.team_ids))
    for whole in known:
        inside = [one for one in known if one < whole]
        for some in (*inside, frozenset().union(*inside)):
            left = whole - some
            assert not left or len(left) >= N or not inside


def test_a_team_with_one_who_shares_shows_no_figure_and_cannot_be_reckoned_from_the_others(make, house, signed_in):
    """Sales has one who shares, Product and Support have many: one of those is withheld with Sales."""
    solo = teams_with_a_lonely_sharer(make, house)
    leader = signed_in(make.leader())
    rows = {row["Team"]: row for row in read(leader, "/insights/files/teams.csv?month=2026-02")}
    told = "Too few people to tell"
    assert rows["Sales"]["Clicks by people"] == rows["Sales"]["People who shared"] == told
    assert rows["Sales"]["People"] == "8"
    assert [rows[name]["Clicks by people"] for name in ("Product", "Support")] == [told, "42"]
    page = leader.get("/insights/teams?month=2026-02").text
    assert told in page
    assert "4321" not in page
    assert solo.user_id


def teams_with_a_lonely_sharer(make, house):
    item = make.item("Wind farm")
    sales, product, support = (make.team(name) for name in ("Sales", "Product", "Support"))
    lonely = make.user("Lonely Sharer", team=sales)
    for _ in range(7):
        make.user(team=sales)
        make.user()
    for team, count in ((product, 5), (support, 6)):
        for _ in range(count):
            share = make.share(make.user(team=team), item, published_at=IN_FEBRUARY)
            follow(house, share, human=7)
    share = make.share(
        lonely,
        make.item("Only hers"),
        published_at=IN_FEBRUARY,
        network="mastodon",
        permalink="https://m.example/@l/1",
    )
    follow(house, share, human=4321, filtered=1234)
    return share


UNFILTERED = {
    "/insights/files/cohorts.csv",
    "/insights/files/cohorts.xlsx",
    "/insights/long-files",
    "/insights/media-value/rates",
    "/insights/views",
    "/insights/views/new",
}
"""Tell the same whatever stands in their address."""


def said(answer):
    """What an answer tells: of a workbook everything that stands in it, of paper what is printed."""
    if answer.mimetype == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if answer.mimetype != "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        parts = [name for name in book.namelist() if name.startswith("xl/")]
        return "".join(book.read(name).decode() for name in sorted(parts))


def read(browser, path):
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


# Which rows come out is asked on both databases elsewhere; here it is which addresses lead to some.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("role", "together"), [(Role.LEADER, 2), (Role.CURATOR, 1), (Role.ADMIN, 1)])
def test_no_filter_of_any_page_leads_from_a_figure_to_somebody_who_is_not_named(
    make, house, app, signed_in, role, together
):
    """Tries every page and file of figures with every filter there is, alone and together, as whoever may read them."""
    share = teams_with_a_lonely_sharer(make, house)
    token = signed_in(make.user("Curious Reader", role)).get_cookie("hub", domain="localhost")
    browser = app.test_client()  # looks at words only, a thousand times
    browser.set_cookie("hub", token.value, domain="localhost")
    pages = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/insights") and not rule.arguments and "GET" in rule.methods
    ]
    pages += [f"/insights/files/{name}.csv" for name in files.TABLES]
    of_the_item = [f"/insights/items/{share.item_id}", f"/insights/items/{share.item_id}/fragment"]
    of_the_item += [f"/library/{share.item_id}/reach{part}" for part in ("", "/clicks", "/posts")]
    with house.db.reading() as session:
        sales, product = session.scalars(select(Team.id).where(Team.name.in_(["Sales", "Product"])).order_by(Team.id))
    filters = [f"team={sales}", f"team={product}", "period=custom&from=2026-02-10&to=2026-02-10", "network=mastodon"]
    filters += [f"item={share.item_id}", f"post={share.id}", "which=human"]
    asked = [some for count in range(together + 1) for some in itertools.combinations(filters, count)]
    assert len(pages) > 15
    for page in pages + of_the_item:
        by_team = {}
        for some in asked:
            path = f"{page}?{'&'.join(some)}"
            answer = browser.get(path)
            told = said(answer)
            assert "Lonely" not in told, path
            assert share.permalink not in told, path
            team = next((one for one in some if one.startswith("team")), "")
            if page in of_the_item or page in UNFILTERED:
                continue  # of an item, or of everything, whatever else the address says
            if "teams" in page:
                main = told.partition("<main")[2].partition("</main>")[0] or told
                by_team.setdefault(team, set()).add(main)
            elif team or (f"post={share.id}" in some and "clicks" in page):
                assert answer.status_code == 403, path
        assert all(len(answers) == 1 for answers in by_team.values()), f"{page}: another filter narrows a team"


def test_beside_a_post_of_somebody_unnamed_stands_no_team(make, house, signed_in):
    teams_with_a_lonely_sharer(make, house)
    named = make.user("Open One", ranked_by_name=True, team=make.team("Design"))
    make.share(named, published_at=IN_FEBRUARY)
    leader = signed_in(make.leader())
    found = {(row["Who"], row["Team"]) for row in read(leader, "/insights/files/posts.csv?period=90d")}
    assert found == {("A colleague", ""), ("Open One", "Design")}
    page = leader.get("/insights/posts?period=90d").text
    assert "Sales" not in page.partition("<tbody")[2].partition("</tbody>")[0]
    assert page.count("/insights/clicks?post=") == 0, "nobody has followed the link of the one who is named"


def test_the_clicks_on_a_named_persons_post_can_be_opened(make, house, signed_in):
    share = make.share(make.user("Open One", ranked_by_name=True))
    assert signed_in(make.leader()).get(f"/insights/clicks?post={share.id}").status_code == 200


def test_a_month_that_is_not_over_tells_of_teams_only_who_is_there(make, house, signed_in, clock):
    team, item = make.team("Sales"), make.item()
    for _ in range(9):
        share = make.share(make.user(team=team), item)
        follow(house, share, human=7, day=clock.now())
    leader = signed_in(make.leader(team=team))
    this_month = f"{clock.now():%Y-%m}"
    (row, *_rest) = read(leader, f"/insights/files/teams.csv?month={this_month}")
    assert (row["Team"], row["People"], row["Connected"]) == ("Sales", "10", "0")
    assert row["Clicks by people"] == row["People who shared"] == "Too few people to tell"
    page = leader.get(f"/insights/teams?month={this_month}").text
    assert "This month is not over" in page
    assert months(clock.now())[0].last > clock.now().date() - timedelta(days=1)


def test_the_smallest_group_is_a_setting_and_stands_on_the_pages(settings, house, make, signed_in):
    assert settings.smallest_group == 5
    page = signed_in(make.user()).get("/definitions").text
    assert 'id="groups"' in page
    assert "at least 5 people" in page
