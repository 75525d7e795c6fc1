"""Petitions to the UK Parliament: the site's own JSON, and the page for those who captured that."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator

from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import (
    Answer,
    Count,
    Day,
    Moment,
    day_in_london,
    notes_on,
    one_of,
    read_answer,
    read_value,
    without_empty,
)
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import clean, parse

_PATH = re.compile(r"/(archived/)?petitions/([0-9]{1,12})(?:\.json)?/?")
STATES: Final = (
    "pending", "validated", "sponsored", "flagged", "dormant", "open", "closed", "rejected", "hidden", "stopped",
    "removed",
)  # fmt: skip


class _Rejection(Answer):
    ignored: ClassVar = frozenset({"details"})
    code: str | None


class _Response(Answer):
    ignored: ClassVar = frozenset({"summary", "details", "created_at", "updated_at"})
    responded_on: Day | None = None


class _Debate(Answer):
    ignored: ClassVar = frozenset(
        {"video_url", "debate_pack_url", "public_engagement_url", "debate_summary_url", "overview"}
    )
    debated_on: Day | None = None
    transcript_url: str | None = None


class _Country(Answer):
    name: str
    code: str | None
    signature_count: Count


class _Constituency(Answer):
    ignored: ClassVar = frozenset({"mp"})
    name: str
    ons_code: str | None
    signature_count: Count


class _Attributes(Answer):
    ignored: ClassVar = frozenset(
        {
            "background", "additional_details", "committee_note", "created_at", "updated_at", "rejected_at",
            "moderation_threshold_reached_at", "debate_outcome_at", "debate_scheduled_at", "scheduled_debate_date",
            "debate_scheduled_on", "creator_name", "departments", "topics", "signatures_by_region",
            "other_parliamentary_business", "parliament", "debate_state", "closed_early_at",
        }
    )  # fmt: skip
    action: str
    state: Annotated[str, AfterValidator(one_of(STATES))]
    signature_count: Count
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    closing_date: Day | None = None
    response_threshold_reached_at: Moment | None = None
    debate_threshold_reached_at: Moment | None = None
    government_response_at: Moment | None = None
    rejection: _Rejection | None = None
    government_response: _Response | None = None
    debate: _Debate | None = None
    signatures_by_country: tuple[_Country, ...] = ()
    signatures_by_constituency: tuple[_Constituency, ...] = ()


class _Data(Answer):
    ignored: ClassVar = frozenset({"links"})
    type: Literal["petition", "archived-petition"]
    id: int
    attributes: _Attributes


class _Petition(Answer):
    ignored: ClassVar = frozenset({"links"})
    data: _Data


@register
class ParliamentPetition(Family):
    """One petition: count, state, response, debate; signatures by constituency and country as facts of their own."""

    name = "uk-parliament-petition"
    hosts = frozenset({"petition.parliament.uk"})
    minimum = "one count of signatures, and in the JSON one known state"
    data_holds_minimum = True

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == "petition.parliament.uk" and _PATH.fullmatch(path_of(url)) is not None

    def api_url(self, url: str) -> str | None:
        found = _PATH.fullmatch(path_of(url))
        if not found or not self.matches(url):
            return None
        return f"https://petition.parliament.uk/{found[1] or ''}petitions/{found[2]}.json"

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        return self._page(body, url) if body.lstrip()[:1] == b"<" else self._json(body, url)

    def _json(self, body: bytes, url: str) -> Reading:
        answer = read_answer(_Petition, body, self.name)
        data, told = answer.data, answer.data.attributes
        asked = _PATH.fullmatch(path_of(url))
        if asked and int(asked[2]) != data.id:
            raise self.changed(f"the answer is about petition {data.id}, not {asked[2]}", "data.id")
        rejection = told.rejection.code if told.rejection else None  # in 2019 an object with nothing in it: none
        values = {
            "platform": "petition.parliament.uk",
            "platform_id": str(data.id),
            "url": f"https://petition.parliament.uk/{(asked[1] if asked else None) or ''}petitions/{data.id}",
            "title": clean(told.action),
            "signatures": told.signature_count,
            "bound": "exact",
            "state": told.state,
            "rejected_for": rejection,
            "started_on": _day(told.opened_at),
            "closed_on": _day(told.closed_at),
            "closes_on": told.closing_date,
            "response_threshold_on": _day(told.response_threshold_reached_at),
            "responded_on": told.government_response.responded_on if told.government_response else None,
            "debate_threshold_on": _day(told.debate_threshold_reached_at),
            "debated_on": told.debate.debated_on if told.debate else None,
            "debate_transcript": told.debate.transcript_url if told.debate else None,
        }
        if values["responded_on"] is None and told.government_response:
            values["responded_on"] = _day(told.government_response_at)
        facts = [Fact("petition_reading", without_empty(values), "data.attributes.signature_count")]
        country = [
            {"name": p.name, "code": p.code, "signatures": p.signature_count} for p in told.signatures_by_country
        ]
        constituency = [
            {"name": p.name, "code": p.ons_code, "signatures": p.signature_count}
            for p in told.signatures_by_constituency
        ]
        for kind, rows in (("country", country), ("constituency", constituency)):
            if rows:
                where = f"data.attributes.signatures_by_{kind}"
                facts.append(Fact(f"petition_by_{kind}", {"platform_id": str(data.id), "rows": rows}, where))
        return self.reading(tuple(facts), notes=notes_on(answer))

    def _page(self, body: bytes, url: str) -> Reading:
        soup = parse(body)
        place = "p.signature-count-number"
        tags = soup.select(place)
        if len(tags) != 1:
            raise self.changed(f"{len(tags)} counts of signatures where one must be", place)
        found = re.search(r"\d[\d,]*", tags[0].get_text(" "))
        if not found:
            raise self.changed("the count of signatures holds no number", place)
        heading = soup.select_one("h1")
        for label in heading.select(".heading-secondary") if heading else ():
            label.extract()
        asked = _PATH.fullmatch(path_of(url))
        values = {
            "platform": "petition.parliament.uk",
            "platform_id": asked[2] if asked else None,
            "url": url,
            "title": clean(heading.get_text(" ")) if heading else None,
            "signatures": read_value(Count, int(found[0].replace(",", "")[:30]), self.name, where=place),
            "bound": "exact",
        }
        ask = (api,) if (api := self.api_url(url)) else ()
        return self.reading((Fact("petition_reading", without_empty(values), place),), ask=ask)


def _day(moment: str | None) -> str | None:
    return day_in_london(moment) if moment else None
