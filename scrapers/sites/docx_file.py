"""Word documents: what must be there for a file to count as whole."""

from __future__ import annotations

from typing import Final

from scrapers.sites.address import path_of
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Rank, Reading, register
from scrapers.sites.office import parts_of

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@register
class DocxFile(Family):
    """A Word document that opens and has a body. Its words are read by the extractor."""

    name = "docx"
    rank = Rank.FORMAT
    minimum = "a file that opens, with the part word/document.xml"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:
        named = media_type == MEDIA_TYPE or path_of(url).lower().endswith(".docx")
        if not body:
            return named
        return body.startswith(b"PK\x03\x04") and (named or b"word/document.xml" in body)

    def read(
        self,
        body: bytes,
        url: str,  # noqa: ARG002
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        if "word/document.xml" not in parts_of(body, self.name):
            raise self.changed("the file has no document in it", "word/document.xml")
        return self.reading((Fact("file", {"format": "docx"}, "word/document.xml"),))
