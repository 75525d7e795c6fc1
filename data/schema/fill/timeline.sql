-- What the register dates, sources left out.
INSERT INTO timeline
WITH dated (id, on_date, date_precision, kind, title, summary, org_ids, source_id, recorded_on) AS (
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
  SELECT 'correction.' || "table" || '.' || row_id || '.' || coalesce("column", 'row') || '.' || corrected_on,
    strftime(corrected_on, '%Y-%m-%d'), 'day', 'correction',
    CASE WHEN "column" IS NULL THEN 'This record withdrew: ' ELSE 'This record corrected: ' END
      || replace("table", '_', ' ') || ' ' || row_id, why, [], NULL, corrected_on
  FROM correction
)
SELECT id, on_date, date_precision, kind, title, summary, list_distinct(org_ids) AS org_ids, source_id,
  first_day(on_date, date_precision) AS first_day, last_day_of(on_date) AS last_day, recorded_on
FROM dated WHERE on_date IS NOT NULL ORDER BY last_day, id;
