-- Where each source named in the table looked_at (source_id) stands.
INSERT INTO source_state
WITH tried AS (
  SELECT source_id, max(started_at) AS last_tried_at, arg_max(outcome, attempt_id) AS last_outcome,
    arg_max(live_outcome, attempt_id) AS last_live_outcome, arg_max(detail, attempt_id) AS last_detail, count(*) AS attempts
  FROM attempt WHERE source_id IN (SELECT source_id FROM looked_at) GROUP BY source_id
), good AS (
  SELECT source_id, count(*) AS captures, count(*) FILTER (verdict = 'good') AS good_captures,
    max(captured_at) FILTER (verdict = 'good') AS last_good_at,
    max(captured_at) FILTER (verdict = 'good' AND origin = 'live') AS last_live_at,
    arg_max(capture_id, captured_at) FILTER (verdict = 'good') AS last_good_capture_id
  FROM capture WHERE part = 'page' AND source_id IN (SELECT source_id FROM looked_at) GROUP BY source_id
)
SELECT s.source_id, t.last_tried_at, t.last_outcome, t.last_live_outcome, t.last_detail, coalesce(t.attempts, 0) AS attempts,
  g.last_good_at, g.last_good_capture_id, coalesce(g.captures, 0) AS captures, coalesce(g.good_captures, 0) AS good_captures,
  CASE
    WHEN s.url IS NULL THEN 'no-address'
    WHEN t.source_id IS NULL THEN 'never-asked'
    WHEN coalesce(g.good_captures, 0) = 0 THEN 'never-read'
    WHEN g.last_live_at IS NULL THEN 'archived-only'
    WHEN t.last_live_outcome IN ('captured', 'unchanged', 'no-text', 'structure-changed') THEN 'live'
    WHEN t.last_live_outcome IN ('not-found', 'gone') THEN 'gone'
    ELSE 'not-reached' END AS state
FROM source s LEFT JOIN tried t USING (source_id) LEFT JOIN good g USING (source_id)
WHERE s.source_id IN (SELECT source_id FROM looked_at)
ORDER BY s.source_id;
