"""Closed lists of words. A value outside its list is a finding, never a default."""

from __future__ import annotations

from typing import Final

ORGANISATION_KINDS: Final = (
    "mental-health-trust", "police-force", "professional-body", "charity", "campaign", "nhs-national",
    "health-innovation-network", "ambulance-service", "regulator", "government", "company", "journal", "media",
    "individual", "other",
)  # fmt: skip
REGIONS: Final = (
    "North East", "North West", "Yorkshire and the Humber", "East Midlands", "West Midlands", "East of England",
    "London", "South East", "South West", "Wales", "England", "England and Wales", "Great Britain", "UK",
)  # fmt: skip
SOURCE_KINDS: Final = (
    "statement", "letter", "petition", "campaign-page", "blog", "news", "journal-article", "report",
    "programme-material", "policy", "foi", "reference",
)  # fmt: skip
SOURCE_FORMATS: Final = ("html", "pdf", "docx", "slideshow", "social", "text")
ADOPTION_STATUSES: Final = (
    "planned", "piloting", "live", "similar-model", "paused", "ended", "reviewed", "never", "denied", "not-answered",
)  # fmt: skip
ADOPTION_BASES: Final = ("own-word", "partner-word", "network-word", "record", "news", "campaign", "claim")
MATCHED: Final = ("name", "team", "area")
BOUNDS: Final = ("exact", "at-least", "about")
PETITION_BOUNDS: Final = ("exact", "at-least")
POSITIONS: Final = (
    "calls-for-halt", "calls-for-review", "supports-concerns", "welcomes-review", "neutral", "supports-programme",
    "apologises", "withdraws", "sets-policy", "other",
)  # fmt: skip
ASKS: Final = (
    "halt", "independent-review", "publish-reviews", "co-production", "evidence", "legal-review", "data-protection",
    "apology", "trauma-informed-care", "stop-police-role", "guidance", "funding", "other",
)  # fmt: skip
REVIEW_STATES: Final = (
    "called-for", "announced", "under-way", "delayed", "completed", "published", "abandoned", "accepted",
    "implemented",
)  # fmt: skip
RECOMMENDATION_OUTCOMES: Final = ("answered", "partly", "not", "unknown")
EVENT_KINDS: Final = ("programme", "award", "evidence", "closure", "campaign", "media", "foi", "context")
PRECISIONS: Final = ("day", "month", "year", "before")

ORGANISATION_STATUSES: Final = (
    "used", "ended", "paused", "planned", "similar-scheme", "denied", "never", "disputed", "not-answered", "unknown",
)  # fmt: skip
STRENGTHS: Final = ("shown", "reported", "claimed", "none")

OUTCOMES: Final = (
    "captured", "unchanged", "not-found", "gone", "blocked", "challenge", "robots", "rate-limited", "timed-out",
    "dns-error", "tls-error", "refused-address", "too-large", "truncated", "undecodable", "wrong-type", "empty",
    "no-text", "structure-changed", "server-error", "connect-error", "redirect-loop", "protocol-error", "no-address",
)  # fmt: skip
GOOD_OUTCOMES: Final = frozenset({"captured", "unchanged"})
VERDICTS: Final = ("good", "blocked", "challenge", "soft-404", "empty", "wrong-type")
EVIDENCE_STATES: Final = ("found", "partly", "not-found", "no-capture")
CHANGE_LEVELS: Final = ("wording", "substance", "whole-page")
DECISIONS: Final = ("accepted", "corrected", "rejected")
CANDIDATE_STATES: Final = ("open", "accepted", "corrected", "rejected", "reopened")
TIMELINE_KINDS: Final = (
    "adoption", "claimed_total", "statement", "review_event", "event", "petition", "source", "change",
    "disappearance", "correction",
)  # fmt: skip
