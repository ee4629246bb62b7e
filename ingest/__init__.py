"""Files → documents → passages → library.

This half of the program turns a person's files into a searchable library and keeps it up to date. It knows nothing of
questions, language models or screens; `assistant` builds on it.

The shared kernel, used by both halves:

    records.py       the nouns                       errors.py       the error tree: code, exit code, hint
    text.py          sentences, words, stems         stop_words.py   plain data for it
    quantities.py    numbers, dates, names           config.py       the one reader of configuration
    model_files.py   find and verify model files     offline.py      nothing may connect
    dating.py        the date that a document says of itself   ignoring.py   ignore rules, as in a .gitignore
    sketch.py        by which near-duplicates are told
    frames.py        how processes talk

Reading a file:

    extract/         a file → members → pages; one module a family of formats
    ocr.py           page image → words with boxes and confidence; ocr_words.py the table that Tesseract gives,
                     ocr_languages.py which language data, ocr_picture.py the picture made easier to read
    chunk.py         pure: pages → passages with exact spans
    embed/           texts → unit vectors; compiling and checking the model
    work/            processes that can be stopped, continued and killed; the sandbox

The library:

    catalog/         files, documents, pages, passages, words: the only package here that speaks SQL
    vectors/         the vector file with its exact scan, and Chroma in its child
    library/         the one object over both: search, read, publish, check, repair

The owner, the one process that writes:

    owner.py         takes the lock, serves the socket, runs the indexer     __main__.py   python -m ingest
    sessions.py      its side of the socket                                  log.py        its log
    indexer.py       what to do next                                         changes.py    what a walk found to do
    run.py           one run over paths: walk, read, publish, remove         following.py  follow folders, by events and looks
    pipeline.py      one file: read → chunk → embed → publish                file_reading.py   what the sandbox gave of it
    folders.py       walk the person's folders                               calm.py       when what changed has calmed
    passed_over.py   what in them is not read, and why                       tools.py      warden, sandbox, embedding workers
    feeder.py        keeps Chroma filled and asks it                         gate.py       shut for reasons a person can read
    governor/        how fast indexing may go, and why                       pacer.py      carries the pace out
    costs.py         what indexing has cost, in numbers
    client.py        find or start an owner and talk to it                   starter.py    starting one
    link.py          one connection, the client's side                       messages.py   what may be said, versioned
    tally.py         the events of several owners as one run's               upkeep.py     forgetting, moving, new vectors
    socket_files.py  where owner and clients meet

Import order, held by a test; a module imports only from what stands right of it:

    __main__ → owner → indexer → pipeline → tools and what reads → library → catalog, vectors → the kernel

What this half promises, each with tests:

1. Nothing leaves the machine: an audit hook refuses every connection, readers run without sockets, and the test suite
   passes in a namespace without a network.
2. A crash never loses or invents: two files are the truth, the catalog and the vector file; a row of the one exists when
   the other names it, publishing is one transaction a document, and Chroma may be lost at any moment.
3. A citation opens at its quote: every passage is spans of page text, and page text is stored once.
"""

import os

# Before numpy is loaded anywhere: OpenBLAS's threads wait for each other by spinning. On a machine that is busy, as while
# it indexes, a product of a few thousand numbers then takes a hundred times as long as on one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
