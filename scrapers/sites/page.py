"""A web page taken apart: head, links, scripts and the state that scripts carry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import chompjs
from bs4 import BeautifulSoup, SoupStrainer, Tag
from bs4.builder import ParserRejectedMarkup

from scrapers.sites.address import absolute
from scrapers.sites.answer import moment_of

_ASSIGNED = re.compile(r"(?<![\w$.])[A-Za-z_$][\w$.]*\s*=\s*(?:(?=[{\[])|JSON\.parse\(\s*(?=\"))")
_TOKEN = re.compile(r"""[{}\[\]]|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|`(?:[^`\\]|\\.)*+`""", re.DOTALL)
_MAX_OBJECTS = 200


def parse(body: bytes, only: tuple[str, ...] = ()) -> BeautifulSoup:
    """The page as a tree; any bytes give one. With `only`, just these tags and what is in them: much faster."""
    strainer = SoupStrainer(list(only)) if only else None
    try:
        return BeautifulSoup(body, "lxml", parse_only=strainer)
    except (ValueError, ParserRejectedMarkup):  # a page may name as its encoding what lxml cannot even look up
        return BeautifulSoup(body.decode("utf-8", "replace").replace("\0", ""), "lxml", parse_only=strainer)


def clean(text: str | None) -> str | None:
    """One line without surplus blanks, or None where nothing is left."""
    return " ".join(text.split()) or None if text else None


def meta(soup: BeautifulSoup, *names: str) -> str | None:
    """The content of the first <meta> whose name, property or itemprop is one of `names`, in their order."""
    for name in names:
        for attribute in ("property", "name", "itemprop"):
            for tag in soup.find_all("meta", attrs={attribute: name}):
                if value := clean(_attribute(tag, "content")):
                    return value
    return None


def _attribute(tag: Tag, name: str) -> str | None:
    value = tag.get(name)
    return value if isinstance(value, str) else " ".join(value) if value else None


def attribute(tag: Tag | None, name: str) -> str | None:
    """An attribute of a tag that may not be there."""
    return _attribute(tag, name) if tag is not None else None


def canonical(soup: BeautifulSoup, base: str) -> str | None:
    """The address that the page gives as its own."""
    for tag in soup.find_all("link", rel="canonical"):
        if found := absolute(_attribute(tag, "href"), base):
            return found
    return absolute(meta(soup, "og:url"), base)


def title_of(soup: BeautifulSoup) -> str | None:
    """The title that the page gives itself: for sharing, else its first heading, else that of its window."""
    if found := meta(soup, "og:title"):
        return found
    heading = soup.find("h1")
    if heading and (found := clean(heading.get_text(" "))):
        return found
    return clean(soup.title.get_text()) if soup.title else None


def first_moment(*values: str | None) -> str | None:
    """The first value that is a time, as ISO."""
    for value in values:
        if value:
            try:
                return moment_of(value)
            except ValueError:
                continue
    return None


def linked_data(soup: BeautifulSoup) -> Iterator[dict[str, Any]]:
    """Every object of the page's JSON-LD, those of an @graph one by one. Broken ones are passed over."""
    for tag in soup.find_all("script", type="application/ld+json"):
        try:
            value = json.loads(tag.get_text(), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects_of_graph(value)


def _objects_of_graph(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for item in value[:_MAX_OBJECTS]:
            if isinstance(item, dict):
                yield from _objects_of_graph(item)
    elif isinstance(value, dict):
        yield value
        if isinstance(value.get("@graph"), list):
            yield from (item for item in value["@graph"][:_MAX_OBJECTS] if isinstance(item, dict))


def states(soup: BeautifulSoup, holding: str) -> Iterator[tuple[str, Any]]:
    """(where, value) of each object that a script of the page carries, of the scripts that hold the word `holding`.

    JSON scripts are read as JSON; JavaScript by its assignments, since its objects may hold `undefined`, which becomes
    None. What cannot be read is passed over: a page whose only state is broken yields nothing.
    """
    for number, tag in enumerate(soup.find_all("script"), 1):
        text = tag.get_text()
        if holding not in text or (_attribute(tag, "type") or "").lower() == "application/ld+json":
            continue
        name = _attribute(tag, "id")
        where = f"script#{name}" if name else f"script:nth({number})"
        try:
            yield where, json.loads(text)
            continue
        except (ValueError, RecursionError):
            pass  # not JSON: a script with assignments
        for written in _assigned(text):
            try:
                value = json.loads(json.loads(written)) if written.startswith('"') else chompjs.parse_js_object(written)
            except (TypeError, ValueError, RecursionError):
                continue
            yield where, defined(value)


def _assigned(script: str) -> Iterator[str]:
    """The objects and JSON strings that a script assigns, as written; never one that only stands inside a string."""
    at = 0
    for _ in range(_MAX_OBJECTS):
        found = _ASSIGNED.search(script, at)
        if found is None:
            return
        at = _end(script, found.end())
        yield script[found.end() : at]


def _end(script: str, start: int) -> int:
    """Where the object, list or string that begins at `start` ends; the end of the script where it does not."""
    depth = 0
    for token in _TOKEN.finditer(script, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        if depth <= 0:
            return token.end()
    return len(script)


def defined(value: Any) -> Any:
    """The value with None where JavaScript had `undefined` (which the parser hands over as a word)."""
    if isinstance(value, dict):
        return {key: defined(item) for key, item in value.items()}
    if isinstance(value, list):
        return [defined(item) for item in value]
    return None if value == "undefined" else value


def walk(
    value: Any, path: tuple[str, ...] = (), above: tuple[dict[str, Any], ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, Any], tuple[dict[str, Any], ...]]]:
    """Every object inside `value`: its path, itself, and the objects around it, outermost first."""
    stack: list[tuple[Any, tuple[str, ...], tuple[dict[str, Any], ...]]] = [(value, path, above)]
    while stack:
        item, place, around = stack.pop()
        if len(place) > 60:
            continue
        if isinstance(item, dict):
            yield place, item, around
            stack.extend((inner, (*place, str(key)), (*around, item)) for key, inner in reversed(item.items()))
        elif isinstance(item, list):
            stack.extend((inner, (*place, str(at)), around) for at, inner in reversed(list(enumerate(item))))


def page_days(soup: BeautifulSoup, published: str, updated: str) -> tuple[str | None, str | None]:
    """(day of publication, day of the last change) as the page states them to machines, YYYY-MM-DD.

    `published` and `updated` are selectors of the visible times, asked after head and JSON-LD. A day is the one
    written: the time zone of the site is its own.
    """
    data = list(linked_data(soup))

    def told(meta_name: str, key: str, selector: str) -> str | None:
        values = [meta(soup, meta_name), *(item[key] for item in data if isinstance(item.get(key), str))]
        values += [attribute(tag, "datetime") or attribute(tag, "content") for tag in soup.select(selector)[:1]]
        return next((day for value in values if value and (day := written_day(value))), None)

    return (
        told("article:published_time", "datePublished", published),
        told("article:modified_time", "dateModified", updated),
    )


def written_day(text: str) -> str | None:
    """The day that an ISO time is written with, in its own zone, or None where it is no time."""
    return text.strip()[:10] if first_moment(text) else None
