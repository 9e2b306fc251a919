"""What Nordlys tells: the items of the demo's library, with their ready-made posts in two languages."""

from __future__ import annotations

from dataclasses import dataclass

TOPICS = ("Company news", "Hiring", "Sustainability", "Technology", "Events")
CAMPAIGN = ("Sørlige Vind opens", "The wind farm that powers 40 000 homes.")


@dataclass(frozen=True)
class Story:
    """One item.

    Args:
        title: and `summary`: as the feed shows them.
        topic: one of TOPICS.
        days_ago: when it went live.
        scene: which picture is painted.
        alt_text: what the picture shows.
        captions: (label, language, text).
        teams: names of teams it is for; none for everyone.
        brief: what colleagues are told first.
        brief_nb: the same in Norwegian.
        brief_first: whether it has to be read before sharing.
        inside_hours: for how long only colleagues have it.
        kind: `article`, `image`, `film` (of the scene) or `text`.
        more: (scene, alt text) of pictures that follow the first.
        pinned: on top of the feed.
        internal_only: to be read, not shared.
        in_review: waits for its approval.
        address: where it leads; "" for a page of the demo company.
    """

    title: str
    summary: str
    topic: str
    days_ago: int
    scene: str
    alt_text: str
    captions: tuple[tuple[str, str, str], ...] = ()
    teams: tuple[str, ...] = ()
    brief: str = ""
    brief_nb: str = ""
    brief_first: bool = False
    inside_hours: int = 0
    kind: str = "article"
    pinned: bool = False
    internal_only: bool = False
    in_review: bool = False
    campaign: bool = False
    address: str = ""
    more: tuple[tuple[str, str], ...] = ()


