"""Every word of a closed list has plain words for readers, and no list has words that do not exist."""

from __future__ import annotations

import pytest

from data import vocabulary as words
from data.labels import LABELS, label


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("organisation.kind", words.ORGANISATION_KINDS),
        ("adoption.status", words.ADOPTION_STATUSES),
        ("adoption.basis", words.ADOPTION_BASES),
        ("adoption.matched", words.MATCHED),
        ("organisation_status.status", words.ORGANISATION_STATUSES),
        ("organisation_status.strength", words.STRENGTHS),
        ("statement.position", words.POSITIONS),
        ("statement.asks", words.ASKS),
        ("review.state", words.REVIEW_STATES),
        ("review_event.state", words.REVIEW_STATES),
        ("recommendation.outcome", words.RECOMMENDATION_OUTCOMES),
        ("event.kind", words.EVENT_KINDS),
        ("source.kind", words.SOURCE_KINDS),
        ("attempt.outcome", words.OUTCOMES),
        ("capture.verdict", words.VERDICTS),
        ("evidence.state", words.EVIDENCE_STATES),
        ("timeline.kind", words.TIMELINE_KINDS),
    ],
)
def test_labels_cover_the_list_exactly(name: str, values: tuple[str, ...]) -> None:
    assert tuple(LABELS[name]) == values


def test_an_unknown_value_is_shown_as_it_is() -> None:
    assert label("adoption.status", "brand-new") == "brand new"
    assert label("adoption.status", None) == ""
