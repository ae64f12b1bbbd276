/**
 * `jobs` is narrow, so that filtering and counting 100 000 of them reads little: what is filtered by, and the list's row as
 * JSON. The whole record, with its script, stands in `job_records` and is read one at a time.
 */
export const sql = `
CREATE TABLE jobs (
  seq         INTEGER PRIMARY KEY,
  run_id      TEXT NOT NULL UNIQUE,
  request_id  TEXT NOT NULL UNIQUE,
  cluster_id  TEXT NOT NULL,
  template_id TEXT NOT NULL,
  -- Slurm's state, or the phase of the submission before there is one: the word that the list shows
  standing    TEXT NOT NULL,
  settled     INTEGER NOT NULL CHECK (settled IN (0, 1)),
  created_at  INTEGER NOT NULL,
  -- lower case; what the text filter looks through
  search      TEXT NOT NULL,
  -- a JobRow
  summary     TEXT NOT NULL
) STRICT;
-- Covering: any filter and its count are answered from this index alone, newest first.
CREATE INDEX jobs_newest ON jobs (created_at, seq, standing, cluster_id, template_id, search);
CREATE INDEX jobs_open ON jobs (cluster_id, seq) WHERE settled = 0;

CREATE TABLE job_records (
  run_id TEXT PRIMARY KEY REFERENCES jobs (run_id) ON DELETE CASCADE,
  -- a JobRecord
  record TEXT NOT NULL
) STRICT;

CREATE TABLE job_events (
  seq    INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES jobs (run_id) ON DELETE CASCADE,
  at     INTEGER NOT NULL,
  state  TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX job_events_of_run ON job_events (run_id, seq);

CREATE TABLE documents (
  collection TEXT NOT NULL,
  key        TEXT NOT NULL,
  value      TEXT NOT NULL,
  PRIMARY KEY (collection, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE file_handles (
  handle     TEXT PRIMARY KEY,
  path       TEXT NOT NULL,
  granted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
