/**
 * What is remembered of template files, so that a library of thousands need not be parsed at each start, what they once were, and how
 * often they were used. The files stay the truth: all of `template_index` may be thrown away.
 */
export const sql = `
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
INSERT INTO template_usage
  SELECT json_extract(record, '$.templateSource'), json_extract(record, '$.templateId'), count(*), max(CAST(json_extract(record, '$.createdAt') AS INTEGER))
  FROM job_records
  WHERE json_valid(record) AND json_extract(record, '$.phase') = 'submitted' AND json_type(record, '$.templateSource') = 'text' AND json_type(record, '$.templateId') = 'text'
    AND json_type(record, '$.createdAt') IN ('integer', 'real')
  GROUP BY 1, 2;
`;
