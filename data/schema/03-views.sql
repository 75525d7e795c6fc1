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
SELECT org_id, arg_max(reached, step) AS counts_as FROM walk GROUP BY org_id;
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

CREATE VIEW timeline AS
WITH dated AS (
  SELECT 'adoption.' || a.adoption_id AS id, a.on_date, a.date_precision, 'adoption' AS kind,
    coalesce(
      concat_ws(' and ', t.name, p.name),
      (SELECT string_agg(o.name, ' and ' ORDER BY o.name) FROM organisation o WHERE list_contains(a.other_ids, o.org_id)),
      'A body') || ': ' || coalesce(v.label, a.status) AS title,
    a.summary, list_filter([a.trust_id, a.police_id], x -> x IS NOT NULL) || coalesce(a.other_ids, []) AS org_ids, a.source_id, a.recorded_on
  FROM adoption a LEFT JOIN organisation t ON t.org_id = a.trust_id LEFT JOIN organisation p ON p.org_id = a.police_id
    LEFT JOIN vocabulary v ON v.list = 'adoption.status' AND v.value = a.status
  UNION ALL
  SELECT 'claimed_total.' || c.claim_id, c.as_of, c.date_precision, 'claimed_total',
    coalesce(o.name, 'Somebody') || ' states '
      || coalesce(CASE c.bound WHEN 'at-least' THEN 'at least ' WHEN 'about' THEN 'about ' ELSE '' END || c.value, 'a share')
      || CASE WHEN c.value IS NULL THEN ' of trusts' ELSE ' ' || replace(c.unit, '-', ' ') END,
    c.summary, list_filter([c.claimant_id], x -> x IS NOT NULL), c.source_id, c.recorded_on
  FROM claimed_total c LEFT JOIN organisation o ON o.org_id = c.claimant_id
  UNION ALL
  SELECT 'statement.' || s.statement_id, s.published_on, s.date_precision, 'statement',
    coalesce(o.name, s.org_id) || ': ' || coalesce(v.label, s.position), s.summary, [s.org_id], s.source_id, s.recorded_on
  FROM statement s LEFT JOIN organisation o USING (org_id)
    LEFT JOIN vocabulary v ON v.list = 'statement.position' AND v.value = s.position
  UNION ALL
  SELECT 'review_event.' || e.event_id, e.on_date, e.date_precision, 'review_event',
    r.title || ': ' || coalesce(v.label, e.state), e.summary,
    list_filter([r.commissioner_id], x -> x IS NOT NULL) || coalesce(r.subject_ids, []), e.source_id, e.recorded_on
  FROM review_event e LEFT JOIN review r USING (review_id)
    LEFT JOIN vocabulary v ON v.list = 'review_event.state' AND v.value = e.state
  UNION ALL
  SELECT 'event.' || event_id, on_date, date_precision, 'event', title, summary, coalesce(org_ids, []), source_id, recorded_on FROM event
  UNION ALL
  SELECT 'petition.' || petition_id || '.' || on_date || '.' || source_id, on_date, date_precision, 'petition',
    'Petition: ' || CASE bound WHEN 'at-least' THEN 'more than ' ELSE '' END || format('{:,}', signatures) || ' signatures',
    CASE bound WHEN 'at-least' THEN 'A page gives more than ' ELSE 'A page gives ' END || format('{:,}', signatures) || ' signatures'
      || coalesce(', with a goal of ' || format('{:,}', target), '') || '.',
    [], source_id, recorded_on
  FROM petition_reading WHERE on_date IS NOT NULL
  UNION ALL
  SELECT 'change.' || c.source_id || '.' || c.number, strftime(c.before_at, '%Y-%m-%d'), 'before', 'change',
    'Page changed: ' || s.title,
    c.words_added || ' words added, ' || c.words_removed || ' removed between ' || strftime(c.after_at, '%-d %B %Y') || ' and '
      || strftime(c.before_at, '%-d %B %Y') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), c.source_id,
    CAST(greatest(c.before_at, b.fetched_at, a.fetched_at) AS DATE)
  FROM change c JOIN source s USING (source_id)
    LEFT JOIN version f ON f.version_id = c.from_version_id LEFT JOIN capture b ON b.capture_id = f.last_capture_id
    LEFT JOIN version t ON t.version_id = c.to_version_id LEFT JOIN capture a ON a.capture_id = t.first_capture_id
  UNION ALL
  SELECT 'disappearance.' || d.source_id || '.' || d.number, strftime(d.absent_at, '%Y-%m-%d'), 'before', 'disappearance',
    'Page absent: ' || s.title,
    'Present on ' || strftime(d.present_at, '%-d %B %Y') || ', absent on ' || strftime(d.absent_at, '%-d %B %Y')
      || coalesce(', present again on ' || strftime(d.returned_at, '%-d %B %Y'), '') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), d.source_id, CAST(d.confirmed_at AS DATE)
  FROM disappearance d JOIN source s USING (source_id)
  UNION ALL
  SELECT 'correction.' || "table" || '.' || row_id || '.' || coalesce("column", 'row') || '.' || corrected_on,
    strftime(corrected_on, '%Y-%m-%d'), 'day', 'correction',
    CASE WHEN "column" IS NULL THEN 'This record withdrew: ' ELSE 'This record corrected: ' END
      || replace("table", '_', ' ') || ' ' || row_id, why, [], NULL, corrected_on
  FROM correction
), with_sources AS (
  SELECT * FROM dated WHERE on_date IS NOT NULL
  UNION ALL
  SELECT 'source.' || s.source_id, s.published_on, s.date_precision, 'source', 'Published: ' || s.title,
    'A page that this record rests on' || coalesce(', published by ' || o.name, '') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), s.source_id, s.recorded_on
  FROM source s LEFT JOIN organisation o ON o.org_id = s.publisher_id
  WHERE s.published_on IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM dated d WHERE d.source_id = s.source_id AND d.on_date = s.published_on)
)
SELECT id, on_date, date_precision, kind, title, summary, list_distinct(org_ids) AS org_ids, source_id,
  first_day(on_date, date_precision) AS first_day, last_day_of(on_date) AS last_day, recorded_on
