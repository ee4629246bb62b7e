"""The catalog: files, documents, pages, passages, the word index and the names of vectors, in one SQLite database.

The only package of `ingest` that speaks SQL. Its functions take a connection and return records; transactions are begun
by `ingest.library`, through `connection.Catalog`.

    connection   opens the database: modes, WAL, time limits, schema, errors
    rows         how values are written and read back
    facts        small records about the library itself
    files        files, their problems, roots
    walked       what a walk over the folders is compared with
    sketches     sketches by which near-duplicates are told
    locations    where documents are found, and the filters by place that searches share
    documents    documents and their states
    pages        page texts and boxes
    passages     passages, rebuilt from pages
    words        the word index: what is indexed, how a question is asked
    names        the index of file names, folder names and titles
    shelf        what is known of documents beside their text, for filters
    vocabulary   words of the index that are spelled alike
    vectors      generations, and which text has which row of the vector file
    todo         work that must be finished
    exclusions   paths that are never read again
    forgetting   taking out what is to be forgotten
    traces       what a text leaves behind, noted before and looked for after it is erased
    moving       paths that lie elsewhere now
    copies       copies of a database that is in use
    file_system  where a library may lie
    check        what may be wrong inside the catalog

`schema.sql` is the present version; `migrations/` leads older ones to it.
"""
