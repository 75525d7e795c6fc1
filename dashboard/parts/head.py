"""The top of a page: its question as heading, the answer as a sentence, and what the answer rests on."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill, join, link


def page_head(question: str, answer: Markup | str, basis: Markup | str = EMPTY, *, kicker: str = "") -> Markup:
    """`question` becomes the h1; `answer` one or two plain sentences; `basis` says from what and of which day.

    `kicker` is a small line over the heading.
    """
    return fill(
        '<div class="head">{kicker}<h1>{question}</h1><p class="answer">{answer}</p>{basis}</div>',
        kicker=fill('<p class="kicker">{k}</p>', k=kicker) if kicker else EMPTY,
        question=question,
        answer=answer,
        basis=fill('<p class="basis">{b}</p>', b=basis) if basis else EMPTY,
    )


def contents(parts: Sequence[tuple[str, str]]) -> Markup:
    """The parts of a long page as links; `parts` are (address on the page, words)."""
    return fill(
        '<nav class="contents" aria-label="On this page"><ul>{i}</ul></nav>',
        i=join(fill("<li>{l}</li>", l=link(f"#{name}", words)) for name, words in parts),
    )


def section(title: str, body: Markup, *, name: str = "", lead: Markup | str = EMPTY) -> Markup:
    """A part of a page under an h2; `name` is its address on the page; `lead` a sentence under the heading."""
    return fill(
        '<section class="part"{name}><h2>{title}</h2>{lead}{body}</section>',
        name=fill(' id="{n}"', n=name) if name else EMPTY,
        title=title,
        lead=fill('<p class="lead">{l}</p>', l=lead) if lead else EMPTY,
        body=body,
    )
