-- What readers ask for, computed from the tables. Rules are stated here once and shown on the About page.

CREATE MACRO first_day(d, p) AS CASE
  WHEN d IS NULL OR p = 'before' THEN NULL
  WHEN length(d) = 4 THEN make_date(CAST(d AS INTEGER), 1, 1)
  WHEN length(d) = 7 THEN CAST(d || '-01' AS DATE)
  ELSE CAST(d AS DATE) END;
CREATE MACRO last_day_of(d) AS CASE
  WHEN d IS NULL THEN NULL
  WHEN length(d) = 4 THEN make_date(CAST(d AS INTEGER), 12, 31)
  WHEN length(d) = 7 THEN last_day(CAST(d || '-01' AS DATE))
  ELSE CAST(d AS DATE) END;

CREATE VIEW adoption_body AS
WITH each AS (
  SELECT *, unnest(list_filter([trust_id, police_id], x -> x IS NOT NULL)) AS org_id FROM adoption
)
SELECT adoption_id, org_id, status, on_date, date_precision, source_id, basis, matched,
  CASE WHEN status IN ('piloting', 'live', 'paused', 'ended') THEN 'use'
       WHEN status = 'similar-model' THEN 'similar'
       WHEN status IN ('never', 'denied') THEN 'no'
       WHEN status = 'planned' THEN 'planned'
       WHEN status = 'not-answered' THEN 'not-answered'
       ELSE 'other' END AS says,
  CASE WHEN basis = 'claim' OR matched = 'area' THEN 'claimed'
       WHEN basis IN ('own-word', 'partner-word') AND coalesce(matched, 'name') = 'name' THEN 'shown'
       ELSE 'reported' END AS strength
FROM each;
COMMENT ON VIEW adoption_body IS 'Adoptions, one row for each trust or force that an assertion is about, with what it says and how strong it is.';
COMMENT ON COLUMN adoption_body.adoption_id IS 'The assertion (adoption.adoption_id).';
COMMENT ON COLUMN adoption_body.org_id IS 'The trust or force (organisation.org_id).';
COMMENT ON COLUMN adoption_body.status IS 'What is asserted (vocabulary adoption.status).';
COMMENT ON COLUMN adoption_body.on_date IS 'Date of what is asserted.';
COMMENT ON COLUMN adoption_body.date_precision IS 'How exact the date is.';
COMMENT ON COLUMN adoption_body.source_id IS 'The page that asserts it (source.source_id).';
COMMENT ON COLUMN adoption_body.basis IS 'On whose word it rests (vocabulary adoption.basis).';
COMMENT ON COLUMN adoption_body.matched IS 'How the body was recognised (vocabulary adoption.matched).';
COMMENT ON COLUMN adoption_body.says IS 'use, similar, no, planned, not-answered or other: the sense of the status.';
COMMENT ON COLUMN adoption_body.strength IS 'shown (own or partner''s word, by name), reported (by others), claimed (a bare claim, or matched by area only).';

CREATE VIEW successor AS
WITH RECURSIVE walk(org_id, reached, step) AS (
  SELECT org_id, org_id, 0 FROM organisation
  UNION ALL
  SELECT w.org_id, o.successor_id, w.step + 1
  FROM walk w JOIN organisation o ON o.org_id = w.reached
  WHERE o.successor_id IS NOT NULL AND w.step < 20
)
SELECT org_id, arg_max(reached, step) AS counts_as FROM walk GROUP BY org_id ORDER BY org_id;
COMMENT ON VIEW successor IS 'The body under which each body counts today: the last of its successors, or itself.';
COMMENT ON COLUMN successor.org_id IS 'The body (organisation.org_id).';
COMMENT ON COLUMN successor.counts_as IS 'The body under which it counts (organisation.org_id).';

