"""The page script: navigation, what stands around a page, and the page itself. Runs once for each reader's step."""

from __future__ import annotations

import datetime as dt

import streamlit as st
from markupsafe import Markup

from dashboard.pages.lists import asked
from dashboard.parts import around, frame
from dashboard.parts.html import EMPTY, fill, many
from dashboard.plain import ADDRESSES, MENU, trouble_page
from dashboard.start import START, Context, Trouble, per_page
from data.progress import Progress, read_progress


def run() -> None:
    """Draw the page that the reader asked for, or why there is none."""
    state = START.state()
    if isinstance(state, Trouble):
        st.set_page_config(page_title=state.title, layout="wide")
        st.html(trouble_page(state, START.programme()))
        return
    site = state.programme.programme.title
    chosen = st.navigation(
        [st.Page(each.page, title=each.title, url_path=each.url_path, default=not each.url_path) for each in ADDRESSES],
        position="top",
    )
    st.set_page_config(page_title=f"{chosen.title} · {site}", layout="wide")
    here = next((each.path for each in ADDRESSES if each.url_path == chosen.url_path), "/")
    st.html(top(state, here) + around.notices(state, here, asked()))
    show_progress(state)
    chosen.run()
    st.html(end(state, here))
    START.count_run()


@per_page
def top(context: Context, here: str) -> Markup:
    """Name, way out, menu and the box for a search."""
    return frame.masthead(context.programme) + frame.menu(MENU, here) + (EMPTY if here == "/" else frame.seek())


@per_page
def end(context: Context, here: str) -> Markup:
    """Support lines and edition; on the first page the box for a search before them."""
    return (frame.seek(late=True) if here == "/" else EMPTY) + frame.footer(context.programme, context.record)


def show_progress(context: Context) -> None:
    """A quiet line about the run under way, which looks again every few seconds, and only while there is one."""
    if running(read_progress(context.home.progress_file)) is None:
        return
    _progress_line()


def running(progress: Progress | None) -> Progress | None:
    """The progress if a run is under way and its writer has not fallen silent."""
    if progress is None or progress.state == "ended" or progress.is_stale(dt.datetime.now(dt.UTC)):
        return None
    return progress


@st.fragment(run_every="4s")
def _progress_line() -> None:
    state = START.state()
    if isinstance(state, Trouble):
        return
    progress = running(read_progress(state.home.progress_file))
    if progress is None:
        st.rerun()
    elif progress.state == "publishing":
        st.html('<p class="progress" role="status">All pages have been asked. What was found is being published.</p>')
    else:
        st.html(
            fill(
                '<p class="progress" role="status">Collecting: {done} of {sources} asked, {captured} captured, '
                "{failed} not. At most one request to a site every {delay:g} seconds.</p>",
                done=progress.done,
                sources=many(progress.sources, "page"),
                captured=progress.captured,
                failed=progress.failed,
                delay=progress.delay,
            )
        )
