"""Links and forms of a page as they are where there is no server: what leads to a file stays, the rest says so."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from dashboard.parts.html import fill
from dashboard.parts.permalinks import BESIDE_LIST, ROOMS, permalink
from dashboard.publish.files import shown

SEARCH: Final = "/search"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
"""In the page itself, as not every host can be told to send it."""
VARIANTS: Final[Mapping[str, frozenset[str]]] = {
    "/": frozenset(),
    "/rollout": frozenset({"page"}),
    "/responses": frozenset({"page"}),
    "/review": frozenset({"page"}),
    "/timeline": frozenset({"page", "year"}),
    "/petition": frozenset({"page"}),
    "/documents": frozenset({"page", "view"}),
    "/data": frozenset(),
}
"""Parameters of the nine pages whose every value, as pages link to it, is made a page of its own."""
_DETAIL: Final[dict[tuple[str, str], str]] = {
    **{(path, name): table for table, (path, name) in BESIDE_LIST.items()},
    ("/documents", "source"): "source",
}
"""Parameters that open one row beside its list; the row's own page stands for it."""
_FORM: Final = re.compile(r"<form\b([^>]*)>.*?</form>", re.DOTALL)
_ASKING: Final = re.compile(r'<a\b([^>]*?) href="(/[^"?]*\?[^"]*|/api/[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_ADDRESS: Final = re.compile(r'\b(href|src|action)="(/(?!/)[^"]*)"')
_URL: Final = re.compile(r'url\("(/[^"]*)"\)')
_TABLE_FILE: Final = re.compile(r"/api/v1/([a-z_]+\.(?:csv|parquet))$")
"""A whole table, which lies among the downloads too."""
_ONLY_LIVE: Final = re.compile(r"/api/(?!v1/$)|/_stcore/|/captures/")
"""Addresses that only a server answers: questions, tables by the page, and the bytes of captures."""
_PICTURE_WORDS: Final = re.compile(r'(<meta property="og:image:alt" content=")[^"]*')
_SEARCH_FIELD: Final = re.compile(r'\bname="(?:search|find)"')


@dataclass
class Page:
    """A page after its links were looked at: its text, the addresses it leads to (without the site's prefix)."""

    text: str
    leads_to: set[str] = field(default_factory=set)


