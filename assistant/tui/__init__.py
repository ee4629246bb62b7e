"""The terminal program: a thin front end of `assistant.answer` and `ingest.library`, and a client of the owner like any other.

    app.py        the application: keys, what screens ask for        threads.py    the threads in which the desk works
    commands.py   every action by name                               messages.py   what those threads tell the screens

What may take time, and knows no widget:

    desk.py       what the screens ask for, and what they get        local.py      the desk over this machine's library
    pages.py      a page as text and as picture, its quote found     talks.py      the conversations
    choices.py    settings and models, written into one's own file   outside.py    documents in the system's own viewer
    machine.py    what was found on this machine                     usage.py      what a process and its children use

Pure:

    activity.py   what indexing is doing → one line                  measured.py   what it used, second by second
    shelf.py      files → a tree with states                         halves.py     a picture as half blocks
    export.py     answers as text and Markdown                       wrap.py       a page's text → lines of a width
    markdown.py   the Markdown of a draft as styled text             plain.py      text made safe for a terminal; names of places

    screens/      conversation (the main one), library, activity, talks, settings; folder (first run and adding), help, prompt
    widgets/      question, turn, sources, viewer, page, picture, sharp, shelf_tree, status

The rule that keeps it quick: whatever may take more than a few milliseconds runs in a thread and posts a message;
handlers of messages touch widgets and nothing else. Text of documents reaches the screen as `Content` made from plain
strings, never through markup; pictures of pages as raw pixels from a worker that can do no harm (`ingest.work.drawing`).
"""
