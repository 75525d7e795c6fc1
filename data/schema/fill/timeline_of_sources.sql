-- What was observed of the sources named in the table looked_at (source_id), and their own dates where nothing else of that
-- date rests on them.
INSERT INTO timeline
WITH dated (id, on_date, date_precision, kind, title, summary, org_ids, source_id, recorded_on) AS (
  SELECT 'change.' || c.source_id || '.' || c.number, strftime(c.before_at, '%Y-%m-%d'), 'before', 'change',
    'Page changed: ' || s.title,
    c.words_added || CASE WHEN c.words_added = 1 THEN ' word' ELSE ' words' END || ' added, ' || c.words_removed || ' removed between ' || strftime(c.after_at, '%-d %B %Y') || ' and '
      || strftime(c.before_at, '%-d %B %Y') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), c.source_id,
    CAST(greatest(c.before_at, b.fetched_at, a.fetched_at) AS DATE)
  FROM change c JOIN source s USING (source_id)
    LEFT JOIN version f ON f.version_id = c.from_version_id LEFT JOIN capture b ON b.capture_id = f.last_capture_id
    LEFT JOIN version t ON t.version_id = c.to_version_id LEFT JOIN capture a ON a.capture_id = t.first_capture_id
  WHERE s.source_id IN (SELECT source_id FROM looked_at)
  UNION ALL
  SELECT 'disappearance.' || d.source_id || '.' || d.number, strftime(d.absent_at, '%Y-%m-%d'), 'before', 'disappearance',
    'Page absent: ' || s.title,
    'Present on ' || strftime(d.present_at, '%-d %B %Y') || ', absent on ' || strftime(d.absent_at, '%-d %B %Y')
      || coalesce(', present again on ' || strftime(d.returned_at, '%-d %B %Y'), '') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), d.source_id, CAST(d.confirmed_at AS DATE)
  FROM disappearance d JOIN source s USING (source_id)
  WHERE s.source_id IN (SELECT source_id FROM looked_at)
)
SELECT id, on_date, date_precision, kind, title, summary, list_distinct(org_ids) AS org_ids, source_id,
  first_day(on_date, date_precision) AS first_day, last_day_of(on_date) AS last_day, recorded_on
FROM dated WHERE on_date IS NOT NULL ORDER BY last_day, id;

INSERT INTO timeline
WITH dated (id, on_date, date_precision, kind, title, summary, org_ids, source_id, recorded_on) AS (
  SELECT 'source.' || s.source_id, s.published_on, s.date_precision, 'source', 'Published: ' || s.title,
    'A page that this record rests on' || coalesce(', published by ' || o.name, '') || '.',
    list_filter([s.publisher_id], x -> x IS NOT NULL), s.source_id, s.recorded_on
  FROM source s LEFT JOIN organisation o ON o.org_id = s.publisher_id
  WHERE s.published_on IS NOT NULL AND s.source_id IN (SELECT source_id FROM looked_at)
    AND NOT EXISTS (SELECT 1 FROM timeline d WHERE d.source_id = s.source_id AND d.on_date = s.published_on)
)
SELECT id, on_date, date_precision, kind, title, summary, list_distinct(org_ids) AS org_ids, source_id,
  first_day(on_date, date_precision) AS first_day, last_day_of(on_date) AS last_day, recorded_on
FROM dated ORDER BY last_day, id;
