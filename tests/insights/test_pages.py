"""Pages of figures show what was counted, open their rows, and never tell who did not wish to be told."""

import csv
import io
import re
from datetime import timedelta

import pytest
from html5lib import parse
from sqlalchemy import update

from advocacy.reach.judging import BY_NAME
from advocacy.reach.models import Click
from advocacy.sharing.models import ShareKind
from tests.insights.world import build

PAGES = (
    "/insights",
    "/insights/summary",
    "/insights/posts",
    "/insights/clicks",
    "/insights/readings",
    "/insights/items",
    "/insights/conversions",
    "/insights/countries",
    "/insights/media-value",
    "/insights/conversions/rows",
    "/insights/sources",
    "/insights/teams",
)


@pytest.fixture
def leader(make, signed_in):
    """A browser of a leader."""
    return signed_in(make.leader())


def words(html: str) -> str:
    """What a reader sees of a page's main part."""
    main = next(element for element in parse(html, namespaceHTMLElements=False).iter() if element.tag == "main")
    return " ".join(" ".join(main.itertext()).split())


def test_a_hub_without_figures_says_so_and_nothing_is_zero_by_mistake(leader):
    for path in PAGES:
        page = leader.get(path)
        assert page.status_code == 200, path
    said = words(leader.get("/insights").text)
    assert "Nothing was shared in these days" in said
    assert "Nobody has shared this yet" not in said


def test_the_first_page_shows_the_figures_that_were_counted(leader, company, month):
    said = words(leader.get("/insights").text)
    out, clicked = company.out(month.first, month.last), company.clicked(month.first, month.last)
    human = sum(click["is_human"] for click in clicked)
    measured = sum(share["proof"].value in ("network", "confirmed") for share in out)
    claimed = sum(share["proof"].value == "claimed" for share in out)
    visitors = sum(click["is_first_today"] for click in clicked)
    for label, value in (
        ("Posts that went out", measured),
        ("Posts people told us of", claimed),
        ("People who shared", len({share["user_id"] for share in out})),
        ("Clicks by people", human),
        ("Visitors", visitors),
        ("All requests", len(clicked)),
        ("Filtered", len(clicked) - human),
    ):
        assert re.search(rf"{label} ?(?:[+−][\d,.]+%? |no change )?{value:,} – show", said), f"{label} {value}"
    for rule in {click["rule"] for click in clicked if click["rule"]}:
        assert str(BY_NAME[rule].title) in said
        assert str(BY_NAME[rule].why) in said
    assert "Not available" in said


def test_each_figure_opens_just_as_many_rows(leader, company, month):
    """Follows the links of the figures and counts what stands behind them, page by page."""
    page = leader.get("/insights").text
    followed = 0
    for path, figure in re.findall(r'href="(/insights/(?:posts|clicks)[^"]*)"[^>]*>([\d,]+)<span', page):
        path = path.replace("&amp;", "&")
        assert count_rows(leader, path) == int(figure.replace(",", "")), path
        followed += 1
    assert followed > 15


def count_rows(browser, path: str) -> int:
    """Rows of a list, all pages together."""
    rows = 0
    while path:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        body = answer.text.partition("<tbody")[2]
        rows += body.partition("</tbody>")[0].count("<tr")
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        path = following.group(1).replace("&amp;", "&") if following else ""
    return rows


def test_a_filtered_click_leads_to_its_rule_among_the_published_ones(leader, company, month, db):
    rules = sorted({click["rule"] for click in company.clicked(month.first, month.last) if click["rule"]})
    gone = rules.pop()
    with db.transaction() as session:
        session.execute(update(Click).where(Click.rule == gone).values(rule="rule_of_old"))
    published = parse(leader.get("/definitions/clicks").text, namespaceHTMLElements=False)
    for rule in rules:
        page = leader.get(f"/insights/clicks?which=filtered&rule={rule}").text
        assert set(re.findall(r'href="/definitions/clicks#(\w+)"', page)) == {rule}
        assert str(BY_NAME[rule].why) in "".join(published.find(f".//tr[@id='{rule}']").itertext())
    for elsewhere in ("which=human", "which=filtered&rule=rule_of_old"):
        page = leader.get(f"/insights/clicks?{elsewhere}").text
        assert "<tbody" in page
        assert "/definitions/clicks#" not in page


