"""Organisations in the NHS directory (ODS): name, status, predecessors and successors."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from scrapers.sites.address import host_of, path_of
from scrapers.sites.answer import Answer, Day, notes_on, one_of, read_answer, without_empty
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Reading, register
from scrapers.sites.page import clean

HOST: Final = "directory.spineservices.nhs.uk"
_PATH = re.compile(r"/ORD/2-0-0/organisations/([A-Za-z0-9]{2,12})/?", re.IGNORECASE)
_Status = Annotated[str, AfterValidator(one_of(("Active", "Inactive")))]


class _Code(Answer):
    ignored: ClassVar = frozenset({"root", "assigningAuthorityName"})
    extension: Annotated[str, Field(min_length=1)]


class _Span(Answer):
    type: Annotated[str, AfterValidator(one_of(("Operational", "Legal")))] = Field(alias="Type")
    start: Day | None = Field(None, alias="Start")
    end: Day | None = Field(None, alias="End")


class _Target(Answer):
    ignored: ClassVar = frozenset({"PrimaryRoleId"})
    code: _Code = Field(alias="OrgId")


class _Succession(Answer):
    ignored: ClassVar = frozenset({"uniqueSuccId", "Status"})
    type: Annotated[str, AfterValidator(one_of(("Predecessor", "Successor")))] = Field(alias="Type")
    dates: tuple[_Span, ...] = Field((), alias="Date")
    target: _Target = Field(alias="Target")


class _Successions(Answer):
    listed: Annotated[tuple[_Succession, ...], Field(alias="Succ")] = ()


class _Organisation(Answer):
    ignored: ClassVar = frozenset(
        {"LastChangeDate", "orgRecordClass", "GeoLoc", "Contacts", "Roles", "Rels", "refOnly"}
    )
    name: Annotated[str, Field(min_length=1)] = Field(alias="Name")
    dates: tuple[_Span, ...] = Field((), alias="Date")
    code: _Code = Field(alias="OrgId")
    status: _Status = Field(alias="Status")
    successions: Annotated[_Successions | None, Field(alias="Succs")] = None


class _Directory(Answer):
    organisation: _Organisation = Field(alias="Organisation")


class _Refusal(Answer):
    ignored: ClassVar = frozenset({"ErrorText"})
    code: int | str = Field(alias="ErrorCode")


@register
class NhsOrganisation(Family):
    """One organisation, and the bodies that it came from and went into; a merged one names its successor."""

    name = "nhs-organisation"
    hosts = frozenset({HOST})
    minimum = "a name, a code and a known status"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return host_of(url) == HOST and _PATH.fullmatch(path_of(url)) is not None

    def read(
        self,
        body: bytes,
        url: str,
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        if b'"ErrorCode"' in body[:200]:
            refused = read_answer(_Refusal, body, self.name)
            raise self.changed(f"the directory answered with error {refused.code}", "ErrorCode")
        answer = read_answer(_Directory, body, self.name)
        told = answer.organisation
        asked = _PATH.fullmatch(path_of(url))
        if asked and asked[1].upper() != told.code.extension.upper():
            raise self.changed(f"the answer is about {told.code.extension}, not {asked[1]}", "Organisation.OrgId")
        active = next((span for span in told.dates if span.type == "Operational"), None)
        values = {
            "ods_code": told.code.extension,
            "name": clean(told.name),
            "state": told.status.lower(),
            "from": active.start if active else None,
            "to": active.end if active else None,
            "predecessors": _side(told.successions, "Predecessor"),
            "successors": _side(told.successions, "Successor"),
        }
        return self.reading((Fact("organisation", without_empty(values), "Organisation"),), notes=notes_on(answer))


def _side(successions: _Successions | None, side: str) -> list[dict[str, str]] | None:
    rows = []
    for one in successions.listed if successions else ():
        if one.type == side:
            legal = sorted(one.dates, key=lambda span: span.type != "Legal")
            started = next((span.start for span in legal if span.start), None)
            rows.append(without_empty({"ods_code": one.target.code.extension, "on": started}))
    return rows or None