FROM with_sources ORDER BY last_day, id;
COMMENT ON VIEW timeline IS 'Every dated thing of the record in one list. The publication of a page stands here only where nothing else of that date rests on the page.';
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

CREATE VIEW source_state AS
WITH tried AS (
  SELECT source_id, max(started_at) AS last_tried_at, arg_max(outcome, attempt_id) AS last_outcome,
    arg_max(live_outcome, attempt_id) AS last_live_outcome, arg_max(detail, attempt_id) AS last_detail, count(*) AS attempts
  FROM attempt GROUP BY source_id
), good AS (
  SELECT source_id, count(*) AS captures, count(*) FILTER (verdict = 'good') AS good_captures,
    max(captured_at) FILTER (verdict = 'good') AS last_good_at,
    max(captured_at) FILTER (verdict = 'good' AND origin = 'live') AS last_live_at,
    arg_max(capture_id, captured_at) FILTER (verdict = 'good') AS last_good_capture_id
  FROM capture WHERE part = 'page' GROUP BY source_id
)
SELECT s.source_id, t.last_tried_at, t.last_outcome, t.last_live_outcome, t.last_detail, coalesce(t.attempts, 0) AS attempts,
  g.last_good_at, g.last_good_capture_id, coalesce(g.captures, 0) AS captures, coalesce(g.good_captures, 0) AS good_captures,
  CASE
    WHEN s.url IS NULL THEN 'no-address'
    WHEN t.source_id IS NULL THEN 'never-asked'
    WHEN coalesce(g.good_captures, 0) = 0 THEN 'never-read'
    WHEN g.last_live_at IS NULL THEN 'archived-only'
    WHEN t.last_live_outcome IN ('captured', 'unchanged') THEN 'live'
    WHEN t.last_live_outcome IN ('not-found', 'gone') THEN 'gone'
    ELSE 'not-reached' END AS state
FROM source s LEFT JOIN tried t USING (source_id) LEFT JOIN good g USING (source_id)
ORDER BY s.source_id;
COMMENT ON VIEW source_state IS 'Where each source stands: when it was last tried, when it was last read, and whether it still answers.';
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
