"""The index of the search page: small files, of which a search loads a few.

Words stand in shards by their first two characters, words of very many pages in files of their own; what is shown of
the pages found stands in leaves of 16. Each file but `index.json` is named by its content, so that a reader who came
before a new publication never reads two indexes at once.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dashboard.parts.permalinks import ROOMS, permalink
from dashboard.permalinks.shell import shortened
from dashboard.publish.files import shown
from dashboard.publish.folder import digest_of
from dashboard.queries import items
from dashboard.queries.bodies import body_index
from dashboard.queries.sources import source_index
from dashboard.start import Context
from data.dates import in_words

LEAF: Final = 16
COMMON: Final = 400
"""A word of more pages than this has a file of its own."""
FOLDER: Final = "/search"
STOP: Final = frozenset(
    ("a an and are as at be by for from in is it of on or that the this to was were which with").split()  # noqa: SIM905
)
_WORD: Final = re.compile(r"[^\W_]+")
_OWN_PAGES: Final = frozenset({"adoption", "statement", "source"})
"""Kinds of the timeline whose entries say what the page of their own row says."""


@dataclass(frozen=True)
class Entry:
    """One page as the search knows it."""

    path: str
    title: str
    kind: str
    when: str
    text: str
    words: str
    """More words by which it is found: names and other names of bodies, what its columns say."""
    last_day: str


def folded(text: str) -> str:
    """The text as words are compared: lower case, without accents."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in plain if not unicodedata.combining(character))


def words_of(text: str) -> Iterator[str]:
    """The words of a text that can be searched for."""
    for word in _WORD.findall(folded(text)):
        if word not in STOP and len(word) <= 40:
            yield word


_KINDS: Final = {
    "organisation": "Organisation",
    "source": "Document",
    "adoption": "Rollout",
    "statement": "Statement",
    "concern": "Concern",
    "review": "Review",
    "recommendation": "Recommendation",
}


def entries(context: Context) -> list[Entry]:
    """Every page that the search finds, latest first, undated last."""
    record = context.record
    bodies, sources = body_index(record), source_index(record)
    found: list[Entry] = []
    for table in ROOMS:
        for row_id, _ in items.ids(record, table):
            if table == "timeline" and row_id.partition(".")[0] in _OWN_PAGES:
                continue
            item = items.item(record, table, row_id)
            if item is None:
                continue
            source = sources.get(item.source_id or "")
            named = [body for org_id in item.org_ids if (body := bodies.get(org_id)) is not None]
            more = [value for _, value in item.facts]
            for body in named:
                more += [body.name, *(body.aliases if table == "organisation" else ())]
            more += [source.title, source.publisher or ""] if source else []
            kind = _KINDS.get(table) or dict(item.facts).get("Kind", "Timeline entry")
            when = in_words(item.on_date, item.date_precision) if item.on_date else ""
            found.append(
                Entry(
                    shown(permalink(table, row_id)), shortened(item.title, 160), kind[:1].upper() + kind[1:], when,
                    shortened(item.claim, 240), " ".join(more), item.on_date or "",
                )
            )  # fmt: skip
    found.sort(key=lambda entry: (entry.last_day, entry.path), reverse=True)
    return found


def index_files(context: Context, prefix: str) -> dict[str, bytes]:
    """Every file of the index by its address; the last is `index.json`, which names the others."""
    pages = entries(context)
    weights: dict[str, dict[int, int]] = {}
    for place, page in enumerate(pages):
        for text, weight in ((page.title, 8), (page.kind, 4), (page.words, 3), (page.text, 2), (page.when, 2)):
            for word in words_of(text):
                of_word = weights.setdefault(word, {})
                of_word[place] = max(of_word.get(place, 0), weight)
    files: dict[str, bytes] = {}

    def add(name: str, value: Any) -> str:
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        digest = digest_of(body)[:8]
        files[f"{FOLDER}/{name}.{digest}.json"] = body
        return digest

    shards: dict[str, dict[str, Any]] = {}
    for number, (word, of_word) in enumerate(sorted(weights.items())):
        steps: list[int] = []
        last = -1
        for place in sorted(of_word):
            steps += [place - last, of_word[place]]
            last = place
        rarity = round(10 * math.log(1 + len(pages) / len(of_word)))
        value: list[Any] = [rarity, steps]
        if len(of_word) > COMMON:
            value = [rarity, f"common-{number}.{add(f'common-{number}', steps)}.json"]
        shards.setdefault(shard_of(word), {})[word] = value
    named = {name: add(f"words-{_file_name(name)}", words) for name, words in sorted(shards.items())}
    leaves = [
        add(f"pages-{start // LEAF}", [[e.path, e.title, e.kind, e.when, e.text] for e in pages[start : start + LEAF]])
        for start in range(0, len(pages), LEAF)
    ]
    index = {"pages": len(pages), "leaf": LEAF, "root": prefix, "stop": sorted(STOP), "words": named, "leaves": leaves}
    files[f"{FOLDER}/index.json"] = json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode()
    return files


def shard_of(word: str) -> str:
    """The shard in which a word stands: its first two characters."""
    return word[:2]


def _file_name(shard: str) -> str:
    """A name of a file for a shard, whatever its characters are."""
    return "-".join(f"{ord(character):x}" for character in shard)
