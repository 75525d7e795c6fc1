"""Slide decks on SlideShare: the page's state since 2021, its head before."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

from bs4 import BeautifulSoup
from pydantic import BeforeValidator, Field

from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import CamelAnswer, Moment, read_value, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import canonical, clean, first_moment, meta, parse, states

_PATH = re.compile(r"/(?:slideshow/[^/]+/[0-9]+|(?!slideshow/|search/|explore/|category/)[^/]+/[^/]+)/?")


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else value


_Slides = Annotated[int, BeforeValidator(_number), Field(ge=1, le=100_000)]


class _Deck(CamelAnswer):
    ignored: ClassVar = frozenset()
    title: Annotated[str, Field(min_length=1)]
    total_slides: _Slides
    created_at: Moment | None = None
    updated_at: Moment | None = None
    canonical_url: str | None = None
    username: str | None = None
    is_viewable: bool = True


@register
class SlideShareDeck(Family):
    """One deck: title, number of slides, day of upload, account."""

    name = "slideshare"
    hosts = frozenset({"slideshare.net"})
    minimum = "one title and at least one slide"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == "slideshare.net" and _PATH.fullmatch(path_of(url)) is not None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        soup = parse(body)
        for where, state in states(soup, "slideshow"):
            deck = _deck_in(state)
            if deck is not None:
                return self._from_state(deck, soup, url, f"{where}.props.pageProps.slideshow")
        return self._from_head(soup, url)

    def _from_state(self, deck: dict[str, Any], soup: BeautifulSoup, url: str, where: str) -> Reading:
        told = read_value(_Deck, deck, self.name, where=where)
        if not told.is_viewable:
            raise self.changed("the deck is not open to the public any more", f"{where}.isViewable")
        values = {
            "url": told.canonical_url or canonical(soup, url) or url,
            "title": clean(told.title),
            "slides": told.total_slides,
            "published_on": told.created_at[:10] if told.created_at else None,
            "updated_on": told.updated_at[:10] if told.updated_at else None,
            "account": told.username,
        }
        return self.reading((Fact("deck", without_empty(values), where),))

    def _from_head(self, soup: BeautifulSoup, url: str) -> Reading:
        slides = soup.select("section.slide[data-index], .slide[data-index]")
        title = meta(soup, "og:title", "twitter:title")
        if not title or not slides:
            raise self.changed(
                "neither a state with the deck nor, as before 2021, a title with slides",
                "script#__NEXT_DATA__, section.slide",
            )
        published = first_moment(meta(soup, "slideshare:published", "slideshare:created_at"))
        updated = first_moment(meta(soup, "slideshare:updated_at"))
        author = path_of(meta(soup, "slideshare:author") or "").strip("/")
        values = {
            "url": canonical(soup, url) or url,
            "title": title,
            "slides": len(slides),
            "published_on": published[:10] if published else None,
            "updated_on": updated[:10] if updated else None,
            "account": author or None,
        }
        return self.reading((Fact("deck", without_empty(values), "section.slide"),))


def _deck_in(state: object) -> dict[str, Any] | None:
    for key in ("props", "pageProps", "slideshow"):
        state = state.get(key) if isinstance(state, dict) else None
    return state if isinstance(state, dict) else None
