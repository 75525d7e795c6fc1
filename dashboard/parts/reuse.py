"""The way to take a picture over: the code that shows it on a page of somebody else."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.parts.html import fill, link
from dashboard.start import Context


def use_this_picture(context: Context, path: str, title: str, height: int) -> Markup:
    """Behind a word that opens it: the picture alone and its frame. `path` is its address, `height` in CSS pixels."""
    base = context.programme.programme.base_url.rstrip("/")
    code = (
        f'<iframe src="{base}{path}" title="{title.replace(chr(34), "")}" width="100%" height="{height}" '
        'style="border:0" loading="lazy"></iframe>'
    )
    return fill(
        '<details class="cite-this reuse"><summary>Use this picture<span class="unseen">: {t}</span></summary>'
        '<p class="small">It may be shown on any page that leaves the line with its source in place; it follows this '
        "record, and asks nothing of its readers. {alone}.</p>"
        '<p class="citation"><code>{code}</code></p></details>',
        t=title,
        alone=link(path, "The picture alone", label=f"The picture alone: {title}"),
        code=code,
    )
