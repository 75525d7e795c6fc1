"""A reference as the answer to a request: BibTeX, RIS, CSL-JSON, or one line in a style."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.citations import formats
from dashboard.conditional import answered, tag_of

CITATION_TYPES: Final = {
    "bib": "application/x-bibtex; charset=utf-8",
    "ris": "application/x-research-info-systems; charset=utf-8",
    "json": "application/vnd.citationstyles.csl+json",
    "txt": "text/plain; charset=utf-8",
}


def reference_answer(request: Request, cited: dict[str, Any], form: str) -> Response:
    """The reference in one of CITATION_TYPES; `txt` takes ?style=. 400 for a style that is none."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=0, must-revalidate"}
    if form == "txt":
        style = request.query_params.get("style", "harvard")
        if style not in formats.STYLES:
            allowed = ", ".join(formats.STYLES)
            return PlainTextResponse(f"{style[:40]!r} is no style here; allowed: {allowed}.", status_code=400)
        text = formats.formatted(cited, style) + "\n"
    else:
        text = {"bib": formats.as_bibtex, "ris": formats.as_ris, "json": formats.as_json}[form](cited)
    if form in ("bib", "ris"):
        headers["Content-Disposition"] = f'attachment; filename="{cited["id"]}.{form}"'
    return answered(request, text, CITATION_TYPES[form], tag=tag_of(text), headers=headers)
