"""Which clicks count as a human's: each rule by an example, and all of them against long lists of both kinds."""

import itertools
import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import crawleruseragents
import pytest

from advocacy.reach import data_centres, judging
from advocacy.reach.agents import TABLE, device_of, families
from advocacy.reach.data_centres import table
from advocacy.reach.judging import BY_NAME, RULES, Facts, Remembered, judge
from advocacy.reach.ranges import Ranges
from tests.reach.conftest import FIREFOX

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def seen(agent: str = FIREFOX, **changed) -> Facts:
    facts = {
        "method": "GET",
        "agent": agent,
        "family": families().of(agent),
        "purpose": "",
        "letters": "s",
        "at": NOW,
        "shared_at": NOW - timedelta(days=1),
        "requests_this_minute": 1,
    }
    return Facts(**{**facts, **changed})


def test_a_persons_browser_is_human():
    assert judge(seen()) == ""


EXAMPLES = [
    ("head", seen(method="HEAD")),
    ("prefetch", seen(purpose="prefetch;prerender")),
    ("prefetch", seen(purpose="preview")),
    ("no_agent", seen(agent="")),
    ("no_agent", seen(agent=" - ")),
    ("crawler", seen(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")),
    ("crawler", seen(agent="curl/8.5.0")),
    ("crawler", seen(agent="http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.example/) Bot")),
    ("mail_gateway", seen(agent="Mozilla/5.0 (Windows NT 10.0) BarracudaCentral/1.0 Safari/537.36")),
    ("headless", seen(agent="Mozilla/5.0 (X11; Linux x86_64) Playwright/1.40 Chrome/120.0.0.0 Safari/537.36")),
    ("self_named", seen(agent="Mozilla/5.0 (compatible; NobodyKnowsThis/0.3)")),
    ("self_named", seen(agent="wordupsearchengine")),
    ("self_named", seen(agent="Mozilla/5.0 (Exchange check)")),
    (
        "self_named",
        seen(agent="Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; nobody) Chrome/98.0.0.0"),
    ),
    ("self_named", seen(agent="Mozilla/5.0 (Windows NT 10.0) Chrome/55.0.2883.87 (of a mail proxy)")),
    ("self_named", seen(agent="Mozilla/5.0 (Windows NT 5.1) Chrome/14.0.835.202 Safari/535.1 some_monitoring")),
    ("crawler", seen(agent="Mozilla/5.0 (X11; Linux x86_64; rv:66.0) WhatCMS/1.0")),
    ("data_centre", seen(letters="ds")),
    ("own_visit", seen(letters="ws")),
    ("own_visit", seen(letters="ow")),
    ("office", seen(letters="os")),
    ("preview_fetch", seen(letters="l", shared_at=NOW - timedelta(seconds=20))),
    ("missing_headers", seen(letters="l")),
    ("missing_headers", seen(letters="a")),
    ("not_a_visit", seen(letters="sn")),
    ("burst", seen(requests_this_minute=31)),
]


@pytest.mark.parametrize(("rule", "facts"), EXAMPLES)
def test_each_rule_filters_what_it_says(rule, facts):
    assert judge(facts) == rule


def test_every_rule_has_an_example_above_and_words_for_a_leader():
    tried = set()
    for parameters in test_each_rule_filters_what_it_says.pytestmark:
        tried |= {example[0] for example in parameters.args[1]}
    assert tried == {rule.name for rule in RULES} == set(BY_NAME)
    for rule in RULES:
        assert str(rule.why).endswith(".")
        assert len(str(rule.title)) < 45
        assert len(rule.name) <= 40


def test_the_sentence_about_bursts_says_the_number_that_is_in_force():
    assert str(judging.BURST_REQUESTS) in str(BY_NAME["burst"].why)
    assert judge(seen(requests_this_minute=judging.BURST_REQUESTS)) == ""


def test_a_preview_is_only_told_just_after_publishing_and_never_before():
    assert judge(seen(letters="l", shared_at=NOW + timedelta(seconds=5))) == "missing_headers"
    assert judge(seen(letters="l", shared_at=NOW - timedelta(minutes=3))) == "missing_headers"
    assert judge(seen(letters="s", shared_at=NOW - timedelta(seconds=5))) == "", "a quick colleague is a human"


def test_clicks_that_are_judged_together_are_judged_as_if_each_were_alone():
    together = Remembered()
    quiet = [seen(), seen(letters="l"), seen(requests_this_minute=30)]
    for facts in [*quiet, *(facts for _, facts in EXAMPLES), *quiet]:
        given = {field.name: getattr(facts, field.name) for field in fields(facts)}
        assert together.judge(**given) == judge(facts)


def test_at_least_99_of_100_crawlers_of_the_public_list_are_told_by_name():
    instances = [agent for one in crawleruseragents.CRAWLER_USER_AGENTS_DATA for agent in one["instances"]]
    missed = [agent for agent in instances if not families().of(agent)]
    assert len(instances) > 2000
    assert len(missed) / len(instances) <= 0.01, missed


def browsers() -> list[str]:
    """Agents as browsers form them: systems, engines, devices and the apps that show pages inside themselves."""
    windows, mac, linux = "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"
    chrome = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0{} Safari/537.36{}"
    phones = ["K", "SM-G991B", "Pixel 8 Pro", "CPH2557 Build/AP3A.240617.008; wv", "CUBOT_X18_Plus", "ViewSonic A8+"]
    phones += ["Redmi Note 12", "M2101K6G", "HTC Butterfly S", "moto g(60)", "ONEPLUS A6003", "SO-51D", "Spider 8"]
    found = []
    for version in range(100, 142, 2):
        for system, suffix in itertools.product(
            (windows, mac, linux), ("", f" Edg/{version}.0.0.0", " OPR/99.0.0.0")
        ):
            found.append(chrome.format(system, version, "", suffix))
        found += [chrome.format(f"Linux; Android 14; {phone}", version, " Mobile", "") for phone in phones]
        found += [
            f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0"
            for system in (windows, "Macintosh; Intel Mac OS X 10.15", linux, "X11; Ubuntu; Linux x86_64")
        ]
        found.append(f"Mozilla/5.0 (Android 14; Mobile; rv:{version}.0) Gecko/{version}.0 Firefox/{version}.0")
    webkit = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
    for system in range(12, 19):
        for device in ("iPhone; CPU iPhone OS", "iPad; CPU OS"):
            head = f"Mozilla/5.0 ({device} {system}_2 like Mac OS X) {webkit}"
            found.append(f"{head} Version/{system}.2 Mobile/15E148 Safari/604.1")
            found += [
                f"{head} {tail}"
                for tail in (
                    "Mobile/15E148 [LinkedInApp]/9.29.7",
                    "Mobile/15E148 Instagram 300.0.0.29.110 (iPhone14,5; iOS 17_0; nb_NO; scale=3.00; 1170x2532; 1)",
                    "Mobile/15E148 [FBAN/FBIOS;FBAV/450.0.0.38.108;FBBV/564431005;FBDV/iPhone14,5;FBLC/nb_NO]",
                    "Mobile/15E148 Twitter for iPhone/10.20",
                    "Mobile/15E148 [Pinterest/iOS]",
                    "Mobile/15E148 Snapchat/12.60.0.45 (like Safari/8617.1.17.10.9, panda)",
                    "Mobile/15E148 MicroMessenger/8.0.43(0x18002b2d) NetType/WIFI Language/en",
                    "CriOS/120.0.6099.119 Mobile/15E148 Safari/604.1",
                    "FxiOS/121.0 Mobile/15E148 Safari/605.1.15",
                    "EdgiOS/120.0.2210.126 Version/17.0 Mobile/15E148 Safari/604.1",
                    "Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
                )
            ]
    found.append(f"Mozilla/5.0 ({linux}) {webkit} Version/17.4 Safari/605.1.15")
    found.append(
        "Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/23.0"
    )
    return found


def test_at_most_one_browser_in_a_thousand_is_taken_for_a_program():
    agents = browsers()
    taken = [agent for agent in agents if families().of(agent)]
    assert len(agents) > 600
    assert len(taken) / len(agents) <= 0.001, taken


def test_a_phone_whose_name_a_crawlers_pattern_also_matches_is_a_phone():
    """The public list's AP3A.240617.008 is an Android build: it would filter whoever opens a link in Instagram."""
    build = "Mozilla/5.0 (Linux; Android 15; CPH2557 Build/AP3A.240617.008; wv) Chrome/142.0.7444.142 Instagram 406.0"
    assert families().of(build) == ""
    narrowed = json.loads(TABLE.read_text())["narrowed"]["patterns"]
    known = {one["pattern"] for one in crawleruseragents.CRAWLER_USER_AGENTS_DATA}
    assert set(narrowed) <= known, "a pattern was changed in the public list: look at it again"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "desktop"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; K) Chrome/120.0.0.0 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) Chrome/120.0.0.0 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Mobile/15E148", "tablet"),
        ("Something", ""),
    ],
)
def test_the_device_is_told_from_the_agent(agent, device):
    assert device_of(agent) == device


