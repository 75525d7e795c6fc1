-- The register: facts kept by hand, one table a file. Dates are ISO 8601 of full or partial length beside a precision.

CREATE TABLE organisation (
  org_id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, ods_code VARCHAR, region VARCHAR,
  latitude DOUBLE, longitude DOUBLE, website VARCHAR, successor_id VARCHAR, note VARCHAR, aliases VARCHAR[],
  tile_x INTEGER, tile_y INTEGER, tile_label VARCHAR, recorded_on DATE
);
COMMENT ON TABLE organisation IS 'A body: trust, police force, professional body, network, campaign, newspaper and so on. Reference data: names no source.';
COMMENT ON COLUMN organisation.org_id IS 'Name of the row: lower-case words joined by hyphens; never changes.';
COMMENT ON COLUMN organisation.name IS 'Full name as the body writes it.';
COMMENT ON COLUMN organisation.kind IS 'What kind of body it is (vocabulary organisation.kind).';
COMMENT ON COLUMN organisation.ods_code IS 'Code of the Organisation Data Service, for NHS bodies.';
COMMENT ON COLUMN organisation.region IS 'Region of England, or nation (vocabulary organisation.region).';
COMMENT ON COLUMN organisation.latitude IS 'Degrees north, WGS 84. Approximate: fit for a national map only.';
COMMENT ON COLUMN organisation.longitude IS 'Degrees east, WGS 84. Approximate: fit for a national map only.';
COMMENT ON COLUMN organisation.website IS 'Address of its public site.';
COMMENT ON COLUMN organisation.successor_id IS 'The body that runs its mental health services now, where that is another body (organisation.org_id).';
COMMENT ON COLUMN organisation.note IS 'What a reader should know of the body: mergers, older names.';
COMMENT ON COLUMN organisation.aliases IS 'Other names and abbreviations under which pages name it.';
COMMENT ON COLUMN organisation.tile_x IS 'Column in the tile map of territorial police forces, from 0 at the left.';
COMMENT ON COLUMN organisation.tile_y IS 'Row in the tile map, from 0 at the top.';
COMMENT ON COLUMN organisation.tile_label IS 'Short name that fits a tile.';
COMMENT ON COLUMN organisation.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE source (
  source_id VARCHAR PRIMARY KEY, url VARCHAR, title VARCHAR NOT NULL, publisher_id VARCHAR, published_on VARCHAR,
  date_precision VARCHAR, format VARCHAR NOT NULL, kind VARCHAR NOT NULL, note VARCHAR, recorded_on DATE
);
COMMENT ON TABLE source IS 'One public page or file that the record rests on or watches.';
COMMENT ON COLUMN source.source_id IS 'Name of the row: lower-case words joined by hyphens; never changes.';
COMMENT ON COLUMN source.url IS 'Address of the page or file; empty where none is known, and the note says why.';
COMMENT ON COLUMN source.title IS 'Title as the page gives it, sometimes shortened.';
COMMENT ON COLUMN source.publisher_id IS 'Who published it (organisation.org_id).';
COMMENT ON COLUMN source.published_on IS 'Date of publication as the page states it: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN source.date_precision IS 'How exact the date is: day, month, year, or before (the fact is older than the date).';
COMMENT ON COLUMN source.format IS 'What kind of file it is (vocabulary source.format).';
COMMENT ON COLUMN source.kind IS 'What kind of document it is (vocabulary source.kind).';
COMMENT ON COLUMN source.note IS 'What has been read of it, and what a reader should know.';
COMMENT ON COLUMN source.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE adoption (
  adoption_id VARCHAR PRIMARY KEY, trust_id VARCHAR, police_id VARCHAR, other_ids VARCHAR[], team VARCHAR,
  status VARCHAR NOT NULL, on_date VARCHAR, date_precision VARCHAR, source_id VARCHAR NOT NULL, where_in_source VARCHAR,
  summary VARCHAR NOT NULL, basis VARCHAR, matched VARCHAR, recorded_on DATE
);
COMMENT ON TABLE adoption IS 'One assertion, by one page, that bodies took part, paused, stopped, or say that they did not.';
COMMENT ON COLUMN adoption.adoption_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN adoption.trust_id IS 'The trust (organisation.org_id).';
COMMENT ON COLUMN adoption.police_id IS 'The police force (organisation.org_id).';
COMMENT ON COLUMN adoption.other_ids IS 'Other bodies that took part (organisation.org_id).';
COMMENT ON COLUMN adoption.team IS 'Name of the local team or scheme.';
COMMENT ON COLUMN adoption.status IS 'What is asserted (vocabulary adoption.status).';
COMMENT ON COLUMN adoption.on_date IS 'Date of what is asserted: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN adoption.date_precision IS 'How exact the date is: day, month, year, or before (the page bears this date, the fact is older).';
COMMENT ON COLUMN adoption.source_id IS 'The page that asserts it (source.source_id).';
COMMENT ON COLUMN adoption.where_in_source IS 'Where on the page it stands.';
COMMENT ON COLUMN adoption.summary IS 'What the page says, in our own words, at most 40.';
COMMENT ON COLUMN adoption.basis IS 'On whose word it rests: own-word, partner-word, network-word, record, news, campaign or claim.';
COMMENT ON COLUMN adoption.matched IS 'How the body was recognised: by its name, by the name of its team, or only by its area.';
COMMENT ON COLUMN adoption.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE claimed_total (
  claim_id VARCHAR PRIMARY KEY, as_of VARCHAR, date_precision VARCHAR, claimant_id VARCHAR, unit VARCHAR NOT NULL,
  value BIGINT, bound VARCHAR NOT NULL, source_id VARCHAR NOT NULL, summary VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE claimed_total IS 'One total that somebody stated: how many trusts, forces, teams or people.';
COMMENT ON COLUMN claimed_total.claim_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN claimed_total.as_of IS 'Date for which it was stated: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN claimed_total.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN claimed_total.claimant_id IS 'Who stated it (organisation.org_id).';
COMMENT ON COLUMN claimed_total.unit IS 'What was counted.';
COMMENT ON COLUMN claimed_total.value IS 'The number, in units of the column unit; empty where it was stated in words only.';
COMMENT ON COLUMN claimed_total.bound IS 'exact, at-least ("more than") or about (an estimate).';
COMMENT ON COLUMN claimed_total.source_id IS 'The page that states it (source.source_id).';
COMMENT ON COLUMN claimed_total.summary IS 'What was stated, in our own words, at most 40.';
COMMENT ON COLUMN claimed_total.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE statement (
  statement_id VARCHAR PRIMARY KEY, org_id VARCHAR NOT NULL, published_on VARCHAR, date_precision VARCHAR,
  source_id VARCHAR NOT NULL, position VARCHAR NOT NULL, asks VARCHAR[], summary VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE statement IS 'One public position of one body.';
COMMENT ON COLUMN statement.statement_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN statement.org_id IS 'Who stated it (organisation.org_id).';
COMMENT ON COLUMN statement.published_on IS 'Date of the statement: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN statement.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN statement.source_id IS 'The page that carries it (source.source_id).';
COMMENT ON COLUMN statement.position IS 'The strongest position that the page itself states (vocabulary statement.position).';
COMMENT ON COLUMN statement.asks IS 'What it asks for (vocabulary statement.asks).';
COMMENT ON COLUMN statement.summary IS 'What it says, in our own words, at most 40.';
COMMENT ON COLUMN statement.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE concern (
  concern_id VARCHAR PRIMARY KEY, raised_by VARCHAR NOT NULL, number VARCHAR, topic VARCHAR NOT NULL,
  summary VARCHAR NOT NULL, reply_by VARCHAR, reply_summary VARCHAR, source_id VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE concern IS 'One concern that a body raised, with the reply to it where there is one.';
COMMENT ON COLUMN concern.concern_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN concern.raised_by IS 'Who raised it (organisation.org_id).';
COMMENT ON COLUMN concern.number IS 'Its number or letter in the source, where it has one.';
COMMENT ON COLUMN concern.topic IS 'What it is about, in a few words joined by hyphens.';
COMMENT ON COLUMN concern.summary IS 'The concern, in our own words, at most 40.';
COMMENT ON COLUMN concern.reply_by IS 'Who replied (organisation.org_id).';
COMMENT ON COLUMN concern.reply_summary IS 'The reply, in our own words, at most 40.';
COMMENT ON COLUMN concern.source_id IS 'The page that carries concern and reply (source.source_id).';
COMMENT ON COLUMN concern.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE review (
  review_id VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, commissioner_id VARCHAR, subject_ids VARCHAR[], scope VARCHAR,
  state VARCHAR NOT NULL, source_id VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE review IS 'One review, inquiry or study of the programme, made or asked for.';
COMMENT ON COLUMN review.review_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN review.title IS 'What the review is, in our words.';
COMMENT ON COLUMN review.commissioner_id IS 'Who commissioned it (organisation.org_id); empty where nobody has.';
COMMENT ON COLUMN review.subject_ids IS 'Whom it is about (organisation.org_id).';
COMMENT ON COLUMN review.scope IS 'How far it reaches.';
COMMENT ON COLUMN review.state IS 'Where it stands now (vocabulary review.state).';
COMMENT ON COLUMN review.source_id IS 'The page that shows its state (source.source_id).';
COMMENT ON COLUMN review.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE review_event (
  event_id VARCHAR PRIMARY KEY, review_id VARCHAR NOT NULL, on_date VARCHAR, date_precision VARCHAR,
  state VARCHAR NOT NULL, source_id VARCHAR NOT NULL, summary VARCHAR NOT NULL, recorded_on DATE, expected_on VARCHAR
);
COMMENT ON TABLE review_event IS 'One step of a review.';
COMMENT ON COLUMN review_event.event_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN review_event.review_id IS 'The review (review.review_id).';
COMMENT ON COLUMN review_event.on_date IS 'Date of the step: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN review_event.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN review_event.state IS 'The state that the step brought or showed (vocabulary review.state).';
COMMENT ON COLUMN review_event.source_id IS 'The page that shows it (source.source_id).';
COMMENT ON COLUMN review_event.summary IS 'What happened, in our own words, at most 40.';
COMMENT ON COLUMN review_event.recorded_on IS 'Day on which the row was written into the register.';
COMMENT ON COLUMN review_event.expected_on IS 'Date by which the outcome had been expected or due, where the page says so: YYYY, YYYY-MM or YYYY-MM-DD.';

CREATE TABLE recommendation (
  recommendation_id VARCHAR PRIMARY KEY, made_by VARCHAR NOT NULL, made_in_source_id VARCHAR NOT NULL, number VARCHAR,
  topic VARCHAR NOT NULL, summary VARCHAR NOT NULL, addressed_to VARCHAR[], recorded_on DATE, outcome VARCHAR,
  outcome_source_id VARCHAR, outcome_summary VARCHAR
);
COMMENT ON TABLE recommendation IS 'One thing asked for or recommended.';
COMMENT ON COLUMN recommendation.recommendation_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN recommendation.made_by IS 'Who made it (organisation.org_id).';
COMMENT ON COLUMN recommendation.made_in_source_id IS 'The page that carries it (source.source_id).';
COMMENT ON COLUMN recommendation.number IS 'Its number or letter in the source, where it has one.';
COMMENT ON COLUMN recommendation.topic IS 'What it is about, in a few words joined by hyphens.';
COMMENT ON COLUMN recommendation.summary IS 'What is recommended, in our own words, at most 40.';
COMMENT ON COLUMN recommendation.addressed_to IS 'Whom it is addressed to (organisation.org_id).';
COMMENT ON COLUMN recommendation.recorded_on IS 'Day on which the row was written into the register.';
COMMENT ON COLUMN recommendation.outcome IS 'What a page shows to have become of it (vocabulary recommendation.outcome); empty where nobody has shown it.';
COMMENT ON COLUMN recommendation.outcome_source_id IS 'The page that shows the outcome (source.source_id).';
COMMENT ON COLUMN recommendation.outcome_summary IS 'What that page shows, in our own words, at most 40.';

CREATE TABLE petition_reading (
  petition_id VARCHAR NOT NULL, url VARCHAR, on_date VARCHAR, date_precision VARCHAR, signatures BIGINT NOT NULL,
  bound VARCHAR NOT NULL, target BIGINT, source_id VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE petition_reading IS 'One count of signatures on one day, as one page gives it. A row is known by petition, day and source.';
COMMENT ON COLUMN petition_reading.petition_id IS 'Name of the petition; repeats, one row a reading.';
COMMENT ON COLUMN petition_reading.url IS 'Address of the petition.';
COMMENT ON COLUMN petition_reading.on_date IS 'Day of the reading: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN petition_reading.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN petition_reading.signatures IS 'Number of signatures.';
COMMENT ON COLUMN petition_reading.bound IS 'exact, or at-least where the page says "more than".';
COMMENT ON COLUMN petition_reading.target IS 'The goal shown beside the count, in signatures.';
COMMENT ON COLUMN petition_reading.source_id IS 'The page that gives the count (source.source_id).';
COMMENT ON COLUMN petition_reading.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE event (
  event_id VARCHAR PRIMARY KEY, on_date VARCHAR, date_precision VARCHAR, title VARCHAR NOT NULL, summary VARCHAR NOT NULL,
  org_ids VARCHAR[], kind VARCHAR NOT NULL, source_id VARCHAR NOT NULL, recorded_on DATE
);
COMMENT ON TABLE event IS 'One dated event that no other table holds.';
COMMENT ON COLUMN event.event_id IS 'Name of the row; never changes.';
COMMENT ON COLUMN event.on_date IS 'Date of the event: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN event.date_precision IS 'How exact the date is: day, month, year or before.';
COMMENT ON COLUMN event.title IS 'What happened, in a few words.';
COMMENT ON COLUMN event.summary IS 'What happened, in our own words, at most 40.';
COMMENT ON COLUMN event.org_ids IS 'Bodies concerned (organisation.org_id).';
COMMENT ON COLUMN event.kind IS 'What kind of event it is (vocabulary event.kind).';
COMMENT ON COLUMN event.source_id IS 'The page that shows it (source.source_id).';
COMMENT ON COLUMN event.recorded_on IS 'Day on which the row was written into the register.';

CREATE TABLE correction (
  corrected_on DATE NOT NULL, "table" VARCHAR NOT NULL, row_id VARCHAR NOT NULL, "column" VARCHAR, was VARCHAR,
  "is" VARCHAR, why VARCHAR NOT NULL
);
COMMENT ON TABLE correction IS 'One public correction of the register: what a cell said before, what it says now, and why. A row without a column says that the whole row was withdrawn.';
COMMENT ON COLUMN correction.corrected_on IS 'Day of the correction.';
COMMENT ON COLUMN correction."table" IS 'Table of the corrected row.';
COMMENT ON COLUMN correction.row_id IS 'Name of the corrected row.';
COMMENT ON COLUMN correction."column" IS 'Column of the corrected cell; empty where the whole row was withdrawn.';
COMMENT ON COLUMN correction.was IS 'What the cell said before; of a withdrawn row what it stated.';
COMMENT ON COLUMN correction."is" IS 'What it says now.';
COMMENT ON COLUMN correction.why IS 'Why it was corrected.';

CREATE TABLE redirect (
  redirected_on DATE NOT NULL, "table" VARCHAR NOT NULL, old_id VARCHAR NOT NULL, new_id VARCHAR NOT NULL, why VARCHAR NOT NULL
);
COMMENT ON TABLE redirect IS 'One row that bears another name now: its old address leads to the new one.';
COMMENT ON COLUMN redirect.redirected_on IS 'Day of the renaming.';
COMMENT ON COLUMN redirect."table" IS 'Table of the row.';
COMMENT ON COLUMN redirect.old_id IS 'Name that the row bore.';
COMMENT ON COLUMN redirect.new_id IS 'Name that it bears now, or that of the row that says the same.';
COMMENT ON COLUMN redirect.why IS 'Why it was renamed or merged.';

CREATE TABLE withheld (withheld_on DATE NOT NULL, body_sha256 VARCHAR NOT NULL, why VARCHAR NOT NULL);
COMMENT ON TABLE withheld IS 'One captured body that is neither served nor shown any more: a court order, a data protection or takedown request. Hash, times and reason stay.';
COMMENT ON COLUMN withheld.withheld_on IS 'Day from which it is withheld.';
COMMENT ON COLUMN withheld.body_sha256 IS 'SHA-256 of the body (capture.body_sha256).';
COMMENT ON COLUMN withheld.why IS 'Why it is withheld, in words that may be shown.';

CREATE TABLE decision (
  decided_on DATE NOT NULL, candidate_id VARCHAR NOT NULL, kind VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  capture_sha256 VARCHAR, passage_sha256 VARCHAR, decision VARCHAR NOT NULL, "by" VARCHAR NOT NULL, why VARCHAR,
  reading VARCHAR NOT NULL, decided VARCHAR
);
COMMENT ON TABLE decision IS 'What a person decided on something that the machine read. Both readings are kept; the last decision on a candidate counts.';
COMMENT ON COLUMN decision.decided_on IS 'Day of the decision.';
COMMENT ON COLUMN decision.candidate_id IS 'What was decided on (candidate.candidate_id).';
COMMENT ON COLUMN decision.kind IS 'What it might become (see candidate.kind).';
COMMENT ON COLUMN decision.source_id IS 'The source it was read in (source.source_id).';
COMMENT ON COLUMN decision.capture_sha256 IS 'SHA-256 of the body that the person decided on (capture.body_sha256).';
COMMENT ON COLUMN decision.passage_sha256 IS 'SHA-256 of the words of the passage that the person decided on, in hexadecimal.';
COMMENT ON COLUMN decision.decision IS 'accepted, corrected (accepted with another reading) or rejected.';
COMMENT ON COLUMN decision."by" IS 'Who decided.';
COMMENT ON COLUMN decision.why IS 'Why, where it was rejected or needs a word.';
COMMENT ON COLUMN decision.reading IS 'What the machine read, as JSON.';
COMMENT ON COLUMN decision.decided IS 'What the person decided: table, name and cells of the register row, as JSON; empty where it was rejected.';

CREATE TABLE vocabulary (list VARCHAR NOT NULL, value VARCHAR NOT NULL, label VARCHAR NOT NULL, position INTEGER NOT NULL);
COMMENT ON TABLE vocabulary IS 'The closed lists of words that the other tables use, with their plain meaning.';
COMMENT ON COLUMN vocabulary.list IS 'Table and column whose cells come from this list.';
COMMENT ON COLUMN vocabulary.value IS 'The word as cells hold it.';
COMMENT ON COLUMN vocabulary.label IS 'The same in plain words.';
COMMENT ON COLUMN vocabulary.position IS 'Its place in the list, from 1.';

CREATE TABLE build (built_at TIMESTAMP NOT NULL, register_sha256 VARCHAR NOT NULL, software VARCHAR NOT NULL, lake_snapshot BIGINT);
COMMENT ON TABLE build IS 'When and from what this database was built: one row.';
COMMENT ON COLUMN build.built_at IS 'When it was built, UTC. The only cell that differs between two builds of the same inputs.';
COMMENT ON COLUMN build.register_sha256 IS 'SHA-256 over the names and hashes of the register''s files.';
COMMENT ON COLUMN build.software IS 'Version of this software.';
COMMENT ON COLUMN build.lake_snapshot IS 'Snapshot of the lake that holds all that was collected, where machines share one; empty where some was not shared.';
