"""The catalog: files, documents, pages, passages, the word index and the names of vectors, in one SQLite database.

The only package of `ingest` that speaks SQL. Its functions take a connection and return records; transactions are begun
by `ingest.library`, through `connection.Catalog`.

    connection   opens the database: modes, WAL, time limits, schema, errors
    rows         how values are written and read back
    facts        small records about the library itself
    files        files, their problems, roots
    locations    where documents are found, and the filters by place that searches share
    documents    documents and their states
    pages        page texts and boxes
    passages     passages, rebuilt from pages
    words        the word index: what is indexed, how a question is asked
    names        the index of file names, folder names and titles
    vectors      generations, and which text has which row of the vector file
    todo         work that must be finished
    check        what may be wrong inside the catalog

`schema.sql` is the present version; `migrations/` leads older ones to it.
"""
