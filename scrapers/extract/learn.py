"""Learns the weights of `main_text` from pages whose main text is known.

    python -m scrapers.extract.learn FOLDER [--check]

FOLDER holds `html/<id>.html` and `ground-truth/<id>.json` in the form of the Web Content Extraction Benchmark (WCXB,
CC BY 4.0), of which no page is kept here. `--check` learns on four fifths and scores the rest, five times, and writes
nothing; without it the weights are learned from all pages and written beside this module. The same pages give the same
weights.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np

from scrapers.extract import features, main_text, page
from scrapers.extract.features import Array

_WORD = re.compile(r"\w+")
UNITS: Final = 24
ROUNDS: Final = 40
RATE: Final = 3e-3
DECAY: Final = 0.2
DROPPED: Final = 0.1
BATCH: Final = 12
PARTS: Final = 4
"""Networks of the first step; each leaves out one part of the pages, and gives its opinion of that part."""


@dataclass
class Sample:
    """One page: the measures of its pieces, the share of each that is main text, and words for scoring."""

    name: str
    kind: str
    rows: Array
    true: Array
    words: Array
    grouped: list[Array]
    tokens: list[list[str]]
    truth: Counter[str]


def load(folder: Path) -> list[Sample]:
    """Reads and measures all pages of a folder, in the order of their names."""
    samples = []
    for file in sorted((folder / "ground-truth").glob("*.json")):
        known = json.loads(file.read_text("utf-8"))
        wanted = known["ground_truth"].get("main_content") or ""
        ready = page.prepare((folder / "html" / f"{file.stem}.html").read_bytes())
        if ready is None or not ready.page.blocks:
            continue
        truth = _WORD.findall(wanted.lower())
        grams = set(zip(truth, truth[1:], truth[2:], truth[3:], strict=False))
        lines = {" ".join(_WORD.findall(line.lower())) for line in wanted.split("\n")}
        tokens = [_WORD.findall(block.text.lower()) for block in ready.page.blocks]
        url = known.get("url") or ""
        samples.append(
            Sample(
                file.stem,
                known["_internal"]["page_type"]["primary"],
                features.measure(ready.page, path=urlsplit(url).path, schema=ready.meta.schema),
                np.asarray([_share(words, grams, lines) for words in tokens], np.float32),
                np.asarray([len(words) for words in tokens], np.float32),
                main_text.groups(ready.page.blocks),
                tokens,
                Counter(truth),
            )
        )
    return samples


def _share(words: list[str], grams: set[tuple[str, str, str, str]], lines: set[str]) -> float:
    if not words:
        return 0.0
    if len(words) < 4:
        return 1.0 if " ".join(words) in lines else 0.0
    pieces = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    return sum(piece in grams for piece in pieces) / len(pieces)


def train(rows: Sequence[Array], samples: Sequence[Sample], seed: int) -> dict[str, Array]:
    """One network, by Adam on half the word F1 of each page and half the cross-entropy of its pieces."""
    random = np.random.default_rng(seed)
    pairs = [(row, sample) for row, sample in zip(rows, samples, strict=True) if sample.words.sum() > 0]
    every = np.vstack([row for row, _ in pairs])
    mean, scale = every.mean(0), every.std(0) + 1e-6
    known = [np.clip((row - mean) / scale, -6, 6).astype(np.float32) for row, _ in pairs]
    width = every.shape[1]
    weights: list[Any] = [
        random.normal(size=(width, UNITS)) / np.sqrt(width), np.zeros(UNITS),
        random.normal(size=UNITS) / np.sqrt(UNITS), np.zeros(1), np.zeros(width),
    ]  # fmt: skip
    weights = [weight.astype(np.float32) for weight in weights]
    first = [np.zeros_like(weight) for weight in weights]
    second = [np.zeros_like(weight) for weight in weights]
    step = 0
    for turn in range(ROUNDS):
        rate = RATE * (0.5 + 0.5 * np.cos(np.pi * turn / ROUNDS))
        order = random.permutation(len(pairs))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            step += 1
            x = np.vstack([known[n] for n in chosen])
            raw = np.tanh(x @ weights[0] + weights[1])
            mask = (random.random(raw.shape) > DROPPED).astype(np.float32) / (1 - DROPPED)
            units = raw * mask
            score = 1 / (1 + np.exp(-(units @ weights[2] + weights[3][0] + x @ weights[4])))
            slope = _slope(score, [pairs[n][1] for n in chosen])
            inner = np.outer(slope, weights[2]) * mask * (1 - raw * raw)
            slopes = [x.T @ inner, inner.sum(0), units.T @ slope, np.asarray([slope.sum()]), x.T @ slope]
            for n, by in enumerate(slopes):
                first[n] = 0.9 * first[n] + 0.1 * by
                second[n] = 0.999 * second[n] + 0.001 * by * by
                change = first[n] / (1 - 0.9**step) / (np.sqrt(second[n] / (1 - 0.999**step)) + 1e-8)
                kept = DECAY * weights[n] if n in (0, 4) else 0.0
                weights[n] = (weights[n] - rate * (change + kept)).astype(np.float32)
    hidden, bias, out, level, straight = weights
    net = {"hidden": hidden, "bias": bias, "out": out, "level": level, "straight": straight}
    return {"mean": mean, "scale": scale, **net}


def _slope(score: Array, samples: Sequence[Sample]) -> Array:
    slope = np.zeros_like(score)
    at = 0
    for sample in samples:
        part = slice(at, at + len(sample.true))
        at += len(sample.true)
        s, y, w = score[part], sample.true, sample.words
        hit, size = 2 * (w * y * s).sum(), (w * s).sum() + (w * y).sum() + 20
        by_f1 = -(2 * w * y * size - hit * w) / size**2
        even = np.minimum(w, 60) ** 0.75
        slope[part] = (0.5 * by_f1 * s * (1 - s) + 0.5 * even / even.sum() * (s - y)) / len(samples)
    return slope


def joined(nets: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """Several networks as one whose logit is the mean of theirs."""
    mean = np.mean([net["mean"] for net in nets], axis=0)
    scale = np.mean([net["scale"] for net in nets], axis=0)
    parts: dict[str, list[Any]] = {"hidden": [], "bias": [], "out": [], "straight": [], "level": []}
    for net in nets:
        by = (scale / net["scale"])[:, None]
        off = (mean - net["mean"]) / net["scale"]
        parts["hidden"].append(net["hidden"] * by)
        parts["bias"].append(net["bias"] + off @ net["hidden"])
        parts["out"].append(net["out"] / len(nets))
        parts["straight"].append(net["straight"] * by[:, 0] / len(nets))
        parts["level"].append((net["level"] + off @ net["straight"]) / len(nets))
    return {
        "mean": mean,
        "scale": scale,
        "hidden": np.hstack(parts["hidden"]),
        "bias": np.concatenate(parts["bias"]),
        "out": np.concatenate(parts["out"]),
        "straight": np.sum(parts["straight"], axis=0),
        "level": np.sum(parts["level"], axis=0),
    }


def learn(samples: Sequence[Sample], seed: int = 0) -> tuple[dict[str, Array], dict[str, Array]]:
    """Both steps. The second learns from opinions that the first gave of pages it had not seen."""
    part = np.random.default_rng(seed).permutation(len(samples)) % PARTS
    nets = []
    rows: list[Array] = [sample.rows for sample in samples]
    for left_out in range(PARTS):
        seen = [n for n in range(len(samples)) if part[n] != left_out]
        net = train([samples[n].rows for n in seen], [samples[n] for n in seen], seed + left_out)
        nets.append(net)
        judge = main_text.Network(net)
        for n in range(len(samples)):
            if part[n] == left_out:
                sample = samples[n]
                thought = main_text.opinions(judge(sample.rows), sample.words, sample.grouped)
                rows[n] = np.hstack([thought, sample.rows])
    later = [train(rows, samples, seed + PARTS + n) for n in range(PARTS)]
    return joined(nets), joined(later)


def word_f1(sample: Sample, keep: Array) -> float:
    """Word F1 of the pieces kept against the true main text."""
    found: Counter[str] = Counter()
    for words, kept in zip(sample.tokens, keep, strict=True):
        if kept:
            found.update(words)
    size = found.total() + sample.truth.total()
    return 2 * (found & sample.truth).total() / size if size else 1.0


def judged(sample: Sample, first: main_text.Network, second: main_text.Network) -> float:
    """Word F1 of one page read with these networks."""
    thought = main_text.opinions(first(sample.rows), sample.words, sample.grouped)
    scores = second(np.hstack([thought, sample.rows]))
    return word_f1(sample, main_text.choose(scores, sample.words))


def check(samples: Sequence[Sample]) -> dict[str, float]:
    """Mean word F1 by kind of page, and over all, on pages that were not learned from."""
    part = np.random.default_rng(1).permutation(len(samples)) % 5
    by_kind: dict[str, list[float]] = {}
    for left_out in range(5):
        first, second = learn([s for s, p in zip(samples, part, strict=True) if p != left_out])
        networks = main_text.Network(first), main_text.Network(second)
        for sample, at in zip(samples, part, strict=True):
            if at == left_out:
                by_kind.setdefault(sample.kind, []).append(judged(sample, *networks))
    means = {kind: float(np.mean(values)) for kind, values in sorted(by_kind.items())}
    return {"all": float(np.mean([value for values in by_kind.values() for value in values])), **means}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Learn to tell the main text of web pages.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="score on pages left out, write nothing")
    chosen = parser.parse_args(arguments)
    samples = load(chosen.folder)
    if not samples:
        print(f"no pages in {chosen.folder}", file=sys.stderr)
        return 2
    if chosen.check:
        for kind, value in check(samples).items():
            print(f"{kind}: {value:.3f}")
        return 0
    first, second = learn(samples)
    stored = {}
    for step, net in (("1", first), ("2", second)):
        for name, values in net.items():
            stored[f"{step} {name}"] = values.astype(np.float32 if name == "mean" else np.float16)
    np.savez_compressed(main_text.WEIGHTS, **stored)  # type: ignore[arg-type]
    print(f"{len(samples)} pages, {main_text.WEIGHTS.stat().st_size} bytes written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
