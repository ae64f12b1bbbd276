-- A store as version 5 wrote it: what version 4 had, and an image.
PRAGMA foreign_keys = OFF;
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
CREATE TABLE template_index (
  seq     INTEGER PRIMARY KEY,
  -- the library's folder, and the file's path within it
  root    TEXT NOT NULL,
  file    TEXT NOT NULL,
  -- an IndexedTemplate
  entry   TEXT NOT NULL,
  -- what is searched, as it is shown
  text    TEXT NOT NULL,
  UNIQUE (root, file)
) STRICT;
CREATE VIRTUAL TABLE template_search USING fts5 (name, about, fields, script, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3');
CREATE TABLE template_versions (
  seq         INTEGER PRIMARY KEY,
  source      TEXT NOT NULL,
  template_id TEXT NOT NULL,
  -- SHA-256 of the text
  hash        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  written_by  TEXT NOT NULL CHECK (written_by IN ('saved', 'found')),
  version     TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  -- UTF-8, raw deflate
  content     BLOB NOT NULL,
  UNIQUE (source, template_id, hash)
) STRICT;
CREATE TABLE template_usage (
  source      TEXT NOT NULL,
  template_id TEXT NOT NULL,
  uses        INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  PRIMARY KEY (source, template_id)
) STRICT, WITHOUT ROWID;
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
CREATE INDEX runs_newest ON runs (created_at, seq, display_state, cluster_id, template_id);
CREATE INDEX runs_newest_text ON runs (created_at, seq, display_state, cluster_id, template_id, search);
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
CREATE TABLE unreadable_jobs (
  run_id     TEXT NOT NULL,
  request_id TEXT NOT NULL,
  reason     TEXT NOT NULL,
  -- rows of the old tables, as JSON of columns
  job        TEXT NOT NULL,
  record     TEXT,
  events     TEXT NOT NULL
) STRICT;
CREATE TABLE images (
  seq         INTEGER PRIMARY KEY,
  cluster_id  TEXT NOT NULL,
  -- the compute node on which it was seen; empty: the login node
  node        TEXT NOT NULL,
  path        TEXT NOT NULL,
  partition   TEXT,
  -- where the folder of the profile leads in which it was found
  folder      TEXT NOT NULL,
  name        TEXT NOT NULL,
  -- paths of links to it, as JSON; null for none
  other_paths TEXT,
  -- bytes, epoch seconds, epoch milliseconds
  size        REAL NOT NULL,
  modified_at REAL NOT NULL,
  scanned_at  REAL NOT NULL,
  active      INTEGER NOT NULL CHECK (active IN (0, 1)),
  -- the version of the reader that read it
  reader      INTEGER NOT NULL,
  uuid        TEXT,
  -- SHA-256, and of which size, time and UUID
  digest      TEXT,
  digest_of   TEXT,
  -- what lists show beside that, as JSON (ImageFacts)
  facts       TEXT NOT NULL,
  UNIQUE (cluster_id, node, path)
) STRICT;

CREATE TABLE image_metadata (
  image_seq INTEGER PRIMARY KEY REFERENCES images (seq) ON DELETE CASCADE,
  -- ImageMetadata as JSON, UTF-8, raw deflate; null where the image could not be read
  metadata  BLOB,
  -- what the cluster's own program said of it: when, which one; as JSON
  inspected TEXT
) STRICT;

CREATE TABLE image_folders (
  cluster_id TEXT NOT NULL,
  node       TEXT NOT NULL,
  -- as the profile names it, and where that leads
  folder     TEXT NOT NULL,
  path       TEXT NOT NULL,
  partition  TEXT,
  scanned_at REAL NOT NULL,
  found      INTEGER NOT NULL,
  -- what of it was not read, as JSON
  unreadable TEXT NOT NULL,
  PRIMARY KEY (cluster_id, node, folder)
) STRICT, WITHOUT ROWID;

-- How often an image was used, and last: of a hundred thousand runs by this index alone.
CREATE INDEX runs_by_image ON runs (cluster_id, image_path, phase, created_at) WHERE image_path IS NOT NULL;
INSERT INTO documents VALUES ('clusters', 'cori', '{"id":"cori","name":"Cori","kind":"ssh","rates":{"currency":"USD","nodeHour":0.5,"memoryGbHour":0.01,"gpuHour":0.35,"coreHour":0}}');
INSERT INTO documents VALUES ('settings', 'settings', '{"theme":"dark"}');
INSERT INTO file_handles VALUES ('f0123456789abcdef', '/home/mia/train.py', 3);
INSERT INTO template_index VALUES (1, '/home/mia/templates', 'pytorch.yaml', '{"size":33,"modifiedAt":1795000000000,"parser":"0.0.0","id":"pytorch-training","fileHash":"aa","hash":"aa","usable":true,"displayName":"PyTorch","description":"","category":"ml","tags":[],"version":"1","author":"","problems":[]}', 'PyTorch');
INSERT INTO template_search (rowid, name, about, fields, script) VALUES (1, 'pytorch', '', '', '');
INSERT INTO template_versions VALUES (1, 'private', 'pytorch-training', 'aa', 1795000000000, 'saved', '1', 33, x'2b49cd2dc8492c49b552a8ce4cb15228a82cc92f4aced02d294acccccbcc4bafe50200');
INSERT INTO template_usage VALUES ('official', 'pytorch-training', 1, 1795000000001);
INSERT INTO runs VALUES (1, 'r000000000001', 'request-1', 'slipway', NULL, 'demo', 'mia', 'resnet-lr3', 'pytorch-training', 'official', '1.0.0', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '/opt/apptainers/pytorch_cuda.sif', '/home/mia/slipway/runs/resnet-lr3', NULL, NULL, NULL, 1, 3.28, 'USD', NULL, 1795000000001, 'submitted', '4711', NULL, NULL, NULL, 'COMPLETED', NULL, NULL, NULL, NULL, NULL, 0, NULL, 'gpu1', 'gpu', 14400, NULL, NULL, NULL, NULL, NULL, NULL, 1, 0, 0, 1, 0, 0, 0, 'COMPLETED', 'ok', 0, 'resnet-lr3
4711
pytorch-training
demo
mia
gpu
gpu1
completed');
INSERT INTO runs VALUES (2, 'r000000000002', 'request-2', 'slipway', NULL, 'demo', 'mia', 'resnet-lr4', 'pytorch-training', 'official', '1.0.0', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '/opt/apptainers/pytorch_cuda.sif', '/home/mia/slipway/runs/resnet-lr4', NULL, NULL, NULL, 1, NULL, NULL, NULL, 1795000000002, 'ambiguous', NULL, NULL, NULL, '{"name":"SUBMISSION_AMBIGUOUS","code":4006,"message":"It is not known whether Slurm took the job.","hint":"","details":{},"retry":false}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'gpu', 14400, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 'ambiguous', NULL, 1, 'resnet-lr4
pytorch-training
demo
mia
gpu
ambiguous');
INSERT INTO run_inputs VALUES (1, 1, x'c3d5d92e292a4d8dc953421994c21c86420c35c186864cb00f0da18fe428a516e42767142b59191b80467e4a327333ab52418342892989b9a0711f424330c67a461648633828030800');
INSERT INTO run_inputs VALUES (2, 1, x'c3d5d92e292a4d8dc953421994c21c86420c35c186864cb00f0da18fe428a516e42767142b59191b80467e4a327333ab52418342892989b9a0711fc8100c74d8063e340000');
INSERT INTO run_files VALUES (1, 0, 'training_script', 'train.py', 'train.py', 4096, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 'f0123456789abcdef', NULL);
INSERT INTO run_files VALUES (2, 0, 'training_script', 'train.py', 'train.py', 4096, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1, 'f0123456789abcdef', NULL);
INSERT INTO tasks VALUES (1, -1, 'ok', '4711', 'COMPLETED', NULL, NULL, NULL, 0, NULL, NULL, 0, NULL, 'gpu1', 'gpu', 14400, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO run_events VALUES (1, 1, NULL, 1, 'PENDING', 'job 4711');
INSERT INTO run_events VALUES (1, 2, NULL, 2, 'COMPLETED', '');
INSERT INTO images VALUES (1, 'demo', '', '/opt/apptainers/pytorch.sif', NULL, '/opt/apptainers', 'pytorch.sif', '["/opt/apptainers/latest.sif"]', 4096, 1795000000, 1795000000001, 1, 1, '11111111-2222-3333-4444-555555555555', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '4096 1795000000 11111111-2222-3333-4444-555555555555', '{"kind":"sif","type":"custom","title":"PyTorch","version":null,"description":null,"architecture":"unknown","gpu":{"need":"unknown","evidence":[]},"mpi":null,"apps":["python"],"labels":{},"signed":null,"encrypted":false,"fileSystem":null,"uuid":"11111111-2222-3333-4444-555555555555","createdAt":null,"problem":null}');
INSERT INTO image_metadata VALUES (1, x'5550c94ec33010fd97777650b3b412be21247ea01217c4c1d8133aaa338ebc1485aaff8e429b40e7f4368ddecc19de7c904fd067bc524c1c041acd438d8bba5afb50a22568b0a4916c9e130a8e7a16fe255a8af70a661c13f4dbbb02c989639081245f855824d9c8635eb2299b98efa54c69c507f2e3828f2c0e1a897b2824fe26e86ef3b89b71ff57785343a1149ea3f56daaa6699aaa6ddbb6eabaaeabb6ff060a3692c9e49e32f45661088e7b5ea989f6c0996c2e713edd0c6ed7e15e7e0e8e96923184fcc29ef653ca342c6a3851f466ba7d25585ecfe74f31f38ef561364e632607dd1b9f48a1c851c297ccf6e507', NULL);
INSERT INTO image_folders VALUES ('demo', '', '~/images', '/opt/apptainers', NULL, 1795000000001, 1, '[]');
PRAGMA application_id = 1397510231;
PRAGMA user_version = 5;
