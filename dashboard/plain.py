"""The nine addresses, and each as plain HTML: what is sent with the shell before the app takes over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Final, cast

from markupsafe import Markup

from dashboard.pages import about, data, documents, overview, petition, responses, review, rollout, timeline
from dashboard.parts import around, frame
from dashboard.parts.html import EMPTY, fill, join
from dashboard.parts.params import Params
from dashboard.start import Context, Trouble
from data.programme import Programme


@dataclass(frozen=True)
class Address:
    """One page. `describe` gives the description for search engines, `plain` the main content, `page` draws it."""

    path: str
    title: str
    describe: Callable[[Context], str]
    plain: Callable[[Context, Params], Markup]
    page: Callable[[], None]

    @property
    def url_path(self) -> str:
        """The path as Streamlit wants it: "" for the first page."""
        return self.path.strip("/")


def _address(module: ModuleType) -> Address:
    return Address(
        path=cast(str, module.ADDRESS),
        title=cast(str, module.TITLE),
        describe=module.describe,
        plain=module.plain,
        page=module.page,
    )


ADDRESSES: Final = tuple(
    _address(module) for module in (overview, rollout, responses, review, timeline, petition, documents, data, about)
)
MENU: Final = tuple((address.path, address.title) for address in ADDRESSES)


def plain_page(address: Address, context: Context, params: Params) -> Markup:
    """Everything that a reader sees of one page without JavaScript."""
    return fill(
        '<main id="plain" tabindex="-1">{masthead}{menu}<div class="page">{seek}{notices}{body}{late}{footer}</div>'
        "</main>",
        masthead=frame.masthead(context.programme),
        menu=frame.menu(MENU, address.path),
        seek=EMPTY if address.path == "/" else frame.seek(),
        late=frame.seek(late=True) if address.path == "/" else EMPTY,
        notices=around.notices(context, address.path, params),
        body=address.plain(context, params),
        footer=frame.footer(context.programme, context.record),
    )


def trouble_page(trouble: Trouble, programme: Programme | None) -> Markup:
    """Why there is no page, with each finding; way out and support lines where programme.toml can be read."""
    return fill(
        '{top}<div class="page"><div class="head"><h1>{title}</h1><p class="answer">{what}</p></div>{findings}'
        "{end}</div>",
        top=frame.masthead(programme) if programme else EMPTY,
        end=frame.footer(programme, None) if programme else EMPTY,
        title=trouble.title,
        what=trouble.what,
        findings=fill(
            '<ul class="findings">{items}</ul>',
            items=join(fill("<li><code>{f}</code></li>", f=finding) for finding in trouble.findings),
        )
        if trouble.findings
        else EMPTY,
    )


def warm(context: Context) -> None:
    """Make every page once, so that the first reader waits for none of it."""
    for address in ADDRESSES:
        address.describe(context)
        address.plain(context, Params())
