-- What was collected and what was read out of it. All times are UTC.

CREATE TABLE run (
  run_id VARCHAR PRIMARY KEY, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP, state VARCHAR NOT NULL,
  sources INTEGER NOT NULL, options VARCHAR, agent VARCHAR, version VARCHAR, lake_snapshot BIGINT
);
COMMENT ON TABLE run IS 'One collection: a walk over the declared sources.';
COMMENT ON COLUMN run.run_id IS 'Name of the run: its start in UTC and a short random part; sorts by time.';
COMMENT ON COLUMN run.started_at IS 'Start, UTC.';
COMMENT ON COLUMN run.ended_at IS 'End, UTC; empty while it runs, and for ever where it was killed.';
COMMENT ON COLUMN run.state IS 'running, finished, or interrupted (a later run found it unfinished).';
COMMENT ON COLUMN run.sources IS 'Number of sources it set out to ask.';
COMMENT ON COLUMN run.options IS 'What it was asked to do, as JSON.';
COMMENT ON COLUMN run.agent IS 'User-Agent header sent with each request.';
COMMENT ON COLUMN run.version IS 'Version of this software.';
COMMENT ON COLUMN run.lake_snapshot IS 'Snapshot of the lake that it came in with, where machines share one; empty where it is not shared.';

CREATE TABLE attempt (
  attempt_id VARCHAR PRIMARY KEY, run_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL,
  ended_at TIMESTAMP NOT NULL, outcome VARCHAR NOT NULL, detail VARCHAR NOT NULL, live_outcome VARCHAR,
  http_status INTEGER, tries INTEGER NOT NULL, capture_id VARCHAR
);
COMMENT ON TABLE attempt IS 'One try at one source in one run, with exactly one outcome.';
COMMENT ON COLUMN attempt.attempt_id IS 'Name of the attempt; sorts by time.';
COMMENT ON COLUMN attempt.run_id IS 'The run (run.run_id).';
COMMENT ON COLUMN attempt.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN attempt.started_at IS 'Start, UTC.';
COMMENT ON COLUMN attempt.ended_at IS 'End, UTC.';
COMMENT ON COLUMN attempt.outcome IS 'What came of it (vocabulary attempt.outcome). "captured" may rest on a web archive: see live_outcome.';
COMMENT ON COLUMN attempt.detail IS 'The outcome in a sentence.';
COMMENT ON COLUMN attempt.live_outcome IS 'What the live page itself answered, in the same words; differs from outcome where an archive gave the capture.';
COMMENT ON COLUMN attempt.http_status IS 'Status code of the last live answer, if there was one.';
COMMENT ON COLUMN attempt.tries IS 'Number of requests for the page, retries included.';
COMMENT ON COLUMN attempt.capture_id IS 'The capture it made or found unchanged (capture.capture_id).';

