"""The word index: what of a passage is indexed, and how a question is asked of it.

Text is stemmed before it is stored, by the language of its document; headings and title stand in a second column. Scripts
without spaces are indexed by character and asked for by pairs of neighbours, which finds two-character words where a
trigram table cannot. Knows nothing of vectors and ranks by bm25 alone.
"""

from __future__ import annotations

import math
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from ingest.catalog.filters import Only
from ingest.catalog.rows import as_json
from ingest.text import STEMMERS, detect_language, nfc, stem, stems, stop_words, word_spans, words

DEFAULT_LANGUAGE = "en"
"""By whose stems text of an unknown language, or of one without a stemmer, is indexed: the same for text and question."""
MAX_TERMS = 64
"""Terms of one question; a pasted page would ask for everything."""
SPARE = 32
"""Hits fetched beyond those asked for, since some may not be found any more or lie elsewhere."""
WIDER = 8
"""How many times more hits are fetched before a filter is put into the query itself."""
NARROW = 4
"""A filter that leaves fewer than one document in this many is put into the query at once."""

K1, B = 1.2, 0.75
"""Parameters of bm25, the ones of FTS5."""
HEADINGS_WEIGHT = 0.6
"""What a word in headings or title counts, a word of the text being 1; the same as in `schema.sql`."""

QUICK_ROWS = 4_000
"""Passages that a quick search weighs, about: some 7 ms."""

USUAL_PASSAGES = 200
"""Passages whose words are usual ones, that a library counts as having beside its own: see `idf`."""
NOTHING_USUAL: Mapping[str, float] = MappingProxyType({})
"""For words of which nothing is known."""
BEST = "SELECT rowid, -rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?"
QUICK_BEST = (
    "SELECT key, score FROM (SELECT rowid AS key, -rank AS score FROM words WHERE words MATCH ? "
    "ORDER BY rowid DESC LIMIT ?) ORDER BY score DESC LIMIT ?"
)

_PHRASE = re.compile(r"[\"“”„‟«»]([^\"“”„‟«»]+)[\"“”„‟«»]")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")


def index_language(language: str) -> str:
    """By whose stems a document is indexed."""
    return language if language in STEMMERS else DEFAULT_LANGUAGE


def indexed(text: str, headings: Sequence[str], title: str, language: str) -> tuple[str, str]:
    """What is indexed of a passage: stems of its text, and of its headings and title."""
    language = index_language(language)
    return " ".join(stems(text, language)), " ".join(stems("\n".join((title, *headings)), language))


def phrases(question: str) -> list[str]:
    """What stands in quotation marks in a question."""
    return [phrase.strip() for phrase in _PHRASE.findall(question) if words(phrase)]


def folded(text: str) -> str:
    """A text in the form in which phrases are compared: case-folded, white space collapsed."""
    return " ".join(nfc(text).casefold().split())


def question_words(question: str, languages: Sequence[str]) -> list[str]:
    """The words of a question that carry meaning, each once, in order; all of them where none does.

    Characters of scripts without spaces come as runs of neighbours.
    """
    known = detect_language(question)
    passed_over = stop_words(known) if stop_words(known) else frozenset().union(*map(stop_words, languages))
    runs: list[str] = []
    end = -1
    for word, start, stop in word_spans(question):
        single = bool(_NO_SPACES.fullmatch(word))
        if single and start == end and runs:
            runs[-1] += word
        else:
            runs.append(word)
        end = stop if single else -1
    kept = [word for word in dict.fromkeys(runs) if word not in passed_over]
    return (kept or list(dict.fromkeys(runs)))[:MAX_TERMS]


def terms(word: str, languages: Iterable[str]) -> list[str]:
    """The FTS5 terms of one word of a question: its stem in each language, or its pairs of neighbouring characters."""
    if _NO_SPACES.match(word):
        pairs = [f"{word[at]} {word[at + 1]}" for at in range(len(word) - 1)]
        return pairs or [word]
    return list(dict.fromkeys(stem(word, language) for language in languages))