STORIES: tuple[Story, ...] = (
    Story(
        "We just powered 40 000 homes from one wind farm",
        "Sørlige Vind reached full capacity six weeks early. Here is what the team learned about building at sea.",
        "Company news",
        2,
        "wind",
        "Three wind turbines at sea at sunrise",
        (
            (
                "Proud",
                "en",
                "Proud moment for all of us at Nordlys: Sørlige Vind now delivers power to 40 000 homes, six weeks ahead of plan. 🌊",
            ),
            (
                "Expert",
                "en",
                "What made the difference at Sørlige Vind was planning around the weather instead of against it. Our site lead tells how the crew did it.",
            ),
            ("Short", "en", "40 000 homes. One wind farm. Six weeks early."),
            (
                "Stolt",
                "nb",
                "Stolt dag for oss i Nordlys: Sørlige Vind leverer nå strøm til 40 000 hjem, seks uker før planen. 🌊",
            ),
        ),
        brief="We tell this first inside: the crew heard it on Monday. The figure is **40 000 homes at full capacity**; please do not round it up. We power Norwegian homes with wind from the sea, and that was six weeks ahead of plan.",
        brief_nb="Vi sier det til våre egne først: mannskapet hørte det på mandag. Tallet er **40 000 hjem ved full kapasitet**; ikke rund det opp. Vi gir norske hjem kraft fra vind til havs, og det var seks uker før planen.",
        pinned=True,
        campaign=True,
    ),
    Story(
        "Three things I wish I knew before joining grid planning",
        "A short read by Jonas that candidates love.",
        "Hiring",
        4,
        "desk",
        "A desk with a grid map and a lamp",
        (
            (
                "Personal",
                "en",
                "My colleague Jonas wrote down what nobody tells you about grid planning. If you like maps and hard puzzles, read this.",
            ),
            ("Open role", "en", "We are looking for grid planners in Trondheim. Start with these three things."),
        ),
        teams=("Technology", "People and Culture"),
    ),
    Story(
        "The way to work, at sea",
        "A few seconds from the boat that takes the crew to Sørlige Vind every morning.",
        "Company news",
        5,
        "vessel",
        "The view from a boat that passes three wind turbines at sunrise. Nobody speaks.",
        (
            ("Short", "en", "Some people take the bus. Our crew takes this."),
            ("Kort", "nb", "Noen tar bussen. Vi tar denne."),
        ),
        kind="film",
    ),
    Story(
        "How we cut steel by a fifth and kept the towers standing",
        "Lighter foundations, the same safety margin: the engineering behind it, with figures.",
        "Technology",
        6,
        "tower",
        "The base of a turbine tower seen from below",
        (
            (
                "Expert",
                "en",
                "A fifth less steel per foundation with the same safety margin. Our engineers show the calculation.",
            ),
            ("Curious", "en", "How do you make a wind tower lighter without making it weaker? This is how."),
        ),
    ),
    Story(
        "Meet us at Nordic Energy Days in Bergen",
        "Stand 14, two talks, and the best coffee in the hall.",
        "Events",
        8,
        "hall",
        "A fair hall with people and banners",
        (
            ("Invite", "en", "I will be at Nordic Energy Days in Bergen. Come and say hello at stand 14."),
            ("Inviter", "nb", "Vi ses på Nordic Energy Days i Bergen? Kom innom stand 14."),
        ),
        teams=("Sales",),
    ),
    Story(
        "Our 2025 climate account, audited and in plain words",
        "Emissions fell by 11 per cent. Where they did not, we say why.",
        "Sustainability",
        14,
        "forest",
        "Hills with forest in morning mist",
        (
            (
                "Honest",
                "en",
                "Our emissions fell by 11 per cent last year. Not everything went well, and the report says so.",
            ),
            ("Short", "en", "Minus 11 per cent. The whole account, audited, in plain words."),
        ),
        brief="Our emissions fell by **11.2 per cent**; travel went the wrong way, and the report says so. We say what went wrong too: please do not leave it out.",
    ),
    Story(
        "From trainee to site lead in four years: Tomas tells",
        "What helped, what did not, and the night shift he will never forget.",
        "Hiring",
        24,
        "boat",
        "A crew boat on its way to a turbine",
        (
            ("Warm", "en", "From trainee to site lead in four years. Proud to work with Tomas."),
            ("Short", "en", "Four years, one North Sea, many night shifts."),
        ),
    ),
    Story(
        "Why the grid needs storage before it needs more wind",
        "A column by our head of technology that made people call us.",
        "Technology",
        34,
        "battery",
        "Rows of batteries under a clear sky",
        (
            ("Opinion", "en", "Storage first, then more wind: an unpopular view from people who build wind farms."),
            ("Question", "en", "What would you build first: storage or wind? Our head of technology has an answer."),
        ),
    ),
    Story(
        "Our post on the first winter of Sørlige Vind",
        "The crew tells in four pictures how the park came through its first storm. Pass it on, or add what you saw.",
        "Company news",
        3,
        "wind",
        "Three wind turbines at sea at sunrise",
        (("Insider", "en", "I was on that shift. Proud of how calmly everybody worked."),),
        kind="post",
        address="https://bsky.app/profile/nordlys.example/post/3lbn7wqz6xk2d",
    ),
    Story(
        "School children named our new service vessel",
        "421 suggestions, one winner: Vindfinger.",
        "Company news",
        44,
        "vessel",
        "A blue service vessel in a harbour",
        (("Smile", "en", "421 suggestions, and the winner is Vindfinger. Children are better at this than we are."),),
    ),
    Story(
        "What we pay and why: our open salary bands",
        "Every band, every step, and how to move.",
        "Hiring",
        57,
        "desk",
        "A desk with papers and a lamp",
        (("Open", "en", "We publish what we pay. Every band, every step. More of us should."),),
    ),
    Story(
        "New travel rules from January",
        "Trains first, and a simpler form. For us inside.",
        "Company news",
        1,
        "forest",
        "Hills with forest in morning mist",
        internal_only=True,
        kind="text",
        brief="From 1 January trains come first for trips below six hours. The form is one page now. Ask Nora if something does not fit.",
    ),
    Story(
        "A day at Sørlige Vind in five pictures",
        "From the harbour at five in the morning to the control room at night.",
        "Company news",
        4,
        "boat",
        "A boat on its way out to the wind farm at dawn",
        (
            ("Day", "en", "Out at five, back at dusk: a day with the crew of Sørlige Vind in five pictures."),
            ("Dag", "nb", "Ut klokka fem, hjem i skumringen: en dag med mannskapet på Sørlige Vind i fem bilder."),
        ),
        kind="image",
        more=(
            ("wind", "Turbines at sea with the sun behind them"),
            ("tower", "A technician on the way up a tower"),
            ("vessel", "The service vessel Vindfinger beside a turbine"),
            ("desk", "The control room with a lamp over the desk"),
        ),
    ),
    Story(
        "Autumn hackathon: eleven ideas, three that we will build",
        "What happens when grid planners and recruiters share a table.",
        "Events",
        0,
        "hall",
        "A hall with people at tables",
        (("Fun", "en", "Eleven ideas in two days. Three of them we are going to build."),),
        in_review=True,
        brief="Twelve ideas came out of two days, since the night shift handed in one more. Three of them get a budget, and their teams have been told.",
    ),
    Story(
        "Sørlige Vind II: we are building again",
        "Twenty-four turbines more, and work for 60 of us in Kristiansand.",
        "Company news",
        0,
        "wind",
        "Three wind turbines at sea at sunrise",
        (
            ("Proud", "en", "We are building again: 24 turbines more at Sørlige Vind, and 60 jobs in Kristiansand."),
            ("Stolt", "nb", "Vi bygger igjen: 24 turbiner til på Sørlige Vind, og 60 arbeidsplasser i Kristiansand."),
        ),
        brief="You hear it a day before the press. We build **24 turbines** more; 60 of us will work in Kristiansand from August 2027. Nobody has to move. Questions go to Nora, not to journalists.",
        brief_nb="Dere hører det en dag før pressen. Vi bygger **24 turbiner** til; 60 av oss skal arbeide i Kristiansand fra august 2027. Ingen må flytte. Spørsmål går til Nora, ikke til journalister.",
        brief_first=True,
        inside_hours=24,
    ),
)
