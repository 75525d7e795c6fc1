"""What differs between two texts, word by word: side by side and inline.

A word that went is in <del>, a word that came in <ins>; the style sheet strikes one and underlines the other and says
"removed" and "added" to screen readers, so that colour is never the only sign.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from dashboard.parts.html import EMPTY, fill, join

MOST_WORDS: Final = 4_000
"""Words of one passage that are compared one by one; a longer passage is shown as removed whole and added whole."""
MOST_STEPS: Final = 200
SAME_PASSAGE: Final = 0.5
"""Likeness, 0 to 1, from which a passage counts as altered rather than removed and another added."""
_WORD: Final = re.compile(r"\s+|\w+(?:[’'\-.,:/@]\w+)*|[^\w\s]")


@dataclass(frozen=True)
class Step:
    """One passage that is not as it was: `op` is added, removed or altered."""

    op: str
    before: str
    after: str
    heading: str


@dataclass(frozen=True)
class Piece:
    """A stretch of words: `op` is equal, removed or added."""

    op: str
    text: str


def steps_of_json(text: str | None) -> tuple[Step, ...]:
    """The passages of a row of `change` as the table holds them; none where they cannot be read."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return ()
    if not isinstance(found, list):
        return ()
    return tuple(_step(one) for one in found if isinstance(one, dict))


def _step(one: dict[str, Any]) -> Step:
    before, after, heading = (str(one.get(name) or "") for name in ("before", "after", "heading"))
    op = "added" if not before else "removed" if not after else "altered"
    return Step(op, before, after, heading)


def steps_between(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> tuple[Step, ...]:
    """What differs between two texts given as (text, heading) passages, in order. Blanks do not count."""
    old, new = ([" ".join(text.split()) for text, _ in side] for side in (before, after))
    matched = difflib.SequenceMatcher(None, old, new, autojunk=len(old) * len(new) > 4_000_000)
    steps: list[Step] = []
    for op, a, b, c, d in matched.get_opcodes():
        if op != "equal":
            steps += _paired(before[a:b], after[c:d])
    return tuple(steps)


def _paired(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> list[Step]:
    steps = []
    free = list(range(len(after)))
    few = len(before) * len(after) <= 400
    for text, heading in before:
        best, at = 0.0, None
        for place in free if few else free[:1]:
            likeness = difflib.SequenceMatcher(None, text.split(), after[place][0].split(), autojunk=False).ratio()
            if likeness > best:
                best, at = likeness, place
        if at is not None and best >= SAME_PASSAGE:
            free.remove(at)
            steps.append(Step("altered", text, after[at][0], after[at][1]))
        else:
            steps.append(Step("removed", text, "", heading))
    return steps + [Step("added", "", *after[place]) for place in free]


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The words of two passages in one line: those that stayed, those removed, those added."""
    if not before or not after:
        return tuple(Piece(op, text) for op, text in (("removed", before), ("added", after)) if text)
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > 2 * MOST_WORDS:
        return Piece("removed", before), Piece("added", after)
    matched = difflib.SequenceMatcher(str.isspace, old, new, autojunk=False)
    found: list[Piece] = []
    for op, a, b, c, d in matched.get_opcodes():
        if op == "equal":
            found.append(Piece("equal", "".join(new[c:d])))
            continue
        found += [Piece("removed", "".join(old[a:b]))] if b > a else []
        found += [Piece("added", "".join(new[c:d]))] if d > c else []
    return _without_lone_blanks(found)


def _without_lone_blanks(found: Sequence[Piece]) -> tuple[Piece, ...]:
    """One stretch where only a blank stands between two that changed: "[a] [b]" reads worse than "[a b]"."""
    made: list[Piece] = []
    run: dict[str, str] = {"removed": "", "added": ""}

    def flush() -> None:
        made.extend(Piece(op, text) for op, text in run.items() if text)
        run.update(removed="", added="")

    for place, piece in enumerate(found):
        if piece.op != "equal":
            run[piece.op] += piece.text
        elif piece.text.isspace() and any(run.values()) and any(p.op != "equal" for p in found[place + 1 : place + 2]):
            run = {op: text + piece.text for op, text in run.items()}
        else:
            flush()
            made.append(piece)
    flush()
    return tuple(piece for piece in made if piece.text)


_TAGS: Final = {"equal": "{t}", "removed": "<del>{t}</del>", "added": "<ins>{t}</ins>"}


def _marked(found: Sequence[Piece], *leave_out: str) -> Markup:
    return join(fill(_TAGS[piece.op], t=piece.text) for piece in found if piece.op not in leave_out)


def inline(steps: Sequence[Step]) -> Markup:
    """Every changed passage once, with what went and what came in its place."""
    return fill(
        '<div class="diff is-inline">{s}</div>',
        s=join(
            fill("{h}<p>{t}</p>", h=_heading(step), t=_marked(pieces(step.before, step.after)))
            for step in steps[:MOST_STEPS]
        ),
    )


def side_by_side(steps: Sequence[Step], before: Markup | str, after: Markup | str) -> Markup:
    """Every changed passage twice: as it stood before, and as it stood after. `before` and `after` head the columns."""
    rows = []
    for step in steps[:MOST_STEPS]:
        found = pieces(step.before, step.after)
        rows.append(
            fill(
                '<tr><td data-label="{b}">{h}{old}</td><td data-label="{a}">{h}{new}</td></tr>',
                b=Markup(before).striptags(),  # noqa: S704 - becomes text again
                a=Markup(after).striptags(),  # noqa: S704
                h=_heading(step),
                old=_marked(found, "added") if step.before else Markup('<span class="quiet">not there</span>'),
                new=_marked(found, "removed") if step.after else Markup('<span class="quiet">not there</span>'),
            )
        )
    return fill(
        '<div class="table-box stack diff" role="region" aria-label="Both versions side by side" tabindex="0">'
        '<table><caption class="unseen">Changed passages, before and after</caption>'
        '<thead><tr><th scope="col">{b}</th>'
        '<th scope="col">{a}</th></tr>'
        "</thead><tbody>{rows}</tbody></table></div>",
        b=before,
        a=after,
        rows=join(rows),
    )


def _heading(step: Step) -> Markup:
    return fill('<span class="under">under “{h}”</span>', h=step.heading) if step.heading else EMPTY
