"""What every figure means: its formula, its unit, where it comes from, and how sure one can be of it."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.base.text import Text

MEASURED, ESTIMATED, SELF_REPORTED = "measured", "estimated", "self-reported"


@dataclass(frozen=True)
class Definition:
    """One figure.

    Args:
        name: where a page's link points to.
        title: what it is called everywhere.
        formula: how it is made.
        unit: what one of it is.
        source: who counts.
        basis: `measured`, `estimated` or `self-reported`.
        limits: what it does not tell; None when there is nothing to add.
    """

    name: str
    title: Text
    formula: Text
    unit: Text
    source: Text
    basis: str
    limits: Text | None = None


OUR_JOURNAL = Text("Our own click journal: each request is written down before the visitor is sent on.")
OUR_OWN_LISTS = Text("Our own lists of people, invitations, linked accounts and posts, counted every day.")
THE_NETWORK = Text("The network's own count, read by us at the times shown beside it.")

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "raw",
        Text("Clicks, raw"),
        Text("Every request for a tracked link that was answered by sending the visitor on."),
        Text("Requests"),
        OUR_JOURNAL,
        MEASURED,
        Text("Programs make many of these. Use it to check the other figures, not to judge a post."),
    ),
    Definition(
        "filtered",
        Text("Clicks, filtered"),
        Text("Raw clicks to which one of the published rules applies. Each keeps the name of its rule."),
        Text("Requests"),
        OUR_JOURNAL,
        MEASURED,
        Text("A program that behaves like a browser in every way is not told from one."),
    ),
    Definition(
        "human",
        Text("Clicks by people"),
        Text("Raw clicks less filtered clicks."),
        Text("Clicks"),
        OUR_JOURNAL,
        MEASURED,
        Text("It says that somebody followed the link, not that the page was read."),
    ),
    Definition(
        "unique",
        Text("Visitors"),
        Text(
            "Clicks by people, where the same visitor counts once a day for each link. A visitor is one address with one "
            "browser, known only by a keyed hash whose key is destroyed after 48 hours. Over several days or links it is "
            "the sum of each day's visitors."
        ),
        Text("Visitors a day and link"),
        OUR_JOURNAL,
        ESTIMATED,
        Text(
            "One person with a phone and a computer is two visitors; two people behind one address with the same browser "
            "are one. Days are those of UTC."
        ),
    ),
    Definition(
        "conversions",
        Text("Conversions"),
        Text(
            "What the company's own pages told us of, with the id of a click that was made at most so many days before as "
            "the administrator chose. Counted are those whose click counts as a person's; those whose click was filtered "
            "stand beside them. Each is told once, however often it is sent. Its worth is what the server said, or else "
            "what the administrator entered for its kind."
        ),
        Text("Conversions; their worth in each currency by itself"),
        Text("The company's own servers (signed), or a picture on its pages."),
        MEASURED,
        Text(
            "It says that one followed from the other, not that it would not have happened without. Whoever sees a page "
            "with a picture can repeat the picture, once for each click."
        ),
    ),
    Definition(
        "country",
        Text("Country"),
        Text(
            "The country that a database of addresses gives for the visitor's, looked up when the link is followed; the "
            "address is not kept. A country with fewer clicks by people than the smallest group is told with others."
        ),
        Text("Clicks by people"),
        Text("The database that the operator supplies. Without one it is not available."),
        ESTIMATED,
        Text(
            "Addresses change hands, and a company's network or a service that hides addresses may stand elsewhere."
        ),
    ),
    Definition(
        "media_value",
        Text("Earned media value"),
        Text(
            "For each rate that an administrator entered: the figure divided by for how many the rate is, times its lowest "
            "and its highest price. The sum of these ranges, each currency by itself."
        ),
        Text("Money, from lowest to highest"),
        Text("Our click journal and the networks' counts; rates by the administrator, each with its source."),
        ESTIMATED,
        Text(
            "It is what advertising would have cost, not what was earned. Without rates it is not available. It is never "
            "added to anything measured."
        ),
    ),
    Definition(
        "likes",
        Text("Likes"),
        Text("The newest count of each post; over several posts their sum. Mastodon calls them favourites."),
        Text("Reactions"),
        THE_NETWORK,
        MEASURED,
        Text("Posts whose network gives no count are left out, and it is said how many."),
    ),
    Definition(
        "reposts",
        Text("Reposts"),
        Text("The newest count of each post; over several posts their sum. Mastodon calls them boosts."),
        Text("Reposts"),
        THE_NETWORK,
        MEASURED,
    ),
    Definition(
        "replies",
        Text("Replies"),
        Text("The newest count of direct replies to each post; over several posts their sum."),
        Text("Replies"),
        THE_NETWORK,
        MEASURED,
    ),
    Definition(
        "quotes",
        Text("Quotes"),
        Text("The newest count of posts that quote this one; over several posts their sum."),
        Text("Posts"),
        THE_NETWORK,
        MEASURED,
        Text("Only Bluesky and newer Mastodon servers count quotes."),
    ),
    Definition(
        "views",
        Text("Views"),
        Text("The newest count of how often the network showed each post."),
        Text("Views"),
        THE_NETWORK,
        MEASURED,
        Text("Bluesky and Mastodon do not count views; there the figure is not available, which is not zero."),
    ),
    Definition(
        "followers",
        Text("Followers"),
        Text(
            "How many follow a linked account, as its network counts: the first answer of each day. Leaders see the "
            "potential audience alone: for each network the sum of the newest count of every account, at most seven days "
            "old. It needs the smallest group of people, and accounts come in and go out only when so many people's do "
            "that none can be told by subtraction."
        ),
        Text("Followers; over several accounts not people, since one may follow many"),
        Text(
            "The network's own count, read by us once a day (Bluesky: the public index; others: with the account's own sign-in)."
        ),
        MEASURED,
        Text(
            "It is who could see a post, not who did. It is never added to views or clicks, and no reach is made of it. "
            "Where a network does not tell, it is not available, which is not zero."
        ),
    ),
    Definition(
        "published",
        Text("Posts published"),
        Text("Shares for which the network gave us a receipt."),
        Text("Posts"),
        Text("The network's answer when we published."),
        MEASURED,
    ),
    Definition(
        "confirmed",
        Text("Posts confirmed"),
        Text("Shares by share link whose tracked link a person followed."),
        Text("Posts"),
        OUR_JOURNAL,
        MEASURED,
    ),
    Definition(
        "claimed",
        Text("Posts claimed"),
        Text("Shares whose share page was opened, or that the person says are there, with no click so far."),
        Text("Posts"),
        Text("The person who shared."),
        SELF_REPORTED,
        Text("Nothing proves that the post was made. The first click by a person confirms it."),
    ),
    Definition(
        "invited",
        Text("People invited"),
        Text("Everybody who can sign in, and everybody with an open invitation of their own, at the end of the day."),
        Text("People"),
        OUR_OWN_LISTS,
        MEASURED,
        Text("Open links for a whole team are for nobody in particular and are not counted until somebody joins."),
    ),
    Definition(
        "active",
        Text("People active"),
        Text("Of those who can sign in at the end of the period: who was signed in and seen within it."),
        Text("People"),
        OUR_OWN_LISTS,
        MEASURED,
        Text("Kept day by day from the first day on. For a day on which nobody counted it is not available."),
    ),
    Definition(
        "connected",
        Text("People connected"),
        Text("Of those who can sign in at the end of the period: who has at least one account linked to post with."),
        Text("People"),
        OUR_OWN_LISTS,
        MEASURED,
    ),
    Definition(
        "sharers",
        Text("People who shared"),
        Text("Different people with at least one post published, confirmed or claimed in the period."),
        Text("People"),
        OUR_OWN_LISTS,
        MEASURED,
        Text("Claimed posts rest on the person's own word."),
    ),
    Definition(
        "per_post",
        Text("Clicks per post"),
        Text(
            "Clicks by people until now on some posts, divided by the number of those posts. Shown from ten posts on, "
            "with the range in which the true average lies 95 times out of 100 (1.96 standard errors to each side)."
        ),
        Text("Clicks a post"),
        OUR_JOURNAL,
        MEASURED,
        Text("Posts differ in who posted them and when; a better average is a hint and no proof."),
    ),
)
"""In the order in which the page shows them."""

NEVER_ADDED = Text(
    "Clicks, views, likes and followers are different things. They stand side by side and are never added together. "
    "A figure that nobody gave us is not available; it is never shown as zero."
)