CREATE VIEW organisation_status AS
WITH body AS (
  SELECT o.org_id, o.name, o.kind, o.region, s.counts_as
  FROM organisation o JOIN successor s USING (org_id)
  WHERE o.kind IN ('mental-health-trust', 'police-force')
), firm AS (
  SELECT * FROM adoption_body WHERE strength <> 'claimed'
), told AS (
  SELECT org_id,
    count(DISTINCT source_id) AS firm_sources,
    bool_or(says = 'use') AS uses,
    bool_or(says = 'similar') AS similar,
    bool_or(says = 'no') AS says_no,
    bool_or(status = 'never') AS never,
    bool_or(says = 'planned') AS planned,
    bool_or(says = 'not-answered') AS not_answered,
    max(last_day_of(on_date)) FILTER (status = 'ended') AS ended_on,
    max(last_day_of(on_date)) FILTER (status = 'paused') AS paused_on,
    bool_or(status = 'ended') AS ended,
    bool_or(status = 'paused') AS paused,
    max(first_day(on_date, date_precision)) FILTER (status IN ('piloting', 'live')) AS running_on
  FROM firm GROUP BY org_id
), decided AS (
  SELECT b.*, t.firm_sources, t.uses,
    CASE
      WHEN t.org_id IS NULL THEN 'unknown'
      WHEN t.says_no AND (t.uses OR t.similar) THEN 'disputed'
      WHEN t.uses AND t.ended AND (t.running_on IS NULL OR t.ended_on IS NULL OR t.running_on <= t.ended_on)
        AND (NOT t.paused OR t.paused_on IS NULL OR t.ended_on IS NULL OR t.paused_on <= t.ended_on) THEN 'ended'
      WHEN t.uses AND t.paused AND (t.running_on IS NULL OR t.paused_on IS NULL OR t.running_on <= t.paused_on) THEN 'paused'
      WHEN t.uses THEN 'used'
      WHEN t.never THEN 'never'
      WHEN t.says_no THEN 'denied'
      WHEN t.similar THEN 'similar-scheme'
      WHEN t.planned THEN 'planned'
      WHEN t.not_answered THEN 'not-answered'
      ELSE 'unknown' END AS status
  FROM body b LEFT JOIN told t USING (org_id)
), every AS (
  SELECT org_id, count(DISTINCT source_id) AS sources, count(*) AS assertions,
    min(on_date) AS first_date, max(on_date) AS latest_date, arg_max(date_precision, on_date) AS latest_precision
  FROM adoption_body GROUP BY org_id
), weak AS (
  SELECT org_id, list_sort(list(DISTINCT status)) AS weak_statuses FROM adoption_body WHERE strength = 'claimed' GROUP BY org_id
), best AS (
  SELECT d.org_id, min(CASE a.strength WHEN 'shown' THEN 1 WHEN 'reported' THEN 2 ELSE 3 END) AS rank
  FROM decided d JOIN adoption_body a USING (org_id)
  WHERE d.status IN ('unknown', 'disputed')
    OR (d.status IN ('used', 'ended', 'paused') AND a.says = 'use')
    OR (d.status = 'similar-scheme' AND a.says = 'similar')
    OR (d.status IN ('never', 'denied') AND a.says = 'no')
    OR (d.status = 'planned' AND a.says = 'planned')
    OR (d.status = 'not-answered' AND a.says = 'not-answered')
  GROUP BY d.org_id
)
SELECT d.org_id, d.name, d.kind, d.region, d.status,
  CASE b.rank WHEN 1 THEN 'shown' WHEN 2 THEN 'reported' WHEN 3 THEN 'claimed' ELSE 'none' END AS strength,
  coalesce(e.sources, 0) AS sources, coalesce(d.firm_sources, 0) AS firm_sources, coalesce(e.assertions, 0) AS assertions,
  e.first_date, e.latest_date, e.latest_precision, coalesce(d.uses, false) AS ever_used,
  coalesce(w.weak_statuses, []) AS weak_statuses, d.counts_as
FROM decided d LEFT JOIN every e USING (org_id) LEFT JOIN weak w USING (org_id) LEFT JOIN best b USING (org_id)
ORDER BY d.kind, d.name;
COMMENT ON VIEW organisation_status IS 'One row for each trust and police force: what its assertions, taken together, show. A bare claim, or a match by area only, never decides.';
COMMENT ON COLUMN organisation_status.org_id IS 'The body (organisation.org_id).';
COMMENT ON COLUMN organisation_status.name IS 'Its name.';
COMMENT ON COLUMN organisation_status.kind IS 'mental-health-trust or police-force.';
COMMENT ON COLUMN organisation_status.region IS 'Its region.';
COMMENT ON COLUMN organisation_status.status IS 'used, ended, paused, planned, similar-scheme, denied, never, disputed (sources contradict each other), not-answered or unknown.';
COMMENT ON COLUMN organisation_status.strength IS 'shown by its own or a partner''s word, reported by others, only claimed or matched by area, or none.';
COMMENT ON COLUMN organisation_status.sources IS 'Number of pages that say anything of it.';
COMMENT ON COLUMN organisation_status.firm_sources IS 'Number of pages among them whose word is more than a bare claim or a match by area.';
COMMENT ON COLUMN organisation_status.assertions IS 'Number of assertions about it.';
COMMENT ON COLUMN organisation_status.first_date IS 'Earliest date among them.';
COMMENT ON COLUMN organisation_status.latest_date IS 'Latest date among them.';
COMMENT ON COLUMN organisation_status.latest_precision IS 'How exact the latest date is.';
COMMENT ON COLUMN organisation_status.ever_used IS 'Whether a firm assertion says that it piloted, ran, paused or ended the programme.';
COMMENT ON COLUMN organisation_status.weak_statuses IS 'What bare claims or matches by area say; they do not decide the status.';
COMMENT ON COLUMN organisation_status.counts_as IS 'The body under which it counts today, so that a merged body counts once (organisation.org_id).';