def any_of(found: Iterable[str]) -> str:
    """An FTS5 query for any of some terms; empty where there are none."""
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(found) if term)


def question_terms(question: str, languages: Sequence[str]) -> list[str]:
    """The FTS5 terms of all words of a question, each once."""
    found = (term for word in question_words(question, languages) for term in terms(word, languages))
    return list(dict.fromkeys(found))


def rarest(connection: sqlite3.Connection, asked: Sequence[str]) -> list[str]:
    """The terms that few passages have, as many of them as `QUICK_ROWS` allows, the rarest at least.

    Weighing a passage takes FTS5 a microsecond a term, however little a frequent term says.
    """
    counts = {term: frequency(connection, term) for term in asked}
    kept: list[str] = []
    rows = 0
    for term in sorted(filter(counts.get, asked), key=lambda term: counts[term]):
        rows += counts[term]
        if kept and rows > QUICK_ROWS:
            break
        kept.append(term)
    return kept


def query(question: str, languages: Sequence[str], among: Sequence[str] | None = None) -> str:
    """The FTS5 query of a question: any of its words, and all of its quoted phrases; empty when it has no words.

    Args:
        question: As a person wrote it.
        languages: By whose stems the library is indexed.
        among: The terms that are looked for; None for all of the question.
    """
    asked = any_of(question_terms(question, languages) if among is None else among)
    if not asked:
        return ""
    exact = [any_of(" ".join(stems(phrase, language)) for language in languages) for phrase in phrases(question)]
    return " AND ".join(f"({part})" for part in (asked, *exact))


def languages(connection: sqlite3.Connection) -> list[str]:
    """By whose stems the library is indexed, the most frequent first; `DEFAULT_LANGUAGE` is always among them."""
    rows = connection.execute("SELECT language, count(*) FROM documents WHERE state = 'published' GROUP BY language")
    counts = {DEFAULT_LANGUAGE: 0}
    for language, count in rows:
        counts[index_language(language)] = counts.get(index_language(language), 0) + count
    return sorted(counts, key=lambda language: (-counts[language], language))


def search(
    connection: sqlite3.Connection, asked: str, limit: int, only: Only, quick: bool = False
) -> list[tuple[int, float]]:
    """At least the `limit` best passages that match an FTS5 query, best first: (passage key, higher is better).

    Under a wide filter the best of all are fetched and then looked at, which is exact as long as enough of them pass.

    Args:
        connection: To the catalog.
        asked: The query.
        limit: Passages wanted.
        only: What passes.
        quick: Whether the newest `QUICK_ROWS` that match are enough.
    """
    best, wanted = (QUICK_BEST, (asked, QUICK_ROWS)) if quick else (BEST, (asked,))
    if not asked or limit < 1:
        return []
    narrow = None if only.everything else only.keys(connection)
    (documents,) = connection.execute("SELECT count(*) FROM documents").fetchone()
    fetched = limit + SPARE
    for _ in range(0 if narrow is not None and len(narrow) * NARROW < documents else 2):
        rows = connection.execute(best, (*wanted, fetched)).fetchall()
        passing = passing_keys(connection, [key for key, _ in rows], only)
        survivors = [(key, score) for key, score in rows if key in passing]
        if len(survivors) >= limit or len(rows) < fetched:
            return survivors
        fetched *= WIDER
    return connection.execute(
        "SELECT rowid, -rank FROM words WHERE words MATCH ? AND +rowid IN "
        "(SELECT passages.key FROM json_each(?) AS asked CROSS JOIN passages ON passages.document = asked.value) "
        "ORDER BY rank LIMIT ?",
        (asked, as_json(only.keys(connection) if narrow is None else narrow), limit + SPARE),
    ).fetchall()


