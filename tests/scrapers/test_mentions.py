"""Bodies named near the programme: whole words, longest names, shared abbreviations, menus, other things of the same name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from data.home import PACKAGE, Home
from data.programme import read_programme
from scrapers.find.mentions import Document, Words, look_through, mentions_of
from scrapers.find.names import Matcher, build_matcher
from scrapers.register import read_register


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    home = Home(PACKAGE)
    subject = read_programme(home.programme_file).programme
    organisations = read_register(home).tables["organisation"]
    return build_matcher(organisations, subject.terms, subject.weak_terms, subject.not_terms)


def named(
    matcher: Matcher,
    *texts: str,
    publisher: str | None = None,
    heads: Sequence[str | None] = (),
    title: str | None = None,
) -> list[tuple[str, str]]:
    """(org_id, near) of each mention."""
    passages = tuple(
        Words(f"p{i}", i, "paragraph", heads[i - 1] if i <= len(heads) else None, text)
        for i, text in enumerate(texts, 1)
    )
    document = Document("s", "c", passages, title, publisher)
    return [(mention.org_id, mention.near) for mention in mentions_of(look_through(document, matcher))]


S = "Serenity Integrated Mentoring"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"North East London NHS Foundation Trust and {S}", ["nelft"]),
        (f"East London NHS Foundation Trust and {S}", ["elft"]),
        (f"Surrey Police and Crime Commissioner and {S}", []),
        (f"Surrey Police and {S}", ["surrey-police"]),
        (f"the police in New South Wales Police uniforms and {S}", []),
        (f"SURREY AND BORDERS PARTNERSHIP NHS FOUNDATION TRUST: {S}", ["surrey-and-borders"]),
        (f"surrey and borders of the county, {S}", []),
        (f"SLaM wrote of {S}; a door would slam", ["slam"]),
        (f"{S}: Mind the gap", []),
        (f"The charity Mind spoke of {S}", ["mind"]),
        (f"peace of mind and {S}", []),
        (f"Peace of Mind, a film on {S}", []),
        (f"the Met Office and {S}", []),
        (f"the Met and {S}", ["metropolitan-police"]),
        (f"South West London and St George’s uses {S}", ["swlstg"]),
        (f"Avon & Wiltshire Mental Health Partnership NHS Trust and {S}", ["avon-and-wiltshire"]),
        (f"NHSE/I on {S}", ["nhs-england"]),
        (f"{S}: https://www.rcot.co.uk/news/nhs-england", ["rcot"]),
        (f"Unhinged HINTS about {S}", []),
    ],
)
def test_names(matcher: Matcher, text: str, wanted: list[str]) -> None:
    assert [org_id for org_id, _ in named(matcher, text)] == wanted


def test_places_are_those_of_the_text(matcher: Matcher) -> None:
    text = f"İn “short”, {S} reached Oxleas — and Kent Police."
    document = Document("s", "c", (Words("p1", 1, "paragraph", None, text),))
    for mention in mentions_of(look_through(document, matcher)):
        assert text[mention.start : mention.end] == mention.words
        assert mention.words in ("Oxleas", "Kent Police")


def test_near_is_passage_heading_or_page(matcher: Matcher) -> None:
    assert named(matcher, f"{S} at Oxleas") == [("oxleas", "passage")]
    assert named(matcher, "Oxleas took part.", heads=[f"News > {S}"]) == [("oxleas", "heading")]
    assert named(matcher, "Oxleas took part.", title=f"About {S}") == [("oxleas", "page")]
    assert named(matcher, "Oxleas took part.") == []


def test_far_away_in_a_long_paper_is_not_near(matcher: Matcher) -> None:
    paper = [f"{S} is noted.", *("An item about finance, of no concern here." for _ in range(30)), "Oxleas is thanked."]
    assert named(matcher, *paper) == []


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ((f"The High Intensity Network (HIN) and {S}.", "HIN said so."), "high-intensity-network"),
        (
            (f"The Health Innovation Network (HIN) in south London ran {S}.", "HIN said so."),
            "health-innovation-network-south-london",
        ),
        ((f"{S} at Guy's.", "HIN said so."), None),
        ((f"Cambridgeshire has {S}.", "CPFT said so."), "cambridgeshire-and-peterborough"),
        ((f"Cumbria has {S}.", "CPFT said so."), "cumbria-partnership"),
        ((f"Cumbria and Cambridgeshire have {S}.", "CPFT said so."), None),
    ],
)
def test_shared_abbreviations_need_a_second_sign(matcher: Matcher, texts: tuple[str, ...], wanted: str | None) -> None:
    passages = tuple(Words(f"p{i}", i, "paragraph", S, text) for i, text in enumerate(texts, 1))
    found = mentions_of(look_through(Document("s", "c", passages), matcher))
    assert [m.org_id for m in found if m.words in ("HIN", "CPFT") and m.passage_id == "p2"] == (
        [wanted] if wanted else []
    )


def test_the_publisher_settles_a_shared_abbreviation(matcher: Matcher) -> None:
    assert ("cumbria-partnership", "passage") in named(matcher, f"CPFT and {S}", publisher="cumbria-partnership")


def test_weak_terms_need_a_strong_one(matcher: Matcher) -> None:
    assert named(matcher, "Oxleas bought SIM cards.", "SIM at Oxleas.") == []
    assert named(matcher, f"{S} (SIM) is new.", "SIM at Oxleas.") == [("oxleas", "passage")]
    assert ("oxleas", "passage") not in named(matcher, f"{S} is new.", "Oxleas bought SIM cards.")


def test_menus_name_nobody(matcher: Matcher) -> None:
    menu = "Home | About us | Oxleas | Sussex Partnership | High Intensity Network | Contact us"
    assert named(matcher, menu, f"{S} is described here.") == []


def test_odd_characters_are_harmless(matcher: Matcher) -> None:
    for text in ["", "\u202eSIM\u202c", "\x00" * 50, "🙂" * 500, "A" * 100_000, "(" * 5000, S * 200]:
        named(matcher, text, text, title=text)
