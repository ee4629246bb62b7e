"""Which of Tesseract's language data a page is read with, and which is missing for it.

Pure: works on names and text. Knows nothing of pictures nor of how Tesseract is run.
"""

from __future__ import annotations

from collections.abc import Collection

from ingest.text import detect_language, words

ENOUGH_WORDS = 20
"""Words by which the language of a page can be told."""
MOST_TOGETHER = 4
"""Language data used at the same time: the time that Tesseract takes grows with each."""
NOT_LANGUAGES = frozenset({"osd", "equ"})
"""Data of Tesseract that is for no language."""
FIRST = "eng"
"""What a page is read with before anything is known of it, where it is installed."""

_LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": ("English", ("eng",)),
    "de": ("German", ("deu",)),
    "es": ("Spanish", ("spa",)),
    "fr": ("French", ("fra",)),
    "it": ("Italian", ("ita",)),
    "nl": ("Dutch", ("nld",)),
    "pt": ("Portuguese", ("por",)),
}
"""Languages that the text tells: name, and data that reads them."""
_SCRIPTS: dict[str, tuple[str, ...]] = {
    "Arabic": ("ara", "fas", "urd"),
    "Armenian": ("hye",),
    "Bengali": ("ben",),
    "Cyrillic": ("rus", "ukr", "bul", "srp", "bel"),
    "Devanagari": ("hin", "mar", "nep"),
    "Fraktur": ("deu_latf", "frk", "deu"),
    "Georgian": ("kat",),
    "Greek": ("ell",),
    "Gujarati": ("guj",),
    "Han": ("chi_sim", "chi_tra"),
    "Hangul": ("kor",),
    "Hebrew": ("heb",),
    "Japanese": ("jpn",),
    "Kannada": ("kan",),
    "Khmer": ("khm",),
    "Korean": ("kor",),
    "Malayalam": ("mal",),
    "Tamil": ("tam",),
    "Telugu": ("tel",),
    "Thai": ("tha",),
}
"""Scripts as Tesseract's own detection names them, and data that reads them; every other language has Latin letters."""
_NOT_LATIN = frozenset(name for names in _SCRIPTS.values() for name in names) - {"deu"}


def first_choice(have: Collection[str], likely: str = "") -> str:
    """What a page is read with first, empty where no data is installed.

    Args:
        have: Names of the installed data.
        likely: What other pages of the document were read with, joined by "+"; empty where nothing is known.
    """
    if likely and set(likely.split("+")) <= set(have):
        return likely
    return FIRST if FIRST in have else next(iter(latin(have) or sorted(set(have) - NOT_LANGUAGES)), "")


def latin(have: Collection[str]) -> list[str]:
    """The installed data of languages with Latin letters."""
    return sorted(
        name for name in set(have) - NOT_LANGUAGES - _NOT_LATIN if "/" not in name and not name.endswith("_vert")
    )


def better(text: str, used: str, have: Collection[str]) -> str:
    """The data of the language that a text is in, `used` where that has it; empty if not installed or if none is told."""
    told = _told(text)
    packs = told[1] if told else ()
    if set(packs) & set(used.split("+")):
        return used
    return next((pack for pack in packs if pack in have), "")


def together(used: str, have: Collection[str]) -> str:
    """What a page with Latin letters is read with when no language is told; empty where there is no more than was used."""
    known = used.split("+")
    others = [name for name in latin(have) if name not in known]
    return "+".join((known + others)[:MOST_TOGETHER]) if others and len(known) < MOST_TOGETHER else ""


def of_script(script: str, used: str, have: Collection[str]) -> str:
    """The installed data for a script, as Tesseract's detection names it; empty where there is none or it was used."""
    if script == "Latin":
        usable = latin(have)
        return "" if set(used.split("+")) & set(usable) else first_choice(usable)
    packs = _installed(script, have)
    return "" if set(used.split("+")) & set(packs) else "+".join(packs[:MOST_TOGETHER])


def missing(text: str, script: str, used: str, have: Collection[str]) -> str:
    """The end of a sentence on the data that a page would need, with its remedy; empty where nothing is missing.

    Args:
        text: What was read.
        script: Of the page, as Tesseract's detection names it; empty where it was not asked.
        used: The data that it was read with.
        have: Names of the installed data.
    """
    if packs := _SCRIPTS.get(script, ()):
        return "" if _installed(script, have) else _sentence(f"in {script} script", packs[0])
    told = _told(text)
    if told is None or set(told[1]) & {*used.split("+"), *have}:
        return ""
    return _sentence(f"in {told[0]}", told[1][0])


def _installed(script: str, have: Collection[str]) -> list[str]:
    """The installed data for a script with other than Latin letters."""
    return [name for name in (*_SCRIPTS.get(script, ()), f"script/{script}") if name in have]


def _told(text: str) -> tuple[str, tuple[str, ...]] | None:
    return _LANGUAGES.get(detect_language(text)) if len(words(text)) >= ENOUGH_WORDS else None


def _sentence(what: str, pack: str) -> str:
    return (
        f"{what}, and was read without Tesseract's data for it; install it (Debian: apt install tesseract-ocr-{pack}), "
        "then run `assistant index --retry`"
    )
