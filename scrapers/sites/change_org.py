"""Petitions on change.org: the count stands in the page's embedded state, in a shape that changed over the years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Annotated, Any

from bs4 import BeautifulSoup
from pydantic import Field

from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import Count, day_in_london, read_value, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import canonical, clean, first_moment, linked_data, meta, parse, states, title_of, walk

_PATH = re.compile(r"/(?:[a-z]{2}(?:-[A-Za-z]{2,3})?/)?p/([^/]+)/?")
_SUFFIX = re.compile(r"\s*[·|-]\s*Change\.org\s*$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:Sign the )?Petition\s*[·:]\s*", re.IGNORECASE)
_COUNTING = ("signatureCount", "signatureState")
_Id = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


def slug_of(url: str | None) -> str | None:
    """The petition's own part of an address, or None where the address is not a petition's page."""
    found = _PATH.fullmatch(path_of(url)) if url else None
    return found[1].casefold() if found else None


@register
class ChangeOrgPetition(Family):
    """One petition: signatures counted and displayed, goal, day of beginning, title."""

    name = "change-org-petition"
    hosts = frozenset({"change.org"})
    minimum = "one count of signatures that stands beside the petition's own id or address"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == "change.org" and slug_of(url) is not None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        soup = parse(body)
        own = {slug for address in (url, canonical(soup, url)) if (slug := slug_of(address))}
        where, petition, goal_beside, others = self._own(soup, own)
        counted = _count_in(petition)
        if isinstance(counted, dict):
            total = self._number(counted.get("total"), f"{where}.total")
            displayed = self._number(counted.get("displayed"), f"{where}.displayed")
            goal = self._number(counted.get("goal"), f"{where}.goal")
        else:
            total, displayed, goal = self._number(counted, where), None, None
        if total is None and displayed is None:
            raise self.changed("the count of signatures has neither total nor displayed", where)
        if goal is None:
            goal = self._number(goal_beside, f"{where} (goal beside it)")
        notes = [f"{others} count(s) of other petitions on the page were left aside"] if others else []
        if total is None:
            notes.append("the page states only the displayed count")
        platform_id = petition.get("id")
        facts = Fact(
            "petition_reading",
            without_empty(
                {
                    "platform": "change.org",
                    "platform_id": read_value(_Id, str(platform_id), self.name, where=f"{where} id")
                    if platform_id is not None
                    else None,
                    "url": canonical(soup, url) or url,
                    "title": self._title(soup, petition),
                    "signatures": displayed if total is None else total,
                    "displayed": displayed,
                    "target": goal,
                    "bound": "exact",
                    "started_on": self._started(soup, petition),
                }
            ),
            where,
        )
        return self.reading((facts,), notes=tuple(notes))

    def _number(self, value: object, where: str) -> int | None:
        return None if value is None else read_value(Count, value, self.name, where=where)

    def _own(self, soup: BeautifulSoup, own: set[str]) -> tuple[str, dict[str, Any], object, int]:
        """(where, the petition's object, the goal beside its count, number of other petitions' counts)."""
        found = list(_counts(soup))
        if not found:
            raise self.changed("no state with a count of signatures", "script")
        ids = _own_ids(soup) | {str(p["id"]) for _, p, _ in found if p.get("id") and _slug_in(p) in own}
        mine = [one for one in found if _slug_in(one[1]) in own or str(one[1].get("id")) in ids]
        if not mine:
            nameless = [one for one in found if _slug_in(one[1]) is None and not one[1].get("id")]
            if len(found) == 1 and nameless:
                mine = nameless
            else:
                raise self.changed(f"{len(found)} count(s) of signatures, none beside this petition's id or address")
        values = {repr(_totals(petition)) for _, petition, _ in mine if _totals(petition) is not None}
        if len(values) > 1:
            raise self.changed(f"this petition's count is given in {len(values)} ways that differ", mine[0][0])
        best = max(mine, key=lambda one: (isinstance(_count_in(one[1]), dict), one[2] is not None, len(one[1])))
        return *best, len(found) - len(mine)

    def _title(self, soup: BeautifulSoup, petition: dict[str, Any]) -> str | None:
        for key in ("ask", "displayTitle", "title"):
            if isinstance(petition.get(key), str) and (text := clean(unescape(petition[key]))):
                return text
        text = title_of(soup)
        return clean(_PREFIX.sub("", _SUFFIX.sub("", text))) if text else None

    def _started(self, soup: BeautifulSoup, petition: dict[str, Any]) -> str | None:
        told = [value for key in ("publishedAt", "createdAt") if isinstance(value := petition.get(key), str)]
        told += [
            value
            for item in linked_data(soup)
            for key in ("datePublished", "dateCreated")
            if isinstance(value := item.get(key), str)
        ]
        moment = first_moment(*told)
        return day_in_london(moment) if moment else None


def _counts(soup: BeautifulSoup) -> Iterator[tuple[str, dict[str, Any], object]]:
    """Each object with a count of signatures: where, itself with what is known of its petition, the goal beside it."""
    for where, state in states(soup, "signature"):
        for path, item, around in walk(state):
            if not any(key in item for key in _COUNTING) or _count_in(item) is None:
                continue
            if path and path[-1] == "signatureState":
                continue  # read with the petition around it
            petition = item
            if not (item.get("id") or _slug_in(item)) and around and (around[-1].get("id") or _slug_in(around[-1])):
                petition = {**around[-1], **item}
            goal = item.get("signatureGoal")
            if isinstance(item.get("signatureState"), dict) and goal is None:
                goal = item["signatureState"].get("signatureGoal")
            if isinstance(goal, dict):
                goal = goal.get("displayed", goal.get("goal"))
            key = "signatureCount" if "signatureCount" in item else "signatureState.signatureCount"
            yield ".".join((where, *path, key)), petition, goal


def _count_in(petition: dict[str, Any]) -> object:
    count = petition.get("signatureCount")
    state = petition.get("signatureState")
    if count is None and isinstance(state, dict):
        count = state.get("signatureCount")
    return count


def _totals(petition: dict[str, Any]) -> object:
    count = _count_in(petition)
    return count.get("total", count.get("displayed")) if isinstance(count, dict) else count


def _slug_in(petition: dict[str, Any]) -> str | None:
    """The slug that the petition's object states for itself."""
    for key in ("slug", "petitionSlug"):
        if isinstance(petition.get(key), str):
            return str(petition[key]).casefold()
    for key in ("url", "canonicalUrl", "petitionUrl"):
        if isinstance(petition.get(key), str) and (found := slug_of(petition[key])):
            return found
    return None


def _own_ids(soup: BeautifulSoup) -> set[str]:
    """Ids by which the page names itself: in its head, and as the one petition that its targeting state is about."""
    ids = set()
    for name in ("al:ios:url", "al:android:url", "twitter:app:url:iphone", "branch:deeplink:petition_id"):
        if found := re.search(r"(?:petitions?[/=]|^)([0-9]{3,20})", meta(soup, name) or ""):
            ids.add(found[1])
    for _, state in states(soup, "petition"):
        if isinstance(state, dict) and isinstance(petition := state.get("petition"), dict) and petition.get("id"):
            ids.add(str(petition["id"]))
    return ids