def test_a_network_and_an_item_narrow_every_page(leader, company, month):
    item = company.items[2]
    out = company.out(
        month.last - timedelta(days=89),
        month.last,
        lambda share: share["network"] == "mastodon" and share["item_id"] == item,
    )
    assert out
    narrow = f"period=90d&network=mastodon&item={item}"
    assert count_rows(leader, f"/insights/posts?{narrow}") == len(out)
    for path in PAGES:
        assert leader.get(f"{path}?{narrow}").status_code == 200, path


def test_people_are_named_only_by_their_own_choice(leader, company):
    shown, names = "", {one["name"]: one["ranked_by_name"] for one in company.people}
    for path in (*PAGES, "/insights/posts?period=90d", "/insights/posts?which=not-out&period=90d"):
        shown += leader.get(path).text
    shown += leader.get("/insights/files/posts.csv?period=90d").text
    for name, by_name in names.items():
        if not by_name:
            assert name not in re.findall(r"Person Number\d+", shown), name
    assert "A colleague" in shown
    assert re.search(r"Person Number\d+", shown)
    addresses = set(re.findall(r"https://example.social/@p/(\d+)", shown))
    by_share = {str(share["id"]): share["user_id"] for share in company.shares}
    shy = {one["id"] for one in company.people if not one["ranked_by_name"]}
    assert addresses
    assert not {by_share[share] for share in addresses} & shy


def test_a_team_of_three_is_never_shown_on_its_own(leader, company):
    answer = leader.get(f"/insights/teams?team={company.teams['Board']}")
    assert answer.status_code == 404
    assert "fewer than 5 people" in answer.text
    for path in PAGES:
        if path != "/insights/posts":  # there the named ones say where they are
            assert "Board" not in words(leader.get(path).text), path
    assert "Everybody else" in words(leader.get("/insights/teams").text)


def test_what_is_left_of_a_department_is_never_so_small_that_it_tells_who(leader, make):
    """Three people stand right in Sales, six in each team below: one team is folded in with the three."""
    sales = make.team("Sales")
    teams = [make.team(name, parent=sales) for name in ("Nordic", "Baltic")]
    for team in teams:
        for _ in range(6):
            make.user(team=team)
    for _ in range(3):
        make.user(team=sales)
    for _ in range(4):
        make.user()  # with the leader enough people beside Sales
    said = leader.get(f"/insights/teams?team={sales.id}").text
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", said.partition("<tbody")[2], re.DOTALL)
    assert len(rows) == 2
    assert any("Everybody else" in row and ">9<" in row for row in rows)


def test_days_that_make_no_sense_are_told_and_the_last_thirty_are_shown(leader, company):
    answer = leader.get("/insights?period=custom&from=2026-03-10&to=2026-03-01")
    assert answer.status_code == 200
    assert "The last day is before the first" in answer.text
    assert leader.get("/insights/files/days.csv?period=custom&from=2026-03-10&to=2026-03-01").status_code == 422


def test_nonsense_in_an_address_never_breaks_a_page(leader, company):
    for path in PAGES:
        for query in (
            "team=x",
            "month=2026-13",
            "month=x",
            "item=99999999999999999999",
            "network='--",
            "period=%00",
            "which=x&state=published",
        ):
            assert leader.get(f"{path}?{query}").status_code == 200, f"{path}?{query}"
        assert leader.get(f"{path}?team=987654").status_code == (404 if path == "/insights/teams" else 403)
    for path in ("posts", "clicks", "readings", "items"):
        for cursor in ("x", "WyJhIiwgImIiXQ", "WzEsMl0", "W251bGwsIG51bGxd"):
            assert leader.get(f"/insights/{path}?after={cursor}").status_code in (200, 422), f"{path} {cursor}"


def test_an_item_says_too_few_until_there_are_enough_posts(leader, make, db, clock):
    item = make.item("Wind farm", captions=["Proud words", "Sober words"])
    person = make.user()
    page = leader.get(f"/insights/items/{item.id}").text
    assert "Nobody has shared this yet" in page
    make.share(person, item, caption_id=item.captions[0].id)
    page = leader.get(f"/insights/items/{item.id}").text
    assert "Too few to tell" in page
    assert "Earns its place" not in page
    fragment = leader.get(f"/insights/items/{item.id}/fragment")
    assert "<html" not in fragment.text
    assert "Too few to tell" in fragment.text
    assert leader.get("/insights/items/987654").status_code == 404


