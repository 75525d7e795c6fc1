"""What stands around every page: name and way out at the top, support lines and edition at the end."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.parts.dates import day_words
from dashboard.parts.html import EMPTY, fill, join, link
from dashboard.record import Record
from data.programme import Programme


def masthead(programme: Programme) -> Markup:
    """The record's name, and "Leave this page": always in sight, same tab, without telling where from."""
    return fill(
        '<header class="masthead"><a class="name" href="/">{title}</a>'
        '<a class="leave" href="{leave}" rel="noreferrer" title="Goes to {where}">Leave this page</a></header>',
        title=programme.programme.title,
        leave=programme.leave.url,
        where=programme.leave.name,
    )


def menu(pages: Sequence[tuple[str, str]], here: str) -> Markup:
    """The pages as links, for the plain page; `pages` are (address, title)."""
    return fill(
        '<nav class="menu" aria-label="Pages"><ul>{items}</ul></nav>',
        items=join(
            fill(
                '<li><a href="{a}"{now}>{t}</a></li>',
                a=path,
                t=title,
                now=Markup(' aria-current="page"') if path == here else EMPTY,
            )
            for path, title in pages
        ),
    )


def seek(*, late: bool = False) -> Markup:
    """The box that every page has: a search of the whole record, answered on the page of data.

    `late` is for the page that begins with a box of its own: there it stands at the end, so that the first box that a
    reader comes to, by eye or by key, is the one that finds their trust.
    """
    return fill(
        '<form class="seek{late}" method="get" action="/data#search" role="search" aria-label="The whole record">'
        '<label class="{shown}" for="seek">Search the whole record</label>'
        '<input id="seek" name="search" type="search" placeholder="Search the record" maxlength="200" '
        'autocomplete="off"><button type="submit">Search</button></form>',
        late=" is-late" if late else "",
        shown="" if late else "unseen",
    )


def support_lines(programme: Programme, name: str = "support") -> Markup:
    """Where people in distress find help at once; `name` is its address on the page."""
    if not programme.support:
        return EMPTY
    return fill(
        '<div class="support" id="{name}">'
        "<p><strong>If this is hard to read, you can talk to someone now.</strong></p>"
        "<ul>{lines}</ul></div>",
        name=name,
        lines=join(
            fill("<li>{name}. {how}</li>", name=link(line.url, line.name), how=line.how) for line in programme.support
        ),
    )


def footer(programme: Programme, record: Record | None) -> Markup:
    """Support lines, edition and licence: the end of every page."""
    edition = EMPTY
    if record is not None:
        edition = fill(
            "<p>This page shows record {n}, built on {day}. The rows may be used under {licence}; name {who}.</p>",
            n=record.number,
            day=day_words(record.built_at),
            licence=link(programme.licence.data_url, programme.licence.data),
            who=programme.programme.publisher or programme.programme.title,
        )
    return fill(
        '<footer class="footer">{support}{edition}'
        '<p class="on-paper">Addresses here that begin with / are of {site}</p>'
        "<p>No tracking, no cookies of others. {about} · {correct} · {follow}</p></footer>",
        support=support_lines(programme),
        edition=edition,
        site=programme.programme.base_url.rstrip("/"),
        about=link("/about", "How this record is made"),
        correct=link("/about#correct", "Correct it or reply"),
        follow=link("/feeds", "Follow it"),
    )
