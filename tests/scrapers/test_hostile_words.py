"""Pages of one mark or word over and over are looked through in time that grows with their length, not with its square.

What fuzzing cannot see: each of these took from five seconds to a minute for 60 kB, and every one from the web may be sent.
"""

from __future__ import annotations

import time

import pytest

from data.home import PACKAGE, Home
from data.programme import read_programme
from scrapers.compare.noise import clean
from scrapers.find.candidates import find_candidates
from scrapers.find.mentions import Document, Words, look_through, mentions_of
from scrapers.find.names import Matcher, build_matcher
from scrapers.register import read_register

LENGTH = 120_000
SECONDS = 8  # of processor time, on a machine with other work; half a second where there is none


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    home = Home(PACKAGE)
    subject = read_programme(home.programme_file).programme
    return build_matcher(
        read_register(home).tables["organisation"], subject.terms, subject.weak_terms, subject.not_terms
    )


@pytest.mark.parametrize(
    "piece",
    [
        ".",
        "!?",
        "Mr. ",
        "Q. ",
        "SIM. ",
        "1,",
        "12 May 2021, ",
        "(c) ",
        "https://a?",
        "ab-1A-",
        'said "',
        '"We ended it," said Kent Police. ',
        "Kent Police (which ended SIM), ",
        ", which is (a b c), ",
    ],
)
def test_words_over_and_over_are_looked_through_in_time(matcher: Matcher, piece: str) -> None:
    text = "Serenity Integrated Mentoring " + piece * (LENGTH // len(piece))
    document = Document("s", "c", (Words("p1", 1, "paragraph", None, text),))
    begun = time.process_time()
    mentions_of(look_through(document, matcher))
    find_candidates(document, matcher)
    clean(text)
    clean(text[30:], True)
    assert time.process_time() - begun < SECONDS