@pytest.mark.parametrize(
    ("table", "form"), [(name, form) for name in ("days", "items", "posts", "clicks") for form in ("", "plain")]
)
def test_a_file_holds_the_rows_of_its_page(leader, company, month, table, form):
    answer = leader.get(f"/insights/files/{table}.csv?form={form}")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].endswith(f"insights-{table}-{month.first}-{month.last}.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf") == (form != "plain")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    clicked, out = company.clicked(month.first, month.last), company.out(month.first, month.last)
    human = sum(click["is_human"] for click in clicked)
    if table in ("days", "items"):
        assert sum(int(row["Clicks by people"]) for row in rows) == human
        assert sum(int(row["All requests"]) for row in rows) == len(clicked)
        measured = sum(share["proof"].value in ("network", "confirmed") for share in out)
        assert sum(int(row["Posts, measured"]) for row in rows) == measured
    elif table == "posts":
        assert len(rows) == len(out)
        assert {row["Likes"] for row in rows} & {"Not available"}
    else:
        assert len(rows) == len(clicked)
        assert sum(row["Counted as"] == "Filtered" for row in rows) == len(clicked) - human


def test_every_table_can_be_saved(leader, company):
    for table in ("days", "rules", "networks", "teams", "items", "sources", "posts", "clicks", "readings"):
        answer = leader.get(f"/insights/files/{table}.csv?period=90d")
        assert answer.status_code == 200, table
        assert len(answer.data.splitlines()) > 1, table
    assert leader.get("/insights/files/secrets.csv").status_code == 404


def test_a_file_for_a_norwegian_excel_separates_by_semicolon(make, signed_in, company):
    browser = signed_in(make.leader(locale="nb"))
    assert b";" in browser.get("/insights/files/days.csv").data.splitlines()[0]
    assert b";" not in browser.get("/insights/files/days.csv?form=plain").data.splitlines()[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_file_opens_as_a_formula(leader, make, start):
    person = make.user(ranked_by_name=True)
    with make.house.db.transaction() as session:
        session.merge(person).name = f"{start}cmd|' /C calc'!A0"
    make.share(person, make.item(f'{start}1+1,"x"'))
    for table in ("posts", "items"):
        rows = list(csv.reader(io.StringIO(leader.get(f"/insights/files/{table}.csv").data.decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        assert any(cell.startswith("'" + start) for cell in cells), table
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_the_number_of_queries_does_not_grow_with_what_is_counted(house, make, signed_in, queries):
    browser = signed_in(make.leader())
    paths = [*PAGES, "/insights/files/teams.csv"]
    make.share(make.user(), make.item())
    counts = {}
    for path in paths:
        browser.get(path)  # once, so that what is remembered is remembered
        with queries() as asked:
            browser.get(path)
        counts[path] = len(asked)
    company = build(house, make, people=300, shares=2500, clicks=4000)
    for path in paths:
        path_of_item = path
        with queries() as asked:
            browser.get(path_of_item)
        assert len(asked) <= counts[path] + 3, f"{path}: {counts[path]} grew to {len(asked)}"
    item = company.items[0]
    with queries() as asked:
        browser.get(f"/insights/items/{item}")
    assert len(asked) < 10
    assert max(counts.values()) < 40


def test_a_change_is_told_in_per_cent_only_where_there_is_enough_to_tell(app):
    from advocacy.insights.views.words import change

    with app.test_request_context():
        assert change(24, 20).text == "+20%"
        assert change(3, 2).text == "+1"
        assert change(90, 100).text == "−10%"
        assert change(5, 5).text == "no change"
        assert change(0, 0) is None
        assert change(3, None) is None
        assert change(10_001, 10_000).text == "no change"


def test_people_of_past_days_are_not_guessed(leader, make, clock):
    make.share(make.user(), published_at=clock.now() - timedelta(days=40))
    last = (clock.now() - timedelta(days=35)).date()
    page = leader.get(f"/insights?period=custom&from={last - timedelta(days=10)}&to={last}").text
    assert "Nobody counted people on that day" in page


def test_posts_say_of_what_kind_they_are_on_the_page_and_in_the_file(leader, make):
    person = make.user()
    for kind in ShareKind:
        make.share(person, kind=kind)
    said = words(leader.get("/insights/posts").text)
    rows = csv.DictReader(io.StringIO(leader.get("/insights/files/posts.csv").data.decode("utf-8-sig")))
    kinds = {"Post", "Post in a channel", "Passed on", "Passed on with words", "Comment below a post"}
    assert {row["Kind"] for row in rows} == kinds
    assert {kind for kind in kinds if f"Bluesky {kind} A colleague" in said} == kinds