def test_addresses_of_data_centres_are_known_and_those_of_homes_are_not():
    known = data_centres.known()
    for inside in ("3.64.1.1", "34.140.0.1", "20.50.1.1", "159.69.1.1", "2a01:4f8:1::1", "::ffff:159.69.1.1"):
        assert known.holds(inside), inside
    for outside in (
        "2001:41d0:fc00::1",  # OVH's lines to homes
        "109.190.1.1",
        "40.66.1.1",  # Microsoft's, and not in what Azure publishes
        "20.177.1.1",
        "34.99.1.1",  # Google's, and not in what Google Cloud publishes
        "81.166.12.34",
        "84.208.20.110",
        "2a01:79d::1",
        "172.224.226.1",
        "104.28.1.1",
        "",
        "x",
        "1.2.3",
    ):
        assert not known.holds(outside), outside


def test_every_range_of_the_table_begins_and_ends_where_it_says():
    known = Ranges(["192.0.2.0/25", "2001:db8::/33"])
    assert known.holds("192.0.2.0")
    assert known.holds("192.0.2.127")
    assert not known.holds("192.0.2.128")
    assert not known.holds("192.0.1.255")
    assert known.holds("2001:db8:7fff::1")
    assert not known.holds("2001:db8:8000::1")


def test_the_table_names_its_sources_and_when_they_were_looked_up():
    kept = table()
    assert datetime.fromisoformat(kept.looked_up)
    assert all(operator.source and operator.supported_by and operator.ranges for operator in kept.operators)
    assert all(datetime.fromisoformat(operator.copy_of) for operator in kept.operators if operator.copy_of)
    assert [operator.name for operator in kept.operators if not operator.copy_of] == ["OVHcloud"]
    assert "Private Relay" in kept.left_out
