"""Pictures for other sites: one at a time, plain HTML, with its source and the way to its permanent page.

Only these answers may stand in a frame of another site. They need no script and no cookie, and ask nothing of others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.headers import FRAMED
from dashboard.pages import rollout, rollout_pictures
from dashboard.parts import tracks
from dashboard.parts.dates import day_words
from dashboard.parts.freshness import freshness
from dashboard.parts.html import EMPTY, fill, link, listing
from dashboard.parts.notes import note
from dashboard.parts.params import Params
from dashboard.permalinks.shell import render_embed
from dashboard.queries import reviews
from dashboard.start import START, Context, Trouble, per_page
from dashboard.threads import run_in_threadpool

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": FRAMED,
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}
VIEWS: Final[Mapping[str, str]] = {"map": "Police forces, one square each", "gap": "Stated, and named"}
"""The views of the rollout by their name in the address, with their titles."""


@dataclass(frozen=True)
class Embed:
    """One picture alone. `path` is the page of this site that shows it with its table and sources."""

    title: str
    path: str
    body: Markup


@per_page
def rollout_view(context: Context, view: str) -> Embed:
    """The tile map or the gap between what was stated and what can be named."""
    subject = context.programme.programme
    drawn = rollout_pictures.tile_map(context) if view == "map" else rollout_pictures.stated_and_named(context)
    head = fill(
        '<p class="kicker">{w}</p><h1>{a}</h1>', w=f"{subject.name or subject.short_name}", a=rollout.describe(context)
    )
    path = f"/rollout#{'map' if view == 'map' else 'stated'}"
    source = _attribution(context, path, "Every body, with sources")
    return Embed(VIEWS[view], path, fill('<div class="embedded">{h}{d}{s}</div>', h=head, d=drawn, s=source))


def _attribution(context: Context, path: str, words: str) -> Markup:
    subject = context.programme.programme
    return fill(
        '<p class="small">{who}, record {n} of {d}, {licence}. {home}.</p>',
        who=subject.publisher or subject.title,
        n=context.record.number,
        d=day_words(context.record.built_at),
        licence=link(context.programme.licence.data_url, context.programme.licence.data),
        home=link(subject.base_url.rstrip("/") + path, words),
    )


@per_page
def review_view(context: Context, review_id: str) -> Embed | None:
    """The dated steps of one review, of the one in focus where no id is given; None where there is no such review."""
    track = reviews.track_index(context.record).get(review_id or context.programme.focus.review)
    if track is None:
        return None
    path = f"/reviews/{quote(track.review.review_id, safe='')}"
    return Embed(track.review.title, path, tracks.embedded_track(context, track))


def view_of(context: Context, name: str, review_id: str = "") -> Embed | None:
    """One view by name ("map", "gap", "review"), or None where there is none."""
    if name == "review":
        return review_view(context, review_id)
    return rollout_view(context, name) if name in VIEWS else None


def wanted(path: str, params: Params) -> bool:
    """Whether an address of one of the nine pages asks for its picture alone."""
    return path in ("/rollout", "/review") and params.get("embed").lower() in ("true", "1", "yes")


class Embeds:
    """Handlers of the pictures. `css` and `icon` are addresses of assets; `not_found` makes the site's own 404 page."""

    def __init__(self, css: str, icon: str, not_found: Callable[[Request], Response]) -> None:
        self.css = css
        self.icon = icon
        self.not_found = not_found

    def routes(self) -> list[BaseRoute]:
        """/embed/map, /embed/gap, /embed/review and /embed/review/<id>."""
        return [
            Route("/embed/{name:str}", self.answer),
            Route("/embed/review/{review_id:str}", self.answer),
        ]

    async def answer(self, request: Request) -> Response:
        """The picture that the path names."""
        found = request.path_params
        name, review_id = found.get("name", "review"), found.get("review_id", "")
        return await run_in_threadpool(self._answer, request, lambda c: (view_of(c, name, review_id), EMPTY))

    def of_page(self, request: Request, path: str, params: Params) -> Response:
        """The picture of `/rollout?embed=true&view=` or `/review?embed=true&review=`; an unknown one falls back."""
        first, asked = ("review", params.get("review")) if path == "/review" else ("map", params.get("view"))

        def make(context: Context) -> tuple[Embed | None, Markup]:
            known = view_of(context, "review", asked) if first == "review" else view_of(context, asked or first)
            if known is not None or not asked:
                return known, EMPTY
            return view_of(context, first), note(fill("There is no picture “{a}”, so another is shown.", a=asked))

        return self._answer(request, make)

    def _answer(self, request: Request, make: Callable[[Context], tuple[Embed | None, Markup]]) -> Response:
        state = START.state()
        if isinstance(state, Trouble):
            return PlainTextResponse(f"{state.title}. {state.what}", status_code=503)
        found, remark = make(state)
        if found is None:
            return self.not_found(request)
        page = render_embed(
            state,
            title=found.title,
            path=found.path,
            body=remark + freshness(state) + found.body,
            support=_support(state),
            css=self.css,
            icon=self.icon,
        )
        return HTMLResponse(page, headers=dict(HEADERS))


def _support(context: Context) -> Markup:
    if not context.programme.support:
        return EMPTY
    return fill(
        '<p class="small">If this is hard to read: {l}.</p>',
        l=listing(fill("{n} ({h})", n=link(one.url, one.name), h=one.how) for one in context.programme.support),
    )
