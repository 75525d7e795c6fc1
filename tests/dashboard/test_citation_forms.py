"""References made from a form with stand-ins are those that the processor makes of the reference itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.citations.formats import STYLES, _of_form, formatted

BASE: dict[str, Any] = {
    "id": "statement-a",
    "type": "webpage",
    "title": "A plain title",
    "author": [{"literal": "Body of Three Words"}],
    "issued": {"date-parts": [[2021, 5, 7]]},
    "container-title": "The Record",
    "URL": "https://record.example/statements/a",
    "accessed": {"date-parts": [[2026, 11, 28]]},
    "language": "en-GB",
    "note": "Original page: https://body.example/",
}
NO_DATE = {key: value for key, value in BASE.items() if key != "issued"}
NO_AUTHOR = {key: value for key, value in BASE.items() if key != "author"}
CASES = [
    *(
        BASE | {"title": title}
        for title in (
            "Ends with a stop.", "Does it?", ". begins with one", "the 28 of 2777: what a body said", "'quoted' words of a body",
            " spaces ", ".", "a", "standintitle in title", "braces {0} %s \\1", "Ünïcode – “quotes”", "C:", "colon: a new part",
        )
    ),
    NO_DATE, NO_AUTHOR, BASE | {"issued": {"date-parts": [[2021]]}}, BASE | {"issued": {"date-parts": [[2021, 12]]}},
    BASE | {"container-title": "28 days of 2777"}, BASE | {"author": [{"literal": "Ends Ltd."}]},
    BASE | {"issued": {"date-parts": [[2021, 5, 28]]}, "accessed": {"date-parts": [[2026, 11, 7]]}},
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
def test_a_form_says_what_the_reference_says(style: str) -> None:
    for cited in CASES:
        whole = {key: value for key, value in cited.items() if key not in ("id", "note")}
        assert formatted(cited, style) == _of_form(json.dumps(whole), style), cited
