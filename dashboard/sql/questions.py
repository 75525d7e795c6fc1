"""Questions that readers ask, each as SQL that answers it. They name only tables and values of the vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Saved:
    """One question in words and in SQL."""

    words: str
    sql: str


QUESTIONS: Final = (
    Saved(
        "Of which bodies do the sources disagree?",
        """SELECT name, kind, region, assertions, sources
FROM organisation_status
WHERE status = 'disputed'
ORDER BY name""",
    ),
    Saved(
        "Who asked for an independent review, and when?",
        """SELECT o.name, s.published_on, s.position, s.summary, s.source_id
FROM statement s JOIN organisation o USING (org_id)
WHERE list_contains(s.asks, 'independent-review')
ORDER BY s.published_on NULLS LAST, o.name""",
    ),
    Saved(
        "Who asked for an independent review, with no national one on record as published since?",
        """SELECT o.name, min(s.published_on) AS first_asked, count(*) AS statements, min(s.source_id) AS source_id
FROM statement s JOIN organisation o USING (org_id)
WHERE list_contains(s.asks, 'independent-review')
  AND NOT EXISTS (
    SELECT 1 FROM review r JOIN review_event e USING (review_id)
    WHERE r.scope LIKE 'national%' AND e.state = 'published' AND e.on_date >= coalesce(s.published_on, '')
  )
GROUP BY o.name
ORDER BY first_asked NULLS LAST, o.name""",
    ),
    Saved(
        "Which reviews were never published, as far as anybody has shown?",
        """SELECT r.title, r.state, max(e.on_date) AS last_step, count(e.event_id) AS steps, r.source_id
FROM review r LEFT JOIN review_event e USING (review_id)
GROUP BY ALL
HAVING r.state NOT IN ('published', 'implemented')
  AND NOT coalesce(bool_or(e.state = 'published'), false)
ORDER BY last_step DESC NULLS LAST, r.title""",
    ),
    Saved(
        "Which pages vanished, and what did they answer instead?",
        """SELECT s.title, d.present_at, d.absent_at, d.outcome, d.returned_at, d.memento_url, d.source_id
FROM disappearance d JOIN source s USING (source_id)
ORDER BY d.absent_at DESC""",
    ),
    Saved(
        "Which pages vanished within 60 days of the petition's first date on record?",
        """WITH begun AS (
  SELECT min(t.first_day) AS on_day
  FROM timeline t LEFT JOIN source s USING (source_id)
  WHERE t.kind = 'petition' OR s.kind = 'petition'
)
SELECT s.title, d.present_at, d.absent_at, b.on_day AS petition_dated, d.source_id
FROM disappearance d JOIN source s USING (source_id), begun b
WHERE abs(date_diff('day', b.on_day, CAST(d.absent_at AS DATE))) <= 60
ORDER BY d.absent_at""",
    ),
    Saved(
        "Which totals were stated over time, and by whom?",
        """SELECT c.as_of, o.name AS stated_by, c.bound, c.value, c.unit, c.source_id
FROM claimed_total c LEFT JOIN organisation o ON o.org_id = c.claimant_id
ORDER BY c.as_of NULLS LAST, c.unit""",
    ),
    Saved(
        "In which regions is least known of trusts and forces?",
        """SELECT region, kind, count(*) FILTER (status = 'unknown') AS not_known, count(*) AS bodies
FROM organisation_status
GROUP BY region, kind
ORDER BY not_known DESC, bodies DESC""",
    ),
    Saved(
        "How did the petition grow?",
        """SELECT on_date, bound, signatures, target, source_id
FROM petition_reading
ORDER BY on_date NULLS LAST, signatures""",
    ),
    Saved(
        "What did each kind of body ask for?",
        """SELECT o.kind, a.ask, count(DISTINCT s.org_id) AS bodies
FROM statement s JOIN organisation o USING (org_id), unnest(s.asks) AS a(ask)
GROUP BY o.kind, a.ask
ORDER BY bodies DESC, o.kind, a.ask""",
    ),
    Saved(
        "Which facts rest on a page of which no copy is held?",
        """SELECT t.kind, t.title, t.on_date, s.title AS page, s.url, t.source_id
FROM timeline t JOIN source s USING (source_id) JOIN source_state x USING (source_id)
WHERE x.good_captures = 0 AND t.kind NOT IN ('source', 'change', 'disappearance')
ORDER BY t.last_day DESC""",
    ),
    Saved(
        "Which concerns got no reply?",
        """SELECT o.name AS raised_by, c.number, c.topic, c.summary, c.source_id
FROM concern c JOIN organisation o ON o.org_id = c.raised_by
WHERE c.reply_summary IS NULL
ORDER BY o.name, c.number""",
    ),
    Saved(
        "Which changes of pages touched a body, a figure, a date or a decision, or most of a page?",
        """SELECT s.title, c.level, c.after_at, c.before_at, c.words_added, c.words_removed, c.source_id
FROM change c JOIN source s USING (source_id)
WHERE c.level <> 'wording'
ORDER BY c.before_at DESC""",
    ),
)
