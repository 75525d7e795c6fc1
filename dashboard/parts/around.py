"""What stands between the menu and a page: how fresh the record is, and the note before accounts of harm."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

from dashboard.parts.freshness import freshness
from dashboard.parts.html import EMPTY
from dashboard.parts.notes import content_note, speaks_of_harm
from dashboard.parts.params import Params
from dashboard.start import Context

_TAG: Final = re.compile(r"<[^>]*>")


def notices(context: Context, path: str, params: Params) -> Markup:
    """The remarks over one of the nine pages."""
    return freshness(context) + note_before(path, params.get("source" if path == "/documents" else "search"))


def notices_of_permanent_page(context: Context, body: Markup) -> Markup:
    """The remarks over a permanent page, whose words say whether it needs a content note."""
    return freshness(context) + (content_note() if speaks_of_harm(" ".join(_TAG.sub("", body).split())) else EMPTY)


def note_before(path: str, shown: str) -> Markup:
    """The content note of a page that places none itself; `shown` is the document or the search that it shows."""
    if path == "/documents" and shown:
        return content_note("Passages of this document may speak of distress, self-harm and refused care.")
    if path == "/data" and shown:
        return content_note("What is found may speak of distress, self-harm and refused care.")
    return EMPTY
