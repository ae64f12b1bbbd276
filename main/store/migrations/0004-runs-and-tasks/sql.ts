/**
 * A run and its tasks in columns. What changes while a job lives (`runs`, `tasks`, `run_files`) stands apart from what is written once
 * (`run_inputs`, compressed); lists, filters, counts and insights read columns and indexes only.
 *
 * Here the tables are made and the old ones go: on a file with jobs only after `convert` has carried them over (rebuild.ts).
 */
export const sql = `
CREATE TABLE runs (
  seq              INTEGER PRIMARY KEY,
  run_id           TEXT NOT NULL UNIQUE,
  -- null for a job that was submitted elsewhere
  request_id       TEXT UNIQUE,
  origin           TEXT NOT NULL CHECK (origin IN ('slipway', 'elsewhere')),
  -- the runs of one intent (a sweep, a table of values); none yet
  batch_id         TEXT,
  cluster_id       TEXT NOT NULL,
  user             TEXT NOT NULL,
  name             TEXT NOT NULL,
  template_id      TEXT NOT NULL,
  template_source  TEXT NOT NULL,
  template_version TEXT NOT NULL,
  template_hash    TEXT NOT NULL,
  image_path       TEXT,
  run_folder       TEXT NOT NULL,
  -- what was asked for: sbatch's spelling of --array, the account, the QOS, the GPUs of each task over all of its nodes
  array            TEXT,
  account          TEXT,
  qos              TEXT,
  gpus             INTEGER NOT NULL,
  -- the estimate, in the currency's major unit; and in the cluster's own billing units
  cost_total       REAL,
  cost_currency    TEXT,
  cost_billing     REAL,

  -- the submission; times are epoch milliseconds, durations seconds, all through
  created_at       REAL NOT NULL,
  phase            TEXT NOT NULL,
  job_id           TEXT,
  slurm_cluster    TEXT,
  submitted_at     REAL,
  -- why it was refused, as JSON
  error            TEXT,

  -- what the tasks come to (shared/domain/job/foldTasks.ts)
  state            TEXT,
  reason           TEXT,
  cancelled_who    TEXT,
  cancelled_name   TEXT,
  restarts         INTEGER,
  end_watched_until REAL,
  exit_code        INTEGER,
  signal           INTEGER,
  nodes            TEXT,
  partition        TEXT,
  time_limit       REAL,
  elapsed          REAL,
  progress         REAL,
  progress_text    TEXT,
  expected_start   REAL,
  started_at       REAL,
  ended_at         REAL,
  tasks_total      INTEGER NOT NULL,
  tasks_pending    INTEGER NOT NULL,
  tasks_running    INTEGER NOT NULL,
  tasks_ok         INTEGER NOT NULL,
  tasks_bad        INTEGER NOT NULL,
  tasks_cancelled  INTEGER NOT NULL,
  tasks_unknown    INTEGER NOT NULL,

  -- Slurm's state, or the phase of the submission before there is one: the word that the list shows
  display_state    TEXT NOT NULL,
  -- the group of the state (shared/domain/job/state.ts), null before there is one
  state_group      TEXT,
  -- its cluster is asked about it
  watched          INTEGER NOT NULL CHECK (watched IN (0, 1)),
  -- lower case; what the text filter looks through
  search           TEXT NOT NULL
) STRICT;
-- Both cover any filter and its count, newest first; the second is three times as large, for those who look for a text.
CREATE INDEX runs_newest ON runs (created_at, seq, display_state, cluster_id, template_id);
CREATE INDEX runs_newest_text ON runs (created_at, seq, display_state, cluster_id, template_id, search);
-- Covers the counts of the status bar.
CREATE INDEX runs_watched ON runs (cluster_id, seq, phase, state_group) WHERE watched = 1;

CREATE TABLE run_inputs (
  run_seq    INTEGER PRIMARY KEY REFERENCES runs (seq) ON DELETE CASCADE,
  -- which text of main/store/runs/dictionaries.ts it was compressed with
  dictionary INTEGER NOT NULL,
  -- JSON of script, parameters, request and generated texts; raw deflate
  content    BLOB NOT NULL
) STRICT;

CREATE TABLE run_files (
  run_seq     INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  slot        TEXT,
  name        TEXT NOT NULL,
  remote_name TEXT NOT NULL,
  size        REAL NOT NULL,
  sha256      TEXT,
  uploaded    INTEGER NOT NULL CHECK (uploaded IN (0, 1)),
  -- of a local file; null for a text that was generated, which is in run_inputs
  handle      TEXT,
  -- whether a local file is converted to UTF-8 and Unix line ends on the way; null: as if it were not said
  convert     INTEGER,
  PRIMARY KEY (run_seq, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  run_seq     INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
  -- SLURM_ARRAY_TASK_ID; -1 where there is none
  task        INTEGER NOT NULL,
  state_group TEXT NOT NULL,
  job_id      TEXT,
  state       TEXT,
  reason      TEXT,
  cancelled_who  TEXT,
  cancelled_name TEXT,
  restarts    INTEGER NOT NULL,
  -- earlier starts, as JSON; null for none
  attempts    TEXT,
  end_watched_until REAL,
  exit_code   INTEGER,
  signal      INTEGER,
  nodes       TEXT,
  partition   TEXT,
  time_limit  REAL,
  elapsed     REAL,
  progress    REAL,
  progress_text TEXT,
  expected_start REAL,
  started_at  REAL,
  ended_at    REAL,
  PRIMARY KEY (run_seq, task)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_events (
  run_seq  INTEGER NOT NULL REFERENCES runs (seq) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  -- the index of the task that it is about; null for the run as a whole
  task     INTEGER,
  at       REAL NOT NULL,
  state    TEXT NOT NULL,
  detail   TEXT NOT NULL,
  PRIMARY KEY (run_seq, position)
) STRICT, WITHOUT ROWID;

-- Jobs of older versions that could not be read: whole, as they were, for whoever can.
CREATE TABLE unreadable_jobs (
  run_id     TEXT NOT NULL,
  request_id TEXT NOT NULL,
  reason     TEXT NOT NULL,
  -- rows of the old tables, as JSON of columns
  job        TEXT NOT NULL,
  record     TEXT,
  events     TEXT NOT NULL
) STRICT;

DROP TABLE job_events;
DROP TABLE job_records;
DROP TABLE jobs;
`;
