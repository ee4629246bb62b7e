"""The terminal program: a thin front end of `assistant.answer` and `ingest.library`, and a client of the owner like any other.

    app.py        the application: keys, commands, the way from the desk's threads to the screens
    desk.py       everything that may take time: library, models, owner; knows no widget
    messages.py   what the desk's threads tell the screens
    activity.py   pure: what indexing is doing → one line
    plain.py      pure: text of documents made safe for a terminal; names of places
    wrap.py       pure: a page's text → lines of a width
    screens/      conversation (the main one), folder (first run and adding), help
    widgets/      question, turn, sources, page, status

The rule that keeps it quick: whatever may take more than a few milliseconds runs in a thread and posts a message;
handlers of messages touch widgets and nothing else. Text of documents reaches the screen as `Content` made from plain
strings, never through markup.
"""