def passing_keys(connection: sqlite3.Connection, keys: Sequence[int], only: Only) -> set[int]:
    """Which passages are found and pass a filter."""
    condition, values = only.condition()
    rows = connection.execute(
        "SELECT passages.key FROM json_each(?) AS asked CROSS JOIN passages ON passages.key = asked.value "  # noqa: S608  # our own text
        f"CROSS JOIN documents ON documents.key = passages.document WHERE {condition}",
        [as_json(keys), *values],
    )
    return {key for (key,) in rows}


def sizes(connection: sqlite3.Connection) -> tuple[int, float]:
    """How many passages there are, and how many stems one has on average."""
    count, total = connection.execute("SELECT count(*), coalesce(sum(length), 0) FROM passages").fetchone()
    return count, total / count if count else 0.0


def length(text_stems: str, heading_stems: str) -> int:
    """Stems of a passage."""
    return len(text_stems.split()) + len(heading_stems.split())


def idf(
    connection: sqlite3.Connection, asked: Iterable[str], total: int, usual: Mapping[str, float]
) -> dict[str, float]:
    """Inverse document frequency of stems over all passages: log(1 + (N - n + 0.5) / (n + 0.5)), never negative.

    A small library does not tell everyday words from rare ones: "still" stands nowhere in it, and "much" once. Where it
    is known in what share of texts a stem usually stands, N and n are those of `USUAL_PASSAGES` more such texts.

    Args:
        connection: To the catalog.
        asked: Stems.
        total: Passages in the library.
        usual: Share of texts, 0 to 1, in which some of the stems usually stand.
    """
    weights = {}
    for stem_ in asked:
        more = USUAL_PASSAGES if stem_ in usual else 0
        n = frequency(connection, stem_) + more * usual.get(stem_, 0.0)
        weights[stem_] = math.log(1 + (max(total + more - n, 0) + 0.5) / (n + 0.5))
    return weights


def rescored(
    connection: sqlite3.Connection,
    found: Sequence[tuple[int, float]],
    asked: Sequence[str],
    size: tuple[int, float],
    usual: Mapping[str, float],
) -> list[tuple[int, float]]:
    """The same passages by Okapi bm25 with an inverse document frequency that is never negative, best first.

    FTS5 cuts a negative one to almost nothing: a word that most passages have would count for nothing, and in a small
    library that is most words.
    """
    total, average = size
    weights = idf(connection, asked, total, usual)
    needles = [(f" {_unmarked(term).replace(' ', '  ')} ", weights[term]) for term in asked]
    rows = connection.execute(
        "SELECT words.rowid, text, headings FROM json_each(?) AS asked CROSS JOIN words ON words.rowid = asked.value",
        (as_json([key for key, _ in found]),),
    )
    scores: dict[int, float] = {}
    for key, text, headings in rows:
        norm = K1 * (1 - B + B * length(text, headings) / (average or 1.0))
        text, headings = (f" {_unmarked(part).replace(' ', '  ')} " for part in (text, headings))  # noqa: PLW2901
        score = 0.0
        for needle, weight in needles:
            frequency = text.count(needle) + HEADINGS_WEIGHT * headings.count(needle)
            score += weight * frequency * (K1 + 1) / (frequency + norm)
        scores[key] = score
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _unmarked(text: str) -> str:
    """A text without diacritics, as FTS5 compares it."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFD", text)
    for mark in filter(unicodedata.combining, set(plain)):
        plain = plain.replace(mark, "")
    return plain


def frequency(connection: sqlite3.Connection, stem_: str) -> int:
    """In how many passages a stem stands."""
    if stem_.isalnum():
        row = connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (_unmarked(stem_),)).fetchone()
        return int(row[0]) if row else 0
    if not words(stem_):
        return 0
    matching = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (any_of([stem_]),))
    return int(matching.fetchone()[0])


def rebuild(connection: sqlite3.Connection, rows: Iterable[tuple[int, str, str]]) -> None:
    """Replace the whole index by (passage key, text stems, heading stems)."""
    connection.execute("DELETE FROM words")
    connection.executemany("INSERT INTO words (rowid, text, headings) VALUES (?, ?, ?)", rows)
