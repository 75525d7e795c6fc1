"""Slide decks as files: what must be there for a file to count as whole."""

from __future__ import annotations

from typing import Final

from scrapers.sites.address import path_of
from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Rank, Reading, register
from scrapers.sites.office import count_parts, parts_of

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_SLIDE: Final = r"ppt/slides/slide[0-9]+\.xml"


@register
class PptxFile(Family):
    """A deck that opens and has slides. Its words are read by the extractor."""

    name = "pptx"
    rank = Rank.FORMAT
    minimum = "a file that opens, with at least one slide"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:
        named = media_type == MEDIA_TYPE or path_of(url).lower().endswith(".pptx")
        if not body:
            return named
        return body.startswith(b"PK\x03\x04") and (named or b"ppt/presentation.xml" in body)

    def read(
        self,
        body: bytes,
        url: str,  # noqa: ARG002
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        slides = count_parts(parts_of(body, self.name), _SLIDE)
        if not slides:
            raise self.changed("the deck has no slide", "ppt/slides/")
        return self.reading((Fact("file", {"format": "pptx", "slides": slides}, "ppt/slides/"),))
