"""Tells the main text of a page from everything around it.

Each piece gets a probability in two steps: two small networks look first at the piece and its surroundings, then at the
same with the first opinions of its neighbours, of its container and of the pieces built alike. The pieces kept are
those that make the expected word F1 of the whole page largest, so that a page of doubtful pieces (a list, a register of
requests) keeps more of them than an article does. The weights are learned from pages with known main text by
`scrapers.extract.learn`; they know lengths, links, punctuation and names of elements, and no site.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from scrapers.extract import features
from scrapers.extract.blocks import Page, PageBlock
from scrapers.extract.features import Array

WEIGHTS: Final = Path(__file__).with_name("weights.npz")
_MOST_WORDS: Final = 60
_MARGIN: Final = 6.0


class Network:
    """Several small networks side by side, whose mean logit gives a probability. Arrays: `mean` and `scale` of the
    features, `hidden` (features x units) with `bias`, `out` (units), `straight` (features) and `level`."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = {name: values.astype(np.float32) for name, values in arrays.items()}

    def __call__(self, rows: Array) -> Array:
        a = self.arrays
        known = np.clip((rows - a["mean"]) / a["scale"], -_MARGIN, _MARGIN)
        logit = np.tanh(known @ a["hidden"] + a["bias"]) @ a["out"] + known @ a["straight"] + a["level"]
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))), np.float32)


@lru_cache(maxsize=1)
def networks() -> tuple[Network, Network]:
    """The two learned steps."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        first = {name[2:]: stored[name] for name in stored.files if name.startswith("1 ")}
        second = {name[2:]: stored[name] for name in stored.files if name.startswith("2 ")}
    return Network(first), Network(second)


def groups(blocks: list[PageBlock]) -> list[Array]:
    """For each piece the number of its container, of the next two above that matter, and of the pieces built alike."""
    numbers: list[dict[Any, int]] = [{}, {}, {}, {}]
    rows: list[tuple[int, ...]] = []
    for block in blocks:
        place = block.place
        above = place.above or place
        far = above.above or above
        far = far.above or far
        keys = (id(place), id(above), id(far), features.sign_of(place) + block.kind)
        rows.append(tuple(known.setdefault(key, len(known)) for known, key in zip(numbers, keys, strict=True)))
    return list(np.asarray(rows, np.int64).T)


def opinions(scores: Array, words: Array, grouped: list[Array]) -> Array:
    """What the first step thought of each piece and of those around it, as features of the second."""
    count = len(scores)
    weight = np.minimum(words, _MOST_WORDS) + 0.5
    weighted = weight * scores
    columns: list[Any] = [scores, np.log((scores + 1e-3) / (1 - scores + 1e-3)) / 3]
    places = np.arange(count)
    for width in (1, 3, 8):
        low, high = np.maximum(places - width, 0), np.minimum(places + width + 1, count)
        sums = np.concatenate([[0.0], np.cumsum(weighted, dtype=np.float64)])
        weights = np.concatenate([[0.0], np.cumsum(weight, dtype=np.float64)])
        columns.append((sums[high] - sums[low]) / (weights[high] - weights[low]))
    columns += [features.shift(scores, by) for by in (-2, -1, 1, 2)]
    for numbers in grouped:
        columns.append((np.bincount(numbers, weighted) / np.bincount(numbers, weight))[numbers])
    columns.append(np.full(count, weighted.sum() / weight.sum()))
    columns.append(np.maximum.accumulate(scores))
    columns.append(np.maximum.accumulate(scores[::-1])[::-1])
    return np.stack(columns, axis=1).astype(np.float32)


def count_words(blocks: list[PageBlock]) -> Array:
    """The number of words in each piece."""
    return np.asarray([block.text.count(" ") + 1 for block in blocks], np.float32)


def score(page: Page, *, path: str, schema: int) -> Array:
    """The probability of each piece to be main text."""
    rows = features.measure(page, path=path, schema=schema)
    if not len(rows):
        return np.zeros(0, np.float32)
    first, second = networks()
    words = count_words(page.blocks)
    return second(np.hstack([opinions(first(rows), words, groups(page.blocks)), rows]))


def choose(scores: Array, words: Array) -> Array:
    """Which pieces to keep: those above the probability at which the expected word F1 of the page is largest."""
    if not len(scores):
        return np.zeros(0, bool)
    rounded = np.round(scores, 3)
    order = np.argsort(-rounded, kind="stable")
    hits = np.cumsum((words * rounded)[order])
    expected = 2 * hits / (np.cumsum(words[order]) + hits[-1] + 1e-9)
    return np.asarray(rounded >= rounded[order][int(expected.argmax())])
