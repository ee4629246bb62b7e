"""Question → evidence → draft → verdict → screen.

This half of the program turns a question into a checked answer and shows it. It builds on `ingest` and uses only its
front door: records, errors, text and quantities, configuration, model files, the embedding model, the library, the
client of its owner, and the sandbox for `extract`.

    records.py    the nouns: Claim, Citation, Answer and the events of an answer
    retrieve/     question → ranked hits
    prompt.py     every word said to a model
    llm/          language models: in a process of its own, or behind an OpenAI-compatible address
    verify/       pure: claims → verdicts with verbatim quotes; the best sentences; confidence
    answer/       the core: ask(question) → events, the last one the finished answer
    evaluate/     a person's own questions with expected answers: figures, and questions proposed
    turns.py      what is kept of a question and its answer
    history.py    what was asked and answered, kept privately
    late.py       late interaction: how well single tokens of a question meet those of a text
    own_date.py   questions for the date of a document itself, and the sentences that say it
    parties.py    questions for the parties to a contract, and the sentences that name them
    hardware.py   what this machine has                opening.py   the embedding model of a library
    cli/          the `assistant` command
    tui/          the terminal program

Import order, held by a test; a module imports only from what stands right of it:

    cli → tui → evaluate → answer → {retrieve, prompt, llm, verify, history} → {late, own_date, parties, hardware, opening, turns} → records

What this half promises:

- Only what was checked is shown as an answer. A model drafts; a program splits the draft into claims and finds for each
  the words on a page that carry it. When no claim survives, the best verbatim sentences are the answer; when no passage
  is good enough, it is "not in your documents".
- Every citation opens at its quote: a quote stands verbatim at its span.
- Front ends are thin: they ask `answer` and show its events, and hold no rule of their own.
"""
