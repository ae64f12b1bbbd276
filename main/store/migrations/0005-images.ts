/**
 * Images of clusters, in a table of their own. What lists show stands apart from all that was read of an image, which is long. The lists that were
 * documents before are a cache: they go, and are made anew by the next look through the folders.
 */
export const sql = `
DELETE FROM documents WHERE collection = 'images';

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
`;
