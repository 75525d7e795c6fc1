"""The page around a permanent page's content: one template, filled by Jinja2, everything escaped."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from dashboard.parts import frame
from dashboard.parts.html import EMPTY
from dashboard.permalinks import picture
from dashboard.start import Context, per_page

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
MENU: Final = (
    ("/", "Overview"),
    ("/rollout", "Rollout"),
    ("/responses", "Responses"),
    ("/review", "Review"),
    ("/timeline", "Timeline"),
    ("/petition", "Petition"),
    ("/documents", "Documents"),
    ("/data", "Data"),
    ("/about", "About"),
)


@dataclass(frozen=True)
class Page:
    """What one page says: content, and what machines read about it."""

    path: str
    title: str
    description: str
    body: Markup
    metas: tuple[tuple[str, str], ...] = ()
    jsonld: Markup | None = None
    alternates: tuple[tuple[str, str, str], ...] = ()
    graph_type: str = "article"
    picture: str = ""
    """The path of the picture that other sites show beside a link, and what it says in words."""
    picture_words: str = ""
    index: bool = True
    """Whether search engines are to keep it."""
    seek: bool = True
    """Whether the box that searches the whole record stands at its top: not where the page is that search."""
    cited: dict[str, Any] | None = field(default=None, compare=False)
    """The page's reference as a CSL item, where it has one."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def template(name: str) -> Template:
    """A template of dashboard/templates/; what is filled in is escaped unless it is Markup."""
    return _environment().get_template(name)


def json_for_html(value: object) -> Markup:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False)
    for character, code in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 - every character that HTML could read as markup was replaced above


_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def harmless(text: str) -> str:
    """The text without characters that no page may hold, and without those that hide or turn the words around them."""
    return _HIDDEN.sub("", text)


def shortened(text: str, length: int = 300) -> str:
    """The text, cut at a word where it is longer."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


@per_page
def _around(context: Context) -> dict[str, Markup]:
    """What stands around every page of a record."""
    return {
        "masthead": frame.masthead(context.programme),
        "menu": frame.menu(MENU, ""),
        "seek": frame.seek(),
        "footer": frame.footer(context.programme, context.record),
    }


def render(page: Page, context: Context, *, css: str, icon: str, script: str, notices: Markup) -> str:
    """The whole page as HTML; `notices` stand over its content, `script` is the one that makes leaving leave no
    step."""
    subject = context.programme.programme
    canonical = subject.base_url.rstrip("/") + page.path
    description = shortened(page.description)
    graph: tuple[tuple[str, str], ...] = (
        ("og:title", page.title),
        ("og:description", description),
        ("og:type", page.graph_type),
        ("og:url", canonical),
        ("og:site_name", subject.title),
        ("og:locale", "en_GB"),
    )
    metas = page.metas if page.index else (("robots", "noindex"), *page.metas)
    if page.picture:
        graph += (
            ("og:image", subject.base_url.rstrip("/") + page.picture),
            ("og:image:type", "image/png"),
            ("og:image:width", str(picture.WIDTH)),
            ("og:image:height", str(picture.HEIGHT)),
            ("og:image:alt", shortened(page.picture_words, 400)),
        )
        metas += (("twitter:card", "summary_large_image"),)
    return harmless(
        _environment()
        .get_template("record.html.j2")
        .render(
            title=shortened(page.title, 120),
            site=subject.title,
            description=description,
            canonical=canonical,
            icon=icon,
            css=css,
            script=script,
            notices=notices,
            alternates=page.alternates,
            metas=metas,
            graph=graph,
            jsonld=page.jsonld,
            **(_around(context) if page.seek else {**_around(context), "seek": EMPTY}),
            body=page.body,
        )
    )


def render_embed(context: Context, *, title: str, path: str, body: Markup, support: Markup, css: str, icon: str) -> str:
    """One picture for a frame on another site; `path` is the page of this site that holds it."""
    subject = context.programme.programme
    return (
        _environment()
        .get_template("embed.html.j2")
        .render(
            title=title,
            site=subject.title,
            canonical=subject.base_url.rstrip("/") + path.partition("#")[0],
            body=body,
            support=support,
            css=css,
            icon=icon,
        )
    )