CREATE TABLE capture (
  capture_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, run_id VARCHAR NOT NULL, origin VARCHAR NOT NULL,
  requested_url VARCHAR NOT NULL, final_url VARCHAR NOT NULL, redirects VARCHAR, memento_url VARCHAR,
  captured_at TIMESTAMP NOT NULL, fetched_at TIMESTAMP NOT NULL, status INTEGER NOT NULL, headers VARCHAR NOT NULL,
  media_type VARCHAR, charset VARCHAR, body_sha256 VARCHAR NOT NULL, body_bytes BIGINT NOT NULL, payload_sha256 VARCHAR,
  ip VARCHAR, warc_file VARCHAR NOT NULL, warc_offset BIGINT NOT NULL, warc_record_id VARCHAR NOT NULL,
  is_revisit BOOLEAN NOT NULL, verdict VARCHAR NOT NULL, verdict_why VARCHAR, fetcher VARCHAR NOT NULL,
  part VARCHAR NOT NULL DEFAULT 'page'
);
COMMENT ON TABLE capture IS 'Bytes as served at one moment, live or by a web archive, and where they are kept.';
COMMENT ON COLUMN capture.capture_id IS 'Name of the capture; sorts by the time of fetching.';
COMMENT ON COLUMN capture.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN capture.run_id IS 'The run that made it (run.run_id).';
COMMENT ON COLUMN capture.origin IS 'live, or the name of the web archive that served it.';
COMMENT ON COLUMN capture.requested_url IS 'Address that was asked for.';
COMMENT ON COLUMN capture.final_url IS 'Address that answered, after redirects.';
COMMENT ON COLUMN capture.redirects IS 'Redirects on the way, as a JSON list of {status, url, location}.';
COMMENT ON COLUMN capture.memento_url IS 'Address of the archive''s copy, where an archive served it.';
COMMENT ON COLUMN capture.captured_at IS 'When the page looked so, UTC: for a copy from an archive the time that the archive gives.';
COMMENT ON COLUMN capture.fetched_at IS 'When these bytes reached this record, UTC.';
COMMENT ON COLUMN capture.status IS 'HTTP status code.';
COMMENT ON COLUMN capture.headers IS 'Response headers, as a JSON list of [name, value].';
COMMENT ON COLUMN capture.media_type IS 'Media type as served.';
COMMENT ON COLUMN capture.charset IS 'Character encoding by which the text was read.';
COMMENT ON COLUMN capture.body_sha256 IS 'SHA-256 of the body after content decoding, in hexadecimal.';
COMMENT ON COLUMN capture.body_bytes IS 'Length of that body, bytes.';
COMMENT ON COLUMN capture.payload_sha256 IS 'SHA-256 of the body as it came, before content decoding: the WARC payload digest.';
COMMENT ON COLUMN capture.ip IS 'Address of the server that answered.';
COMMENT ON COLUMN capture.warc_file IS 'File in captures/ that holds it.';
COMMENT ON COLUMN capture.warc_offset IS 'Where the response record begins in that file, bytes.';
COMMENT ON COLUMN capture.warc_record_id IS 'WARC-Record-ID of the response or revisit record.';
COMMENT ON COLUMN capture.is_revisit IS 'Whether the body was the same as in an earlier capture, which holds the bytes.';
COMMENT ON COLUMN capture.verdict IS 'The quality gate''s word (vocabulary capture.verdict). Only good ones become versions.';
COMMENT ON COLUMN capture.verdict_why IS 'What the verdict rests on.';
COMMENT ON COLUMN capture.fetcher IS 'Software and version that fetched it.';
COMMENT ON COLUMN capture.part IS 'page: what the source''s address served. data: what a machine address of the same page, or a further address that holds the rest of it, served; never compared, and no version.';

