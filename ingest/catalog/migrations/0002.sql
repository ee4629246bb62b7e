CREATE TABLE exclusions (
    path BLOB PRIMARY KEY,
    display TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX passages_length ON passages (length);
CREATE UNIQUE INDEX generations_building ON generations (state) WHERE state = 'building';

-- Folders that hold what lies below them together: those the person added, and mount points below them, as last seen
-- ("device:inode"). One that is not there, or is another folder with nothing of what was known, is offline: its files
-- are not deleted.
CREATE TABLE volumes (
    path BLOB PRIMARY KEY,
    identity TEXT NOT NULL,
    offline INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What near-duplicates are told by: the smallest hashes of a document's word shingles, ascending, 4 bytes each.
CREATE TABLE sketches (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    hashes BLOB NOT NULL
);
