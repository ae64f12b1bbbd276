-- A store as version 3 wrote it: what version 2 had, and a cluster with the rates that its user set.
PRAGMA foreign_keys = OFF;
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
INSERT INTO jobs VALUES (1, 'r000000000001', 'request-1', 'demo', 'pytorch-training', 'COMPLETED', 1, 1795000000001, 'resnet-lr3
4711
pytorch-training
demo
mia
gpu
gpu1
completed', '{"runId":"r000000000001","requestId":"request-1","clusterId":"demo","jobId":"4711","name":"resnet-lr3","templateId":"pytorch-training","phase":"submitted","state":"COMPLETED","reason":null,"exitCode":0,"nodes":"gpu1","partition":"gpu","timeLimit":14400,"elapsed":null,"progress":null,"createdAt":1795000000001,"submittedAt":null,"expectedStart":null,"startedAt":null,"endedAt":null,"error":null}');
INSERT INTO jobs VALUES (2, 'r000000000002', 'request-2', 'demo', 'pytorch-training', 'ambiguous', 0, 1795000000002, 'resnet-lr4
pytorch-training
demo
mia
gpu
ambiguous', '{"runId":"r000000000002","requestId":"request-2","clusterId":"demo","jobId":null,"name":"resnet-lr4","templateId":"pytorch-training","phase":"ambiguous","state":null,"reason":null,"exitCode":null,"nodes":null,"partition":"gpu","timeLimit":14400,"elapsed":null,"progress":null,"createdAt":1795000000002,"submittedAt":null,"expectedStart":null,"startedAt":null,"endedAt":null,"error":{"code":4006,"message":"It is not known whether Slurm took the job."}}');
INSERT INTO job_records VALUES ('r000000000001', '{"runId":"r000000000001","requestId":"request-1","clusterId":"demo","user":"mia","jobId":"4711","name":"resnet-lr3","templateId":"pytorch-training","templateSource":"official","templateVersion":"1.0.0","templateHash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","imagePath":"/opt/apptainers/pytorch_cuda.sif","request":{"partition":"gpu","nodes":1,"time":"04:00:00","gres":"gpu:1"},"parameters":{"epochs":30,"optimizer":"adam"},"files":[{"slot":"training_script","name":"train.py","remoteName":"train.py","size":4096,"sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","uploaded":true,"source":{"kind":"local","handle":"f0123456789abcdef"}}],"script":"#!/bin/bash\ntrue\n","runFolder":"/home/mia/slipway/runs/resnet-lr3","phase":"submitted","state":"COMPLETED","reason":null,"exitCode":0,"signal":null,"nodes":"gpu1","partition":"gpu","timeLimit":14400,"elapsed":null,"progress":null,"progressText":null,"createdAt":1795000000001,"submittedAt":null,"expectedStart":null,"startedAt":null,"endedAt":null,"cost":{"currency":"USD","total":3.28,"lines":[]},"error":null}');
INSERT INTO job_records VALUES ('r000000000002', '{"runId":"r000000000002","requestId":"request-2","clusterId":"demo","user":"mia","jobId":null,"name":"resnet-lr4","templateId":"pytorch-training","templateSource":"official","templateVersion":"1.0.0","templateHash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","imagePath":"/opt/apptainers/pytorch_cuda.sif","request":{"partition":"gpu","nodes":1,"time":"04:00:00","gres":"gpu:1"},"parameters":{"epochs":30,"optimizer":"adam"},"files":[{"slot":"training_script","name":"train.py","remoteName":"train.py","size":4096,"sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","uploaded":true,"source":{"kind":"local","handle":"f0123456789abcdef"}}],"script":"#!/bin/bash\ntrue\n","runFolder":"/home/mia/slipway/runs/resnet-lr4","phase":"ambiguous","state":null,"reason":null,"exitCode":null,"signal":null,"nodes":null,"partition":"gpu","timeLimit":14400,"elapsed":null,"progress":null,"progressText":null,"createdAt":1795000000002,"submittedAt":null,"expectedStart":null,"startedAt":null,"endedAt":null,"cost":null,"error":{"code":4006,"name":"SUBMISSION_AMBIGUOUS","message":"It is not known whether Slurm took the job.","hint":"","details":{}}}');
INSERT INTO job_events VALUES (1, 'r000000000001', 1, 'PENDING', 'job 4711');
INSERT INTO job_events VALUES (2, 'r000000000001', 2, 'COMPLETED', '');
INSERT INTO documents VALUES ('clusters', 'cori', '{"id":"cori","name":"Cori","kind":"ssh","rates":{"currency":"USD","nodeHour":0.5,"memoryGbHour":0.01,"gpuHour":0.35,"coreHour":0}}');
INSERT INTO documents VALUES ('settings', 'settings', '{"theme":"dark"}');
INSERT INTO file_handles VALUES ('f0123456789abcdef', '/home/mia/train.py', 3);
PRAGMA application_id = 1397510231;
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
-- Words as main/core/templates/searchWords.ts makes them: rowid is template_index.seq.
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
INSERT INTO template_index VALUES (1, '/home/mia/templates', 'pytorch.yaml', '{"size":33,"modifiedAt":1795000000000,"parser":"0.0.0","id":"pytorch-training","fileHash":"aa","hash":"aa","usable":true,"displayName":"PyTorch","description":"","category":"ml","tags":[],"version":"1","author":"","problems":[]}', 'PyTorch');
INSERT INTO template_search (rowid, name, about, fields, script) VALUES (1, 'pytorch', '', '', '');
INSERT INTO template_versions VALUES (1, 'private', 'pytorch-training', 'aa', 1795000000000, 'saved', '1', 33, x'2b49cd2dc8492c49b552a8ce4cb15228a82cc92f4aced02d294acccccbcc4bafe50200');
INSERT INTO template_usage VALUES ('official', 'pytorch-training', 1, 1795000000001);
PRAGMA user_version = 3;
