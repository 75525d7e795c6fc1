"""PDF files: what must be there for a file to count as whole."""

from __future__ import annotations

import pypdfium2

from scrapers.sites.base import NO_CONTEXT, Context, Fact, Family, Rank, Reading, register


@register
class PdfFile(Family):
    """A PDF that opens and has pages. Its words are read by the extractor."""

    name = "pdf"
    rank = Rank.FORMAT
    minimum = "a file that opens, with at least one page"

    def matches(self, url: str, media_type: str | None = None, body: bytes = b"") -> bool:  # noqa: ARG002
        return body[:1024].lstrip().startswith(b"%PDF-") if body else media_type == "application/pdf"

    def read(
        self,
        body: bytes,
        url: str,  # noqa: ARG002
        *,
        media_type: str | None = None,  # noqa: ARG002
        context: Context = NO_CONTEXT,  # noqa: ARG002
    ) -> Reading:
        try:
            document = pypdfium2.PdfDocument(body)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():  # whole, but locked: the extractor says that it holds no words
                return self.reading((Fact("file", {"format": "pdf", "locked": True}, "file"),))
            raise self.changed(f"the file does not open: {error}") from error
        try:
            pages = len(document)
        finally:
            document.close()
        if pages < 1:
            raise self.changed("the file has no page")
        return self.reading((Fact("file", {"format": "pdf", "pages": pages}, "pages"),))
