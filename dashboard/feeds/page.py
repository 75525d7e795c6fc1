"""The feeds for a person: what can be followed, and where."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.head import page_head, section
from dashboard.parts.html import fill, join, link
from dashboard.permalinks.shell import Page
from dashboard.queries import facts
from dashboard.start import Context, per_page
from data.labels import LABELS


@per_page
def feeds_page(context: Context) -> Page:
    """/feeds"""
    title = "Follow the record"
    answer = (
        "A feed tells a feed reader what is new: what came into the record, what was corrected, which watched pages "
        "changed or went. Nothing is asked of you, and nobody is counted."
    )
    kinds = [(f"kind/{kind}", words) for kind, words in LABELS["timeline.kind"].items()]
    reviews = [(f"review/{one.review_id}", one.title) for one in facts.reviews(context.record)]
    body = page_head(title, answer) + join(
        [
            section("Everything", _list([("timeline", "Everything that is dated")]), name="everything"),
            section("By kind", _list(kinds), name="kinds"),
            section("By review", _list(reviews), name="reviews"),
            section(
                "Expected dates",
                fill(
                    "<p>The days on which reviews said that their outcome was to be expected, for a calendar: {l}.</p>",
                    l=link("/feeds/reviews.ics", "iCalendar"),
                ),
                name="calendar",
            ),
            section(
                "A body, a page, a search",
                fill(
                    "<p>Each {body} and each {page} names its feed to your feed reader: give it the page's address. "
                    "To follow a search, add what you look for to <code>/feeds/search.atom?q=</code>.</p>",
                    body=link("/organisations", "body"),
                    page=link("/sources", "document"),
                ),
                name="more",
            ),
        ]
    )
    return Page(
        "/feeds", title, answer, body,
        alternates=(("application/atom+xml", "/feeds/timeline.atom", "Timeline"),), graph_type="website",
    )  # fmt: skip


def _list(feeds: list[tuple[str, str]]) -> Markup:
    return fill(
        "<ul>{items}</ul>",
        items=join(
            fill(
                "<li>{w}: {a}, {j}</li>",
                w=words,
                a=link(f"/feeds/{name}.atom", "Atom", label=f"Atom feed: {words}"),
                j=link(f"/feeds/{name}.json", "JSON Feed", label=f"JSON Feed: {words}"),
            )
            for name, words in feeds
        ),
    )
