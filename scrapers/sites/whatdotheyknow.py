"""Requests for information on WhatDoTheyKnow: the request's JSON and its page. The one who asked is never read."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Final

from bs4 import BeautifulSoup
from pydantic import AfterValidator

from scrapers.extract.mask import mask
from scrapers.sites.address import absolute, host_of, path_of
from scrapers.sites.answer import Answer, Moment, day_in_london, notes_on, one_of, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import attribute, clean, first_moment, parse

HOST: Final = "whatdotheyknow.com"
STATES: Final = (
    "waiting_response", "waiting_clarification", "gone_postal", "not_held", "rejected", "successful",
    "partially_successful", "internal_review", "error_message", "requires_admin", "user_withdrawn",
    "attention_requested", "vexatious", "not_foi",
)  # fmt: skip
SHOWN_STATES: Final = (*STATES, "waiting_response_overdue", "waiting_response_very_overdue", "waiting_classification")
"""The page also says what the site works out: that an answer is late, or that nobody has said what it is."""
EVENT_TYPES: Final = frozenset(
    {
        "sent", "resent", "followup_sent", "followup_resent", "response", "comment", "status_update", "edit",
        "edit_outgoing", "edit_incoming", "edit_comment", "edit_attachment", "hide", "hide_comment", "report_comment",
        "report_request", "destroy_incoming", "destroy_outgoing", "redeliver_incoming", "move_request", "manual",
        "overdue", "very_overdue", "embargo_expiring", "expire_embargo", "set_embargo", "send_error",
        "refusal_advice", "public_token",
    }
)  # fmt: skip
_PATH = re.compile(r"/(?:[a-z]{2}(?:[-_][A-Za-z]{2})?/)?request/([^/]+?)(\.json)?/?")
_ATTACHMENT = re.compile(r"/request/[^/]+/response/[0-9]+/attach/[0-9]+/[^/]+")
_State = Annotated[str, AfterValidator(one_of(STATES))]


class _Body(Answer):
    ignored: ClassVar = frozenset(
        {
            "id", "short_name", "created_at", "updated_at", "home_page", "notes", "publication_scheme",
            "disclosure_log", "tags", "info",
        }
    )  # fmt: skip
    name: str
    url_name: str


class _User(Answer):
    ignored: ClassVar = frozenset({"id", "ban_text", "about_me", "created_at", "updated_at", "confirmed_not_spam"})
    name: str | None = None
    url_name: str | None = None


class _Event(Answer):
    ignored: ClassVar = frozenset(
        {
            "id", "last_described_at", "incoming_message_id", "outgoing_message_id", "comment_id", "display_status",
            "snippet",
        }
    )  # fmt: skip
    event_type: str
    created_at: Moment
    described_state: str | None = None
    calculated_state: str | None = None


class _Request(Answer):
    ignored: ClassVar = frozenset({"id", "tags", "user_name", "prominence"})
    url_title: str
    title: str
    created_at: Moment
    updated_at: Moment
    described_state: _State
    display_status: str | None = None
    awaiting_description: bool = False
    law_used: str | None = None
    public_body: _Body
    user: _User | None = None
    info_request_events: tuple[_Event, ...]


def request_slug(url: str) -> str | None:
    """The request's own part of an address, or None where the address is no request's."""
    found = _PATH.fullmatch(path_of(url)) if host_of(url) == HOST else None
    return found[1] if found else None


def request_url(slug: str) -> str:
    """The page of a request."""
    return f"https://www.{HOST}/request/{slug}"


@register
class WhatDoTheyKnowRequest(Family):
    """One request: state, law, authority, days of asking and answering, addresses of what was attached."""

    name = "whatdotheyknow-request"
    version = "2"
    hosts = frozenset({HOST})
    minimum = "one known state, and the authority that was asked"
    data_holds_minimum = True

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return request_slug(url) is not None

    def api_url(self, url: str) -> str | None:
        slug = request_slug(url)
        return f"{request_url(slug)}.json" if slug else None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        return self._page(body, url) if body.lstrip()[:1] == b"<" else self._json(body)

    def _json(self, body: bytes) -> Reading:
        told = read_answer(_Request, body, self.name)
        names = _names(told.user.name if told.user else None, (told.model_extra or {}).get("user_name"))
        events = told.info_request_events
        sent = [e.created_at for e in events if e.event_type == "sent"]
        answers = [e.created_at for e in events if e.event_type == "response"]
        unknown = sorted({e.event_type for e in events} - EVENT_TYPES)
        page = request_url(told.url_title)
        values = {
            "url": page,
            "title": mask(clean(told.title) or "", names) or None,
            "state": told.described_state,
            "state_is_current": not told.awaiting_description,
            "state_in_words": told.display_status,
            "law": told.law_used,
            "authority": told.public_body.name,
            "authority_url": f"https://www.{HOST}/body/{told.public_body.url_name}",
            "asked_on": day_in_london(min(sent) if sent else told.created_at),
            "answered_on": day_in_london(max(answers)) if answers else None,
            "answers": len(answers),
            "changed_on": day_in_london(told.updated_at),
        }
        notes = [*notes_on(told), *(f"unknown kind of event: {word[:60]}" for word in unknown)]
        facts = [Fact("foi", without_empty(values), "described_state")]
        history, strange = _history(events)
        notes += [f"unknown state of an event: {word[:60]}" for word in strange]
        if history:
            facts.append(Fact("foi_history", {"url": page, "rows": history}, "info_request_events"))
        # The JSON holds no attachments: their addresses stand on the page.
        return self.reading(tuple(facts), ask=(page,), notes=tuple(notes))

    def _page(self, body: bytes, url: str) -> Reading:
        soup = parse(body)
        state = self._state(soup)
        header = soup.select_one(".request-header") or soup
        authority = header.select_one(".request-header__subtitle a[href*='/body/'], a[href*='/body/']")
        authority_name = clean(authority.get_text(" ")) if authority else None
        if not authority_name:
            raise self.changed("the authority that was asked is not named", ".request-header a[href*='/body/']")
        names = _names(*(tag.get_text(" ") for tag in soup.select("a[href*='/user/']")))
        heading = header.find("h1")
        asked, answered, answers = _days(soup)
        attached, withheld = _attachments(soup, url, names)
        slug = request_slug(url)
        values: dict[str, Any] = {
            "url": request_url(slug) if slug else url,
            "title": mask(clean(heading.get_text(" ")) or "", names) or None if heading else None,
            "state": state,
            "authority": authority_name,
            "authority_url": _body_url(attribute(authority, "href"), url),
            "asked_on": asked,
            "answered_on": answered,
            "answers": answers,
            "attachments": attached,
        }
        notes = []
        if withheld:
            notes.append(f"{withheld} attachment(s) left aside: the file's name holds the name of the one who asked")
        ask = (api,) if (api := self.api_url(url)) else ()
        return self.reading((Fact("foi", without_empty(values), "#request_status"),), ask=ask, notes=tuple(notes))

    def _state(self, soup: BeautifulSoup) -> str:
        tags = soup.select("#request_status")
        if len(tags) != 1:
            raise self.changed(f"{len(tags)} states where one must be", "#request_status")
        classes = attribute(tags[0], "class") or ""
        # Since 2020 the class says it; before, the icon did.
        found = re.search(r"(?:request-status-message--|(?:^|\s)icon_)([a-z_]+)", classes)
        if not found:
            raise self.changed("the state is not in the class of its line", "#request_status")
        if found[1] not in SHOWN_STATES:
            raise self.changed(f"{found[1]!r} is a word that is not known here", "#request_status")
        return found[1]


def _history(events: tuple[_Event, ...]) -> tuple[list[dict[str, str]], list[str]]:
    """(what happened on which day, with the state that was chosen for it or, failing that, worked out; words for states
    that are not known)."""
    rows: list[dict[str, str]] = []
    strange: set[str] = set()
    for event in sorted(events, key=lambda event: event.created_at):
        if event.event_type not in EVENT_TYPES:
            continue
        row = {"on": day_in_london(event.created_at), "event": event.event_type}
        state = event.described_state or event.calculated_state
        if state in SHOWN_STATES:
            row["state"] = state
        elif state:
            strange.add(state)
        rows.append(row)
    return rows, sorted(strange)


def _names(*texts: object) -> list[str]:
    """Names to mask: each as a whole."""
    cleaned = (clean(text) for text in texts if isinstance(text, str))
    return sorted({name for name in cleaned if name and len(name) > 2}, key=len, reverse=True)


def _body_url(href: str | None, base: str) -> str | None:
    found = absolute(href, base)
    name = re.search(r"/body/([^/?#]+)", path_of(found)) if found else None
    return f"https://www.{HOST}/body/{name[1]}" if name else None


def _days(soup: BeautifulSoup) -> tuple[str | None, str | None, int]:
    """(day of the first message sent, day of the last answer, number of answers)."""
    asked = answered = None
    incoming = soup.select(".correspondence.incoming")
    for tag in soup.select(".correspondence.outgoing")[:1]:
        asked = first_moment(attribute(tag.select_one("time"), "datetime"))
    for tag in incoming:
        answered = first_moment(attribute(tag.select_one("time"), "datetime")) or answered
    return asked and day_in_london(asked), answered and day_in_london(answered), len(incoming)


def _attachments(soup: BeautifulSoup, base: str, names: list[str]) -> tuple[list[str], int]:
    """(addresses of the files attached to answers, number left aside because their name names the one who asked)."""
    found: dict[str, None] = {}
    withheld: set[str] = set()
    for tag in soup.select("a[href*='/attach/']"):
        url = absolute(attribute(tag, "href"), base)
        if not url or host_of(url) != HOST or not (place := _ATTACHMENT.search(url.split("?")[0])):
            continue
        spelled = re.sub(r"[\W_]+", " ", path_of(url)).casefold()
        if any(re.sub(r"[\W_]+", " ", name).casefold() in spelled for name in names):
            withheld.add(place[0])
        else:
            found[f"https://www.{HOST}{place[0]}"] = None
    return list(found), len(withheld)