class Links:
    """Writes pages for a site whose root is at `base_url` (no slash at its end)."""

    def __init__(self, base_url: str, picture: str, words: str) -> None:
        self.base_url = base_url
        self.prefix = urlsplit(base_url).path
        self._picture = picture
        self._picture_words = html.escape(words, quote=True).replace("\\", "\\\\")
        self._targets: dict[str, tuple[str, str]] = {}
        self._to_picture = re.compile(f'content="{re.escape(html.escape(base_url))}/pictures/[^"]*"')

    def page(self, text: str, is_known: Callable[[str], bool]) -> Page:
        """An HTML page as a file. `is_known` says whether an address is answered by a file at all."""
        made = Page("")
        if "<form" in text:
            text = self._forms(text)
        text = _ASKING.sub(lambda found: self._anchor(found, is_known), text)

        def prefixed(found: re.Match[str]) -> str:
            path, target = self._target(found[2])
            made.leads_to.add(path)
            return f'{found[1]}="{target}"'

        text = _ADDRESS.sub(prefixed, text)
        head, end, body = text.partition("</head>")
        if self._picture:
            head = self._to_picture.sub(f'content="{html.escape(self.base_url + self._picture)}"', head)
            head = _PICTURE_WORDS.sub(rf"\g<1>{self._picture_words}", head)
            made.leads_to.add(self._picture)
        else:
            before = len(html.escape(self.base_url)) + len('content="')
            made.leads_to |= {found[before:-1] for found in self._to_picture.findall(head)}
        policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        head = head.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{policy}', 1)
        made.text = head + end + body
        return made

    def _target(self, written: str) -> tuple[str, str]:
        """(the address that an attribute names, the attribute as it is here)."""
        if written not in self._targets:
            path, mark, place = html.unescape(written).partition("#")
            path, asks, query = path.partition("?")
            target = self.prefix + shown(path) + asks + query + mark + place
            self._targets[written] = (path, html.escape(target))
        return self._targets[written]

    def style(self, text: str) -> Page:
        """A style sheet as a file."""
        made = Page("")

        def prefixed(found: re.Match[str]) -> str:
            made.leads_to.add(found[1])
            return f'url("{self.prefix}{found[1]}")'

        made.text = _URL.sub(prefixed, text)
        return made

    def _forms(self, text: str) -> str:
        """Boxes for words lead to the search page; other forms ask a server, and the first of them says so."""
        said = False

        def form(found: re.Match[str]) -> str:
            nonlocal said
            if f'action="{SEARCH}"' in found[1]:
                return found[0]
            if _SEARCH_FIELD.search(found[0]):
                whole = re.sub(r'\baction="[^"]*"', f'action="{SEARCH}"', found[0], count=1)
                return _SEARCH_FIELD.sub('name="q"', whole)
            if said:
                return ""
            said = True
            return fill(
                '<p class="note is-quiet">This copy of the record is made of plain files: nothing here can be filtered '
                'or asked by a form. <a href="{s}">Search</a> finds every page; <a href="/data">Data</a> has the '
                "tables to take away.</p>",
                s=SEARCH,
            )

        return _FORM.sub(form, text)

    @staticmethod
    def _anchor(found: re.Match[str], is_known: Callable[[str], bool]) -> str:
        """A link: kept, led to the page or file that stands for what it asks, or its words alone."""
        target = _TABLE_FILE.sub(r"/downloads/tables/\1", html.unescape(found[2]))
        path, mark, place = target.partition("#")
        path, _, query = path.partition("?")
        if query:
            answer = without_query(path, query)
            if answer is None:
                return f'<span class="no-link">{found[4]}</span>'
            own = answer.startswith(tuple(f"/{room}/" for room in ROOMS.values())) and path in _PATHS_WITH_DETAIL
            if own and not is_variant(answer):
                mark, place = "", ""
            path = answer
        if not is_known(path):
            return f'<span class="no-link">{found[4]}</span>'
        return f'<a{found[1]} href="{html.escape(path + mark + place)}"{found[3]}>{found[4]}</a>'


_PATHS_WITH_DETAIL: Final = frozenset(path for path, _ in _DETAIL)


def without_query(path: str, query: str) -> str | None:
    """The address that stands for `path?query` among files; None where nothing does."""
    if path == "/data" and "search=" in query:
        return SEARCH
    if path == "/data" and query.startswith("table="):
        return "/downloads"
    pairs = [(name, value) for name, value in parse_qsl(query) if value]
    for name, value in pairs:
        table = _DETAIL.get((path, name))
        if table is not None:
            return permalink(table, value)
    allowed = VARIANTS.get(path, frozenset())
    if not pairs:
        return path
    if len({name for name, _ in pairs}) != len(pairs) or any(name not in allowed for name, _ in pairs):
        return None
    return path + "".join(f"/{name}/{quote(value, safe='')}" for name, value in sorted(pairs, reverse=True))


def is_variant(path: str) -> bool:
    """Whether an address is that of a page of a list."""
    return variant_of(path) is not None


def variant_of(path: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    """(page, its parameters) of an address made by `without_query`; None where it is none."""
    first, *rest = path.strip("/").split("/")
    allowed = VARIANTS.get(f"/{first}", frozenset())
    if not rest or len(rest) % 2 or any(name not in allowed for name in rest[::2]):
        return None
    return f"/{first}", tuple(zip(rest[::2], map(unquote, rest[1::2]), strict=True))


def only_live(path: str) -> bool:
    """Whether only a server can answer the address."""
    return _ONLY_LIVE.match(path) is not None