CREATE TABLE extraction (
  extraction_id VARCHAR PRIMARY KEY, capture_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, extractor VARCHAR NOT NULL,
  title VARCHAR, text VARCHAR NOT NULL, published_on VARCHAR, published_how VARCHAR, updated_on VARCHAR,
  updated_how VARCHAR, author VARCHAR, language VARCHAR, pages INTEGER, problem VARCHAR, text_sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE extraction IS 'Text, title and dates read out of one capture by one extractor.';
COMMENT ON COLUMN extraction.extraction_id IS 'Name of the row, made from capture and extractor.';
COMMENT ON COLUMN extraction.capture_id IS 'What was read (capture.capture_id).';
COMMENT ON COLUMN extraction.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN extraction.extractor IS 'Extractor and its version.';
COMMENT ON COLUMN extraction.title IS 'Title as read.';
COMMENT ON COLUMN extraction.text IS 'Main text as read, personal contact details masked.';
COMMENT ON COLUMN extraction.published_on IS 'Date of publication that the page states: YYYY, YYYY-MM or YYYY-MM-DD.';
COMMENT ON COLUMN extraction.published_how IS 'How that date was read: json-ld, meta, time, label, url, text.';
COMMENT ON COLUMN extraction.updated_on IS 'Date of the last change that the page states.';
COMMENT ON COLUMN extraction.updated_how IS 'How that date was read.';
COMMENT ON COLUMN extraction.author IS 'Author as the page states.';
COMMENT ON COLUMN extraction.language IS 'Language of the text, as the page states (BCP 47).';
COMMENT ON COLUMN extraction.pages IS 'Number of pages, for paged files.';
COMMENT ON COLUMN extraction.problem IS 'Why nothing, or not all, could be read.';
COMMENT ON COLUMN extraction.text_sha256 IS 'SHA-256 of the text, in hexadecimal.';

-- Without an index: that of a million passages took more memory, time and room than their texts, and no query used it.
CREATE TABLE passage (
  passage_id VARCHAR NOT NULL, extraction_id VARCHAR NOT NULL, capture_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  position INTEGER NOT NULL, kind VARCHAR NOT NULL, heading VARCHAR, text VARCHAR NOT NULL, page_number INTEGER,
  char_start INTEGER NOT NULL, char_end INTEGER NOT NULL
);
COMMENT ON TABLE passage IS 'One heading, paragraph, list item, table row or block of an extraction.';
COMMENT ON COLUMN passage.passage_id IS 'Name of the row: extraction and position.';
COMMENT ON COLUMN passage.extraction_id IS 'The extraction (extraction.extraction_id).';
COMMENT ON COLUMN passage.capture_id IS 'The capture (capture.capture_id).';
COMMENT ON COLUMN passage.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN passage.position IS 'Its place in the text, from 1.';
COMMENT ON COLUMN passage.kind IS 'heading, paragraph, list-item, table-row or block.';
COMMENT ON COLUMN passage.heading IS 'The heading under which it stands.';
COMMENT ON COLUMN passage.text IS 'Its text, personal contact details masked.';
COMMENT ON COLUMN passage.page_number IS 'Page of the file, from 1, where it has pages.';
COMMENT ON COLUMN passage.char_start IS 'Where it begins in extraction.text, in characters from 0.';
COMMENT ON COLUMN passage.char_end IS 'Where it ends there, in characters, exclusive.';

CREATE TABLE link (
  capture_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, position INTEGER NOT NULL, url VARCHAR NOT NULL, text VARCHAR
);
COMMENT ON TABLE link IS 'One outgoing link of a captured page.';
COMMENT ON COLUMN link.capture_id IS 'The capture (capture.capture_id).';
COMMENT ON COLUMN link.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN link.position IS 'Its place on the page, from 1.';
COMMENT ON COLUMN link.url IS 'Where it leads, as an absolute address.';
COMMENT ON COLUMN link.text IS 'The words of the link.';

CREATE TABLE version (
  version_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, number INTEGER NOT NULL, first_capture_id VARCHAR NOT NULL,
  last_capture_id VARCHAR NOT NULL, first_at TIMESTAMP NOT NULL, last_at TIMESTAMP NOT NULL, captures INTEGER NOT NULL,
  extractor VARCHAR NOT NULL, compared_sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE version IS 'A stretch of good captures of one source that say the same.';
COMMENT ON COLUMN version.version_id IS 'Name of the row: source and number.';
COMMENT ON COLUMN version.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN version.number IS 'Its place among the versions of the source, from 1.';
COMMENT ON COLUMN version.first_capture_id IS 'First capture of the stretch (capture.capture_id).';
COMMENT ON COLUMN version.last_capture_id IS 'Last capture of the stretch (capture.capture_id).';
COMMENT ON COLUMN version.first_at IS 'Time of the first capture, UTC.';
COMMENT ON COLUMN version.last_at IS 'Time of the last capture, UTC.';
COMMENT ON COLUMN version.captures IS 'Number of good captures in the stretch.';
COMMENT ON COLUMN version.extractor IS 'Extractor and version by which the captures were read and compared.';
COMMENT ON COLUMN version.compared_sha256 IS 'SHA-256 of the text without its noise, which is what was compared.';

CREATE TABLE change (
  change_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, number INTEGER NOT NULL, from_version_id VARCHAR NOT NULL,
  to_version_id VARCHAR NOT NULL, after_at TIMESTAMP NOT NULL, before_at TIMESTAMP NOT NULL, level VARCHAR NOT NULL,
  words_added INTEGER NOT NULL, words_removed INTEGER NOT NULL, share_changed DOUBLE NOT NULL, passages VARCHAR
);
COMMENT ON TABLE change IS 'The step between two versions of one source. Never made by a better reading of the same bytes.';
COMMENT ON COLUMN change.change_id IS 'Name of the row: source and number.';
COMMENT ON COLUMN change.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN change.number IS 'Given in the order in which the changes of the source became known, from 1, and never given anew: a copy that comes in later from an archive takes a new number.';
COMMENT ON COLUMN change.from_version_id IS 'The version before (version.version_id).';
COMMENT ON COLUMN change.to_version_id IS 'The version after (version.version_id).';
COMMENT ON COLUMN change.after_at IS 'The page still looked as before at this time, UTC.';
COMMENT ON COLUMN change.before_at IS 'The page looked as after at this time, UTC: the change lies between the two.';
COMMENT ON COLUMN change.level IS 'wording, substance (a body, figure, date or decision is touched) or whole-page.';
COMMENT ON COLUMN change.words_added IS 'Number of words added.';
COMMENT ON COLUMN change.words_removed IS 'Number of words removed.';
COMMENT ON COLUMN change.share_changed IS 'Share of the words that changed, 0 to 1.';
COMMENT ON COLUMN change.passages IS 'The passages added, removed or altered, as a JSON list of {op, before, after, heading}.';

CREATE TABLE disappearance (
  disappearance_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, number INTEGER NOT NULL, present_at TIMESTAMP NOT NULL,
  absent_at TIMESTAMP NOT NULL, confirmed_at TIMESTAMP NOT NULL, outcome VARCHAR NOT NULL, returned_at TIMESTAMP,
  memento_url VARCHAR, memento_at TIMESTAMP
);
COMMENT ON TABLE disappearance IS 'A source that answered and then stopped: present at one time, absent at two later ones at least a day apart.';
COMMENT ON COLUMN disappearance.disappearance_id IS 'Name of the row: source and number.';
COMMENT ON COLUMN disappearance.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN disappearance.number IS 'Its place among the disappearances of the source, from 1.';
COMMENT ON COLUMN disappearance.present_at IS 'Last time it was seen, UTC.';
COMMENT ON COLUMN disappearance.absent_at IS 'First time it was not there, UTC.';
COMMENT ON COLUMN disappearance.confirmed_at IS 'A later time, at least a day after, when it still was not there, UTC.';
COMMENT ON COLUMN disappearance.outcome IS 'What was answered instead (vocabulary attempt.outcome).';
COMMENT ON COLUMN disappearance.returned_at IS 'When it was seen again, UTC; empty if it was not.';
COMMENT ON COLUMN disappearance.memento_url IS 'The last copy in a web archive.';
COMMENT ON COLUMN disappearance.memento_at IS 'Time of that copy, UTC.';

CREATE TABLE mention (
  mention_id VARCHAR PRIMARY KEY, passage_id VARCHAR NOT NULL, capture_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL,
  org_id VARCHAR NOT NULL, words VARCHAR NOT NULL, char_start INTEGER NOT NULL, char_end INTEGER NOT NULL, near VARCHAR NOT NULL
);
COMMENT ON TABLE mention IS 'A passage that names an organisation near the programme''s name.';
COMMENT ON COLUMN mention.mention_id IS 'Name of the row: passage, organisation and place.';
COMMENT ON COLUMN mention.passage_id IS 'The passage (passage.passage_id).';
COMMENT ON COLUMN mention.capture_id IS 'The capture (capture.capture_id).';
COMMENT ON COLUMN mention.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN mention.org_id IS 'The body named (organisation.org_id).';
COMMENT ON COLUMN mention.words IS 'The words by which it is named.';
COMMENT ON COLUMN mention.char_start IS 'Where they begin in the passage, in characters from 0.';
COMMENT ON COLUMN mention.char_end IS 'Where they end there, in characters, exclusive.';
COMMENT ON COLUMN mention.near IS 'Where the programme is named: passage, heading or page.';

CREATE TABLE candidate (
  candidate_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, source_id VARCHAR, capture_id VARCHAR, passage_id VARCHAR,
  reading VARCHAR NOT NULL, confidence DOUBLE NOT NULL, rule VARCHAR NOT NULL, found_at TIMESTAMP NOT NULL,
  state VARCHAR NOT NULL, decided_by VARCHAR, decided_on DATE, decision VARCHAR, row_id VARCHAR
);
COMMENT ON TABLE candidate IS 'Something the machine read that may be a fact. Found, not yet checked, until a person decides.';
COMMENT ON COLUMN candidate.candidate_id IS 'Name of the row, made from what was read and where.';
COMMENT ON COLUMN candidate.kind IS 'What it may become: adoption, claimed_total, petition_reading, statement, review_event, event, organisation, foi or source.';
COMMENT ON COLUMN candidate.source_id IS 'The source it was read in (source.source_id).';
COMMENT ON COLUMN candidate.capture_id IS 'The capture it was read in (capture.capture_id).';
COMMENT ON COLUMN candidate.passage_id IS 'The passage it was read in (passage.passage_id).';
COMMENT ON COLUMN candidate.reading IS 'What was read, as JSON.';
COMMENT ON COLUMN candidate.confidence IS 'How sure the rule is, 0 to 1.';
COMMENT ON COLUMN candidate.rule IS 'The rule that read it.';
COMMENT ON COLUMN candidate.found_at IS 'Time of the capture, UTC.';
COMMENT ON COLUMN candidate.state IS 'open, accepted (by a person, or because the register says the same already), corrected, rejected or reopened (the page changed under the decision).';
COMMENT ON COLUMN candidate.decided_by IS 'Who decided.';
COMMENT ON COLUMN candidate.decided_on IS 'Day of the decision.';
COMMENT ON COLUMN candidate.row_id IS 'The row of the register that says so already, or that accepting it made; empty where there is none.';
COMMENT ON COLUMN candidate.decision IS 'What the person decided, as JSON, or why not.';

CREATE TABLE observation (
  observation_id VARCHAR PRIMARY KEY, source_id VARCHAR NOT NULL, capture_id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
  found_at TIMESTAMP NOT NULL, reading VARCHAR NOT NULL, where_read VARCHAR NOT NULL, family VARCHAR NOT NULL,
  version VARCHAR NOT NULL
);
COMMENT ON TABLE observation IS 'What a page of a known kind of site states of itself at one moment: a count, a state, a history of changes, the size of a deck. Read by machine, decided by nobody; one row for each capture, so that figures make a series.';
COMMENT ON COLUMN observation.observation_id IS 'Name of the row: capture and place among what was read there.';
COMMENT ON COLUMN observation.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN observation.capture_id IS 'The capture it was read in (capture.capture_id).';
COMMENT ON COLUMN observation.kind IS 'What it is about: petition_reading, petition_by_country, petition_by_constituency, page, foi, foi_history, statement, written_question, event, organisation, deck, file or another word of its family.';
COMMENT ON COLUMN observation.found_at IS 'Time of the capture, UTC: when it was so.';
COMMENT ON COLUMN observation.reading IS 'What was read, as JSON.';
COMMENT ON COLUMN observation.where_read IS 'Where it stands in the body: a selector or a path.';
COMMENT ON COLUMN observation.family IS 'The family of sites that read it.';
COMMENT ON COLUMN observation.version IS 'Version of that family.';

CREATE TABLE evidence (
  "table" VARCHAR NOT NULL, row_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, capture_id VARCHAR, passage_id VARCHAR,
  state VARCHAR NOT NULL, found_terms VARCHAR[], missing_terms VARCHAR[]
);
COMMENT ON TABLE evidence IS 'The link from a register row to the passage that supports it, one for each good capture of its source.';
COMMENT ON COLUMN evidence."table" IS 'Table of the register row.';
COMMENT ON COLUMN evidence.row_id IS 'Name of the register row.';
COMMENT ON COLUMN evidence.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN evidence.capture_id IS 'The capture searched (capture.capture_id); empty where there is none.';
COMMENT ON COLUMN evidence.passage_id IS 'The passage that supports the row best (passage.passage_id).';
COMMENT ON COLUMN evidence.state IS 'found, partly, not-found or no-capture.';
COMMENT ON COLUMN evidence.found_terms IS 'What of the row stands in the passage.';
COMMENT ON COLUMN evidence.missing_terms IS 'What of the row does not.';

CREATE TABLE rereading (
  capture_id VARCHAR NOT NULL, source_id VARCHAR NOT NULL, from_extractor VARCHAR NOT NULL, to_extractor VARCHAR NOT NULL,
  words_added INTEGER NOT NULL, words_removed INTEGER NOT NULL
);
COMMENT ON TABLE rereading IS 'Where a newer extractor reads other words out of the same bytes: our change, never the page''s, and so in no feed and no timeline.';
COMMENT ON COLUMN rereading.capture_id IS 'What was read again (capture.capture_id).';
COMMENT ON COLUMN rereading.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN rereading.from_extractor IS 'The older extractor and its version.';
COMMENT ON COLUMN rereading.to_extractor IS 'The newer extractor and its version.';
COMMENT ON COLUMN rereading.words_added IS 'Number of words that only the newer one reads.';
COMMENT ON COLUMN rereading.words_removed IS 'Number of words that only the older one reads.';

CREATE TABLE alarm (
  alarm_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, "table" VARCHAR NOT NULL, row_id VARCHAR NOT NULL,
  source_id VARCHAR NOT NULL, change_id VARCHAR NOT NULL, from_capture_id VARCHAR NOT NULL, to_capture_id VARCHAR NOT NULL,
  passage_id VARCHAR, raised_at TIMESTAMP NOT NULL, cleared_at TIMESTAMP, missing_terms VARCHAR[]
);
COMMENT ON TABLE alarm IS 'A change that took away the passage on which a row of the register rests. The row stays: the earlier capture still shows it.';
COMMENT ON COLUMN alarm.alarm_id IS 'Name of the row: kind, register row and change.';
COMMENT ON COLUMN alarm.kind IS 'evidence-lost.';
COMMENT ON COLUMN alarm."table" IS 'Table of the register row.';
COMMENT ON COLUMN alarm.row_id IS 'Name of the register row.';
COMMENT ON COLUMN alarm.source_id IS 'The source (source.source_id).';
COMMENT ON COLUMN alarm.change_id IS 'The change that took it away (change.change_id).';
COMMENT ON COLUMN alarm.from_capture_id IS 'Last capture that holds the passage (capture.capture_id).';
COMMENT ON COLUMN alarm.to_capture_id IS 'First capture that does not (capture.capture_id).';
COMMENT ON COLUMN alarm.passage_id IS 'The passage that is gone (passage.passage_id).';
COMMENT ON COLUMN alarm.raised_at IS 'Time of the capture without it, UTC.';
COMMENT ON COLUMN alarm.cleared_at IS 'Time of a later capture that supports the row again, UTC; empty while none does.';
COMMENT ON COLUMN alarm.missing_terms IS 'What of the row the page no longer holds.';