CREATE VIEW status_count AS
WITH ranked AS (
  SELECT kind, counts_as, status,
    row_number() OVER (PARTITION BY kind, counts_as ORDER BY
      list_position(['disputed', 'used', 'ended', 'paused', 'similar-scheme', 'planned', 'denied', 'never',
        'not-answered', 'unknown'], status), org_id) AS place
  FROM organisation_status
)
SELECT kind, status, count(*) AS bodies FROM ranked WHERE place = 1 GROUP BY kind, status ORDER BY kind, status;
COMMENT ON VIEW status_count IS 'How many bodies of each kind have each status; merged bodies count once, under their successor, with the fullest status among them.';
COMMENT ON COLUMN status_count.kind IS 'mental-health-trust or police-force.';
COMMENT ON COLUMN status_count.status IS 'The status (see organisation_status).';
COMMENT ON COLUMN status_count.bodies IS 'Number of bodies.';

-- Filled by the build (fill/timeline.sql, fill/timeline_of_sources.sql), oldest first.
CREATE TABLE timeline (
  id VARCHAR NOT NULL, on_date VARCHAR NOT NULL, date_precision VARCHAR, kind VARCHAR NOT NULL, title VARCHAR, summary VARCHAR,
  org_ids VARCHAR[], source_id VARCHAR, first_day DATE, last_day DATE, recorded_on DATE
);
COMMENT ON TABLE timeline IS 'Every dated thing of the record in one list. The publication of a page stands here only where nothing else of that date rests on the page.';
COMMENT ON COLUMN timeline.id IS 'Kind and name of the row, joined by a full stop: a permanent address.';
COMMENT ON COLUMN timeline.on_date IS 'Date: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN timeline.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN timeline.kind IS 'What kind of thing it is: adoption, claimed_total, statement, review_event, event, petition, source, change, disappearance or correction.';
COMMENT ON COLUMN timeline.title IS 'What happened, in a few words.';
COMMENT ON COLUMN timeline.summary IS 'What happened, in our own words.';
COMMENT ON COLUMN timeline.org_ids IS 'Bodies concerned (organisation.org_id).';
COMMENT ON COLUMN timeline.source_id IS 'The page that shows it (source.source_id); empty for corrections of this record.';
COMMENT ON COLUMN timeline.first_day IS 'First day on which it can have happened; empty where only a latest day is known.';
COMMENT ON COLUMN timeline.last_day IS 'Last day on which it can have happened.';
COMMENT ON COLUMN timeline.recorded_on IS 'Day on which it came into this record.';

-- Filled by the build (fill/source_state.sql): counting all captures anew for each reader would cost more with each of them.
CREATE TABLE source_state (
  source_id VARCHAR NOT NULL, last_tried_at TIMESTAMP, last_outcome VARCHAR, last_live_outcome VARCHAR, last_detail VARCHAR,
  attempts BIGINT NOT NULL, last_good_at TIMESTAMP, last_good_capture_id VARCHAR, captures BIGINT NOT NULL,
  good_captures BIGINT NOT NULL, state VARCHAR NOT NULL
);
COMMENT ON TABLE source_state IS 'Where each source stands: when it was last tried, when it was last read, and whether it still answers.';
COMMENT ON COLUMN source_state.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN source_state.last_tried_at IS 'Time of the last attempt, UTC.';
COMMENT ON COLUMN source_state.last_outcome IS 'Its outcome (vocabulary attempt.outcome).';
COMMENT ON COLUMN source_state.last_live_outcome IS 'What the live page answered then, in the same words.';
COMMENT ON COLUMN source_state.last_detail IS 'The outcome in a sentence.';
COMMENT ON COLUMN source_state.attempts IS 'Number of attempts.';
COMMENT ON COLUMN source_state.last_good_at IS 'Time of the last good capture, UTC.';
COMMENT ON COLUMN source_state.last_good_capture_id IS 'That capture (capture.capture_id).';
COMMENT ON COLUMN source_state.captures IS 'Number of captures of the page itself.';
COMMENT ON COLUMN source_state.good_captures IS 'Number of good captures.';
COMMENT ON COLUMN source_state.state IS 'live, gone, not-reached, archived-only, never-read, never-asked or no-address.';
