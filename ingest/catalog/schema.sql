-- The catalog, version 2. Numbers that other stores remember (rows, passage keys, generations) are AUTOINCREMENT:
-- SQLite would hand out the highest plain number again after it was deleted. Paths are bytes, as the file system has
-- them; `display` is the same for a person, with what is no UTF-8 replaced.

CREATE TABLE roots (
    path BLOB PRIMARY KEY,
    display TEXT NOT NULL,
    follow INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What was forgotten here is never read again, whatever folder it lies in.
CREATE TABLE exclusions (
    path BLOB PRIMARY KEY,
    display TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE files (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,
    display TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'indexed', 'failed', 'skipped')),
    reader TEXT NOT NULL DEFAULT ''        -- versions and options under which it was read
);

-- Folders that hold what lies below them together: those the person added, and mount points below them, as last seen
-- ("device:inode"). One that is not there, or is another folder with nothing of what was known, is offline: its files
-- are not deleted.
CREATE TABLE volumes (
    path BLOB PRIMARY KEY,
    identity TEXT NOT NULL,
    offline INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What of a file could not be read: the whole of it (inside and page NULL), a member, or a page of one.
CREATE TABLE problems (
    file INTEGER NOT NULL REFERENCES files (key) ON DELETE CASCADE,
    inside BLOB,
    page INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    hint TEXT NOT NULL
);
CREATE INDEX problems_file ON problems (file);

-- A document is found when it is published and has a location.
CREATE TABLE documents (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('reading', 'published')),
    reader TEXT NOT NULL DEFAULT '',       -- versions and options under which its passages were made
    pages_key TEXT NOT NULL DEFAULT '',    -- versions and options under which its pages were read
    media_type TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '',
    author TEXT NOT NULL DEFAULT '',
    date TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '',
    page_count INTEGER NOT NULL DEFAULT 0,
    metadata TEXT NOT NULL DEFAULT '{}',
    problems TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX documents_language ON documents (language);

CREATE TABLE pages (
    key INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: readers keep unpacked pages by it
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    pages_key TEXT NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    text BLOB NOT NULL,                    -- zlib over UTF-8
    source TEXT NOT NULL,
    confidence REAL,
    headings TEXT NOT NULL,
    ocr_ranges TEXT NOT NULL,
    boxes BLOB,                            -- zlib over packed records; NULL where there are none
    UNIQUE (document, pages_key, number)
);

CREATE TABLE locations (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    file INTEGER NOT NULL REFERENCES files (key) ON DELETE CASCADE,
    document INTEGER NOT NULL REFERENCES documents (key),
    inside BLOB,
    first_page INTEGER NOT NULL
);
CREATE INDEX locations_file ON locations (file);
CREATE INDEX locations_document ON locations (document, file);

CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    headings TEXT NOT NULL,
    spans TEXT NOT NULL,                   -- [[page, start, end], ...]
    text_key BLOB NOT NULL,                -- hash of the text that is embedded for it
    length INTEGER NOT NULL,               -- stems in the word index
    UNIQUE (document, ordinal)
);
CREATE INDEX passages_text ON passages (text_key);
CREATE INDEX passages_length ON passages (length);  -- their number and sum, without reading passages

-- What near-duplicates are told by: the smallest hashes of a document's word shingles, ascending, 4 bytes each.
CREATE TABLE sketches (
    document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE,
    hashes BLOB NOT NULL
);

CREATE TABLE generations (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL CHECK (state IN ('building', 'current', 'old')),
    model TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    variant TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    file TEXT NOT NULL,                    -- name of the vector file in the library folder
    chroma TEXT NOT NULL,                  -- name of Chroma's folder in the library folder
    rows INTEGER NOT NULL DEFAULT 0,       -- rows handed out; what the file holds beyond them is not there
    watermark INTEGER NOT NULL DEFAULT 0,  -- Chroma holds the rows below it
    boot_id TEXT NOT NULL DEFAULT '',      -- boot of the machine under which Chroma was last opened
    chroma_open INTEGER NOT NULL DEFAULT 0 -- 1 from before Chroma is opened until it was closed in good order
);
CREATE UNIQUE INDEX generations_current ON generations (state) WHERE state = 'current';
CREATE UNIQUE INDEX generations_building ON generations (state) WHERE state = 'building';

-- A row of the vector file exists when it is named here.
CREATE TABLE vectors (
    generation INTEGER NOT NULL REFERENCES generations (key) ON DELETE CASCADE,
    row INTEGER NOT NULL,
    text_key BLOB NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (generation, row)
) WITHOUT ROWID;
CREATE UNIQUE INDEX vectors_text ON vectors (generation, text_key);

-- Work that must be finished, taken up by any owner: folders to follow, forgetting, a pause, a new generation.
CREATE TABLE todo (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL
);

-- Stems of a passage; rowid is the passage's key. Ordinary tables: a contentless one needs exactly the text that was
-- put in to take it out again.
CREATE VIRTUAL TABLE words USING fts5 (text, headings, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO words (words, rank) VALUES ('rank', 'bm25(1.0, 0.6)');
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');

-- Words of file and folder names and titles; rowid is the location's key.
CREATE VIRTUAL TABLE names USING fts5 (name, folders, title, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO names (names, rank) VALUES ('rank', 'bm25(1.0, 0.4, 0.8)');

CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN
    DELETE FROM words WHERE rowid = old.key;
END;
CREATE TRIGGER locations_deleted AFTER DELETE ON locations BEGIN
    DELETE FROM names WHERE rowid = old.key;
END;
