"""News pages made with Drupal."""

from __future__ import annotations

import re

from scrapers.sites.answer import without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Rank, Reading, register
from scrapers.sites.page import attribute, canonical, page_days, parse, title_of

_PUBLISHED = (
    ".field--name-created time[datetime], .node__submitted time[datetime], .field--name-field-date time[datetime], "
    "[class*='field-name-post-date'] [content], [property~='dc:date'][content], .submitted time[datetime], "
    "article time[datetime]"
)
_TYPE = re.compile(r"(?:^|\s)(?:page-node-type-|node-type-|node--type-)([a-z0-9-]+)")


@register
class Drupal(Family):
    """A node: title, days, and what kind of node it is."""

    name = "drupal"
    rank = Rank.LOOK
    minimum = "one title"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        head = body[:200_000]
        return bool(
            re.search(rb"""<meta[^>]+name=["']generator["'][^>]+content=["']Drupal\b""", head, re.IGNORECASE)
            or re.search(rb"""data-drupal-selector=["']drupal-settings-json["']""", body)
        )

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        soup = parse(body)
        title = title_of(soup)
        if not title:
            raise self.changed("the page has no title", "meta[property='og:title'], h1, title")
        published, updated = page_days(soup, _PUBLISHED, ".field--name-changed time[datetime]")
        kinds = [attribute(tag, "class") or "" for tag in soup.select("body[class], article[class]")]
        kind = next((found[1] for text in kinds if (found := _TYPE.search(text))), None)
        values = {
            "url": canonical(soup, url) or url,
            "title": title,
            "document_type": kind,
            "published_on": published,
            "updated_on": updated,
        }
        return self.reading((Fact("page", without_empty(values), "head"),))
