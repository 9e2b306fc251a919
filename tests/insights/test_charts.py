"""A chart says the same as its table: what is drawn is read off the drawing and held against the cells."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from html5lib import parse

from advocacy.insights import headcounts

HTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
FINE = 0.0001
"""How finely a height is written, as a part of the whole: two digits after the point of a percentage."""


@pytest.fixture
def leader(make, signed_in):
    """A browser of a leader."""
    return signed_in(make.leader())


def charts(html: str) -> list[Any]:
    """Every drawing of a page that has a scale and a table."""
    figures = parse(html).iter(f"{HTML}figure")
    return [one for one in figures if one.find(f".//{SVG}svg[@role='img']") is not None]


def number(text: str) -> int:
    return int(re.sub(r"[^\d−-]", "", text).replace("−", "-"))


def words(element: Any) -> str:
    return "".join(element.itertext()).strip()


def top_of(chart: Any) -> float:
    """What the highest line of the scale stands for."""
    scale = next(one for one in chart.iter(f"{HTML}div") if "justify-between" in one.get("class", ""))
    return float(words(scale.find(f"{HTML}span")).replace(",", ""))


def table_of(chart: Any) -> tuple[list[str], dict[str, list[int | None]]]:
    """The labels, and each column's figures."""
    table = chart.find(f".//{HTML}table")
    names = [words(cell) for cell in table.find(f"{HTML}thead").iter(f"{HTML}th")][1:]
    rows = table.find(f"{HTML}tbody").findall(f"{HTML}tr")
    columns: dict[str, list[int | None]] = {name: [] for name in names}
    for row in rows:
        for name, cell in zip(names, row.findall(f"{HTML}td"), strict=True):
            columns[name].append(None if words(cell) == "Not available" else number(words(cell)))
    return [words(row.find(f"{HTML}th")) for row in rows], columns


def part(text: str) -> float:
    return float(text.rstrip("%")) / 100


def bars_of(chart: Any, labels: list[str]) -> dict[str, list[int]]:
    """The figures of bars, by their heights; where one begins at the end of the one below it."""
    top, found, reached = top_of(chart), defaultdict(lambda: [0] * len(labels)), [0.0] * len(labels)
    for bar in chart.iter(f"{SVG}rect"):
        title = bar.find(f"{SVG}title")
        if title is None:
            continue
        place = int((part(bar.get("x")) * len(labels)) + 0.01)
        height = part(bar.get("height"))
        assert part(bar.get("y")) == pytest.approx(1 - reached[place] - height, abs=3 * FINE)
        reached[place] += height
        label, _, said = words(title).rpartition(": ")
        name, _, told = said.rpartition(" ")
        assert label == labels[place]
        assert height * top == pytest.approx(number(told), abs=top * FINE), (
            "the height is what the bar says of itself"
        )
        found[name][place] = round(height * top)
    return found


def lines_of(chart: Any, count: int) -> list[list[int | None]]:
    """The figures of lines in their order, by the places their points are drawn at."""
    top, found = top_of(chart), []
    for line in chart.iter(f"{SVG}path"):
        if "chart-line" not in line.get("class", "").split():
            continue
        values: list[int | None] = [None] * count
        for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", line.get("d", "")):
            values[int(float(x) / 1000 * count)] = round((1000 - float(y)) / 1000 * top)
        found.append(values)
    return found


def check(chart: Any) -> int:
    """Holds a chart against its table; gives the sum of what it shows."""
    labels, columns = table_of(chart)
    lines = lines_of(chart, len(labels))
    if lines:
        assert lines == list(columns.values())
    else:
        bars = bars_of(chart, labels)
        assert {name: bars.get(name, [0] * len(labels)) for name in columns} == columns
    return sum(value or 0 for values in columns.values() for value in values)


@pytest.mark.parametrize("period", ["7d", "30d", "90d", "year"])
def test_what_the_charts_of_the_overview_draw_stands_in_their_tables(leader, company, period):
    page = leader.get(f"/insights?period={period}").text
    found = charts(page)
    assert len(found) == 2
    assert all(check(chart) > 0 for chart in found)


def test_the_charts_of_one_network_and_of_one_item_say_what_their_tables_say(leader, company):
    for path in (f"/insights?item={company.items[3]}", "/insights?network=bluesky"):
        found = charts(leader.get(path).text)
        assert len(found) == 2, path
        assert all(check(chart) > 0 for chart in found), path


def test_the_chart_of_people_over_time_says_what_its_table_says_and_draws_no_day_that_nobody_counted(
    leader, house, company, clock
):
    for days in (0, 1, 3):
        clock.move(days=days)
        headcounts.keep(house.db, house.clock)
    month = f"{clock.now() - timedelta(days=1):%Y-%m}"
    (chart,) = charts(leader.get(f"/insights/teams?month={month}").text)
    assert check(chart) > 0
    _, columns = table_of(chart)
    assert None in columns["People"]


def test_the_stages_of_the_funnel_are_as_long_as_they_say(leader, company):
    page = parse(leader.get("/insights").text)
    stages = [
        one for one in page.iter(f"{HTML}li") if one.find(f"{SVG}svg/{SVG}rect[@class='chart-track']") is not None
    ]
    told = [
        (number(words(stage.find(f".//{HTML}strong"))), stage.find(f"{SVG}svg/{SVG}rect[@class='chart-bar']"))
        for stage in stages
        if stage.find(f".//{HTML}strong") is not None
    ]
    assert len(told) >= 3
    whole = told[0][0]
    assert whole > 0
    for value, bar in told:
        drawn = part(bar.get("width")) if bar is not None else 0
        assert drawn == pytest.approx(max(value / whole, 0.012) if value else 0, abs=FINE)
