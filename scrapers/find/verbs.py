"""Forms of English verbs, so that a class of meaning is written as its verbs and matched in every form."""

from __future__ import annotations

import re
from typing import Final

FINITE: Final = ("base", "s", "past", "ing")
_DOUBLES: Final = frozenset(
    ("bin", "stop", "drop", "scrap", "run", "set", "shut", "cut", "quit", "begin", "trial", "cancel")
)
"""Verbs that write their last letter twice ahead of -ed and -ing."""


def forms(*verbs: str, kinds: tuple[str, ...] = FINITE) -> str:
    """A pattern of all forms asked for of these verbs. A verb is its base, its past forms too where they are irregular
    ("begin began begun"), and a particle after a plus ("roll +out", "bring brought +in")."""
    found: list[str] = []
    for verb in verbs:
        stem, _, particle = verb.partition("+")
        base, *past = stem.split()
        tail = f" {particle.strip()}" if particle else ""
        for kind in kinds:
            found += [form + tail for form in _form(base, past, kind)]
    return _shared(sorted(set(found)))


def parted(*verbs: str) -> str:
    """A pattern of the past and present of verbs with a particle, their object between: "rolled the scheme out"."""
    found = []
    for verb in verbs:
        stem, _, particle = verb.partition("+")
        base, *past = stem.split()
        plain = _shared(sorted({*_form(base, past, "past"), *_form(base, past, "s")}))
        found.append(rf"{plain} (?:(?!and |but )\S+ ){{1,9}}?{particle.strip()}")
    return "(?:" + "|".join(found) + ")"


def _shared(listed: list[str]) -> str:
    """One pattern of many words, those with the same letters ahead together: each letter of a text is tried once."""
    if len(listed) == 1:
        return listed[0]
    by_letter: dict[str, list[str]] = {}
    for word in listed:
        if word:
            by_letter.setdefault(word[0], []).append(word[1:])
    inside = "|".join(letter + _shared(rest) for letter, rest in by_letter.items())
    return f"(?:{inside})" + ("?" if "" in listed else "")


def _form(base: str, past: list[str], kind: str) -> list[str]:
    if kind == "base":
        return [base]
    if kind == "s":
        if re.search(r"(?:s|x|z|ch|sh|o)$", base):
            return [f"{base}es"]
        return [f"{base[:-1]}ies" if re.search(r"[^aeiou]y$", base) else f"{base}s"]
    if kind == "past":
        if past:
            return past
        if base.endswith("e"):
            return [f"{base}d"]
        if re.search(r"[^aeiou]y$", base):
            return [f"{base[:-1]}ied"]
        return [f"{_stem(base)}ed"]
    if base.endswith("e") and not base.endswith(("ee", "ye")):
        return [f"{base[:-1]}ing"]
    return [f"{_stem(base)}ing"]


def _stem(base: str) -> str:
    return base + base[-1] if base in _DOUBLES else base
