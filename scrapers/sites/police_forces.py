"""Police forces as data.police.uk lists them."""

from __future__ import annotations

import re
from html import unescape
from typing import Annotated, ClassVar

from pydantic import Field

from scrapers.sites.address import absolute, host_of, path_of
from scrapers.sites.answer import Answer, notes_on, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import clean

_PATH = re.compile(r"/api/forces(?:/([a-z0-9-]+))?/?")
_Slug = Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
_Name = Annotated[str, Field(min_length=1)]


class _Listed(Answer):
    id: _Slug
    name: _Name


class _Force(Answer):
    ignored: ClassVar = frozenset({"description", "telephone", "engagement_methods"})
    id: _Slug
    name: _Name
    url: str | None = None


@register
class PoliceForces(Family):
    """The list of forces, or one force with its website. The list has none of Scotland."""

    name = "police-forces"
    hosts = frozenset({"data.police.uk"})
    minimum = "at least one force with id and name"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == "data.police.uk" and _PATH.fullmatch(path_of(url)) is not None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        asked = _PATH.fullmatch(path_of(url))
        if asked and asked[1]:
            force = read_answer(_Force, body, self.name)
            if force.id != asked[1]:
                raise self.changed(f"the answer is about {force.id}, not {asked[1]}", "id")
            website = absolute(force.url, force.url) if force.url else None
            values = without_empty({"force_id": force.id, "name": clean(unescape(force.name)), "website": website})
            return self.reading((Fact("force", values, "id"),), notes=notes_on(force))
        listed = read_answer(list[_Listed], body, self.name)
        if not listed:
            raise self.changed("the list of forces is empty")
        if len({one.id for one in listed}) != len(listed):
            raise self.changed("a force stands twice in the list")
        rows = [{"force_id": one.id, "name": clean(unescape(one.name))} for one in listed]
        return self.reading((Fact("forces", {"number": len(rows), "forces": rows}, "[]"),), notes=notes_on(listed))
