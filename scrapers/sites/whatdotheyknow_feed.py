"""WhatDoTheyKnow's feeds of a search, an authority or a request: finders of requests that name the programme.

Titles of the entries name those who asked, so they are never read; a request is named by the words of its address.
"""

from __future__ import annotations

import re
from typing import ClassVar

from scrapers.extract.mask import mask
from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import Answer, Moment, day_in_london, notes_on, read_answer
from scrapers.sites.base import NO_CONTEXT, Context, Family, FoundSource, Reading, register
from scrapers.sites.feed import entries
from scrapers.sites.page import clean
from scrapers.sites.terms import found_source, terms_in
from scrapers.sites.whatdotheyknow import HOST, request_url

_PATH = re.compile(r"/(?:[a-z]{2}(?:[-_][A-Za-z]{2})?/)?feed/(search|body|request|list)/.+")
_REQUEST = re.compile(r"/request/([^/]+?)(?:\.json)?(?:/.*)?")


class _Named(Answer):
    ignored: ClassVar = frozenset(
        {
            "id", "url_name", "short_name", "ban_text", "about_me", "tags", "created_at", "updated_at", "home_page",
            "notes", "publication_scheme", "disclosure_log", "info",
        }
    )  # fmt: skip
    name: str | None = None


class _Shallow(Answer):
    ignored: ClassVar = frozenset(
        {
            "id", "created_at", "updated_at", "described_state", "display_status", "awaiting_description",
            "prominence", "law_used", "tags",
        }
    )  # fmt: skip
    url_title: str
    title: str


class _Event(Answer):
    ignored: ClassVar = frozenset(
        {
            "id", "event_type", "described_state", "calculated_state", "last_described_at", "incoming_message_id",
            "outgoing_message_id", "comment_id", "display_status",
        }
    )  # fmt: skip
    created_at: Moment
    snippet: str | None = None
    info_request: _Shallow
    public_body: _Named | None = None
    user: _Named | None = None


@register
class WhatDoTheyKnowFeed(Family):
    """A feed of events, as Atom (without `updated`, which is taken as it is) or as a bare JSON list."""

    name = "whatdotheyknow-feed"
    hosts = frozenset({HOST})
    minimum = "a feed or a list, be it empty"
    data_holds_minimum = True

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == HOST and _PATH.fullmatch(path_of(url)) is not None

    def api_url(self, url: str) -> str | None:
        return None if path_of(url).endswith(".json") else f"{url.split('?')[0]}.json"

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,
    ) -> Reading:
        # What was searched for is known to stand in each result, though its snippet may not show it.
        about = bool(terms_in(path_of(url), context))
        found: dict[str, FoundSource] = {}
        notes: tuple[str, ...]
        if body.lstrip()[:1] == b"<":
            listed, notes = entries(body, url, self.name)
            for at, entry in enumerate(listed):
                place = _REQUEST.fullmatch(path_of(entry.url)) if entry.url and host_of(entry.url) == HOST else None
                if place:
                    self._add(found, context, place[1], None, entry.text, entry.published_on, f"entry[{at}]", about)
        else:
            events = read_answer(list[_Event], body, self.name)
            notes = notes_on(events)
            for at, event in enumerate(events):
                name = event.user.name if event.user else None
                title = mask(clean(event.info_request.title) or "", [name] if name else [])
                day = day_in_london(event.created_at)
                slug = event.info_request.url_title
                self._add(found, context, slug, title, event.snippet or "", day, f"[{at}]", about)
        return self.reading(found=tuple(found.values()), notes=notes)

    def _add(
        self,
        found: dict[str, FoundSource],
        context: Context,
        slug: str,
        title: str | None,
        text: str,
        day: str | None,
        where: str,
        about: bool,
    ) -> None:
        """Add the request, once. The day of an event is not that of the request, so it is said beside the place."""
        title = title or " ".join(re.sub(r"_[0-9]+$", "", slug).split("_"))
        place = f"{where} of {day}" if day else where
        source = found_source(context, url=request_url(slug), title=title, text=text, where=place, about=about)
        if source:
            found.setdefault(source.url, source)
