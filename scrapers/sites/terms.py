"""Whether words speak of the programme: its terms, and those of its weak terms that stand beside one."""

from __future__ import annotations

import re
from functools import lru_cache

from scrapers.sites.address import normalise, path_of
from scrapers.sites.base import Context, FoundSource


@lru_cache(maxsize=256)
def _pattern(term: str, exact: bool) -> re.Pattern[str]:
    words = r"[\s_+-]+".join(re.escape(word) for word in re.split(r"[\s_-]+", term.strip()) if word)
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])", 0 if exact else re.IGNORECASE)


def terms_in(text: str, context: Context, *, about: bool = False) -> tuple[str, ...]:
    """The terms that the text holds as whole words. Weak terms, which are also other things, count only in their own
    capitals and beside a term, or where the whole page is `about` the programme."""
    strong = tuple(term for term in context.terms if _pattern(term, False).search(text))
    if not (strong or about):
        return ()
    return strong + tuple(term for term in context.weak_terms if _pattern(term, True).search(text))


def found_source(
    context: Context,
    *,
    url: str,
    title: str | None,
    text: str = "",
    published_on: str | None = None,
    where: str,
    about: bool = False,
) -> FoundSource | None:
    """The page as a candidate, or None where it does not match or is declared already.

    Surest is a term in the title (0.9), then in the address (0.8), then in the summary (0.7); a page that is listed
    under the programme's name without naming it is a guess (0.5).
    """
    if normalise(url) in context.known:
        return None
    places = ((title or "", 0.9), (path_of(url), 0.8), (text, 0.7))
    sure = [share for words, share in places if any(_pattern(term, False).search(words) for term in context.terms)]
    if not (sure or about):
        return None
    terms = terms_in(" \n ".join((title or "", path_of(url), text)), context, about=about)
    return FoundSource(url, title, published_on, terms, where, max(sure, default=0.5))
