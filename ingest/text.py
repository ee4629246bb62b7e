"""Sentences, words, stems and languages: what chunking, the word index and verification share.

Pure functions over text with exact character offsets. Numbers, dates and names are in `quantities`. Knows nothing of
pages, passages or questions.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

from ingest.stop_words import STOP_WORDS

STEMMERS = {
    "en": "english",
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "da": "danish",
    "fi": "finnish",
    "no": "norwegian",
    "ru": "russian",
    "sv": "swedish",
}
"""ISO 639-1 code to the name of its Snowball stemmer."""

DETECTION_SAMPLE = 4000
"""Characters looked at to tell the language; more changes nothing."""

ROW_LINES = 2
"""Lines after the first that a block needs to be taken for rows."""
ROW_SHARE = 0.85
"""Share of them that must not begin in lower case; German prose with its capitalised nouns stays below."""

ROW_DIGIT_SHARE = 0.6
"""Share of the lines that must hold a digit: rows of tables and receipts do, capitalised clauses of contracts do not."""

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['’.](?=[^\W_])[^\W_{_CJK}]+)*")
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)

_ABBREVIATIONS = frozenset(
    """mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie cf al approx no nos vol fig figs eq sec ch art para par pp p ed
    eds inc ltd co corp llc dept est gen col sgt capt lt rev hon gov sen rep pres u.s u.k u.n a.m p.m ph.d b.c a.d jan
    feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun bzw ca z.b d.h u.a usw nr str tel abs bd
    hr fr hrsg jh mio mrd s.o s.u vgl evtl ggf inkl zzgl max min sra sres ud uds av av. tél mme mlle m n°""".split()
)
_MONTHS_AFTER_DAY = (
    "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|jahrhundert|lebensjahr"
)
_BOUNDARY = re.compile(
    r"(?P<blank>\n[ \t]*\n\s*)|(?P<cjk>[。！？][」』）”’]*)|(?P<stop>[.!?…]+[\"'”’»)\]]*)(?=\s)|(?P<line>\n)"
)
_BLOCK = re.compile(r"(?:[^\n]|\n(?![ \t]*\n))+")
_LINE = re.compile(r"[^\n]+")
_LIST_ITEM = re.compile(r"\s*(?:[-*•‣▪◦–—]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|\([ivxIVX]+\)\s|#{1,6}\s)")
_FIELD = re.compile(r"\s*[^\W\d_][\w ./-]{0,30}:(?:\s|$)")
_ENUMERATOR = re.compile(r"(?:^|\n|[.!?:;]\s)[ \t]*(?:[-*•]\s*)?\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]+)$")
_NUMBER_BEFORE = re.compile(r"\d$")
_INITIAL = re.compile(r"(?:^|[\s(\[\"'“])[^\W\d_]$")
_ABBREVIATED = re.compile(r"([^\s(\[\"'“]+)$")


def nfc(text: str) -> str:
    """The text in Unicode normalisation form C; lone surrogates become the replacement character."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8") if _lone(text) else text)


def _lone(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order, without the white space around them.

    A blank line always ends a sentence; a line end does where a list item, a table row or a `name: value` line begins
    or ends, and in a block whose lines are rows. Abbreviations, initials, enumerators and ordinal numbers do not.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    rows = _row_breaks(text)
    for match in _BOUNDARY.finditer(text):
        if match.start() not in rows and not _ends_sentence(text, match):
            continue
        cut = match.end() if match.lastgroup in ("stop", "cjk") else match.start()
        _keep(text, start, cut, spans)
        start = match.end()
    _keep(text, start, len(text), spans)
    return spans


def _row_breaks(text: str) -> frozenset[int]:
    """Line ends inside blocks whose lines are rows of a table, a receipt or an address rather than wrapped prose.

    Wrapped prose goes on in lower case on most lines; rows begin with a capital, a digit or a sign.
    """
    breaks: list[int] = []
    for block in _BLOCK.finditer(text):
        lines = list(_LINE.finditer(text, block.start(), block.end()))
        following = [line for line in lines[1:] if line.group().strip()]
        begun = sum(not line.group().lstrip()[0].islower() for line in following)
        counted = sum(any(map(str.isdigit, line.group())) for line in lines)
        if (
            len(following) >= ROW_LINES
            and begun >= ROW_SHARE * len(following)
            and counted >= ROW_DIGIT_SHARE * len(lines)
        ):
            breaks += [line.start() - 1 for line in following if not line.group().lstrip()[0].islower()]
    return frozenset(breaks)


def _keep(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    """Append the span without the white space around it, if anything is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match.lastgroup in ("blank", "cjk"):
        return True
    if match.lastgroup == "line":
        return _line_ends_sentence(text, match.start(), match.end())
    before, mark = text[max(0, match.start() - 30) : match.start()], match.group()
    after = text[match.end() : match.end() + 40].lstrip()
    if mark[0] != "." or len(mark.rstrip("\"'”’»)]")) > 1:
        return not after[:1].islower()
    if after[:1].islower():
        return False
    if mark == ".":
        if _ENUMERATOR.search(before) or _INITIAL.search(before):
            return False
        word = _ABBREVIATED.search(before)
        if word and word[1].casefold() in _ABBREVIATIONS:
            return False
        if _NUMBER_BEFORE.search(before) and re.match(_MONTHS_AFTER_DAY, after.casefold()):
            return False
    return True


def _line_ends_sentence(text: str, end: int, following: int) -> bool:
    begin = text.rfind("\n", 0, end) + 1
    line = text[begin:end]
    stop = text.find("\n", following)
    following_line = text[following : stop if stop >= 0 else len(text)]
    if "\t" in line or " | " in line or "\t" in following_line or " | " in following_line:
        return True
    if line.lstrip().startswith("#") or _LIST_ITEM.match(following_line):
        return True
    return bool(_FIELD.match(following_line) and (_FIELD.match(line) or line.rstrip().endswith((".", "!", "?"))))


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """Words with where they stand: (case-folded word, start, end); Chinese, Japanese, Korean and Thai by character."""
    return [(match.group().casefold().replace("’", "'"), *match.span()) for match in _WORD.finditer(text)]


def words(text: str) -> list[str]:
    """Case-folded words in order."""
    return [match.group().casefold().replace("’", "'") for match in _WORD.finditer(text)]


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(STEMMERS[language])


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The stem of a case-folded word; the word itself in a language without a stemmer."""
    if language not in STEMMERS:
        return word
    return str(_stemmer(language).stemWord(word))


def stems(text: str, language: str) -> list[str]:
    """Stems of all words, in order."""
    return [stem(word, language) for word in words(text)]


def stop_words(language: str) -> frozenset[str]:
    """Stop words of a language; empty for one without a list."""
    return STOP_WORDS.get(language, frozenset())


def content_stems(text: str, language: str) -> list[str]:
    """Stems of the words that carry meaning, in order."""
    passed_over = stop_words(language)
    return [stem(word, language) for word in words(text) if word not in passed_over]


def detect_language(text: str) -> str:
    """ISO 639-1 code of the main language, by script and stop words; empty where it cannot be told."""
    sample = text[:DETECTION_SAMPLE]
    letters = sum(character.isalpha() for character in sample)
    if not letters:
        return ""
    for language, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.2 * letters:
            return language
    found = words(sample)
    counts = {language: sum(word in listed for word in found) for language, listed in STOP_WORDS.items()}
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] >= max(1, 0.1 * len(found)) else ""
