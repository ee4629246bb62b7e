"""Questions for the date of a document itself, and the sentences that say it.

"What date does the lease bear?" shares hardly a word with its answer, "made as of this 1st day of May, 2019". Such a
question is known by its words: beside the name of the document it has none but those of dating. Its answer is known by
its place, near the document's beginning, and by a date with one of the words by which a document dates itself, or on a
line of its own. Pure.
"""

from __future__ import annotations

import re

from ingest.quantities import dates
from ingest.stop_words import STOP_WORDS
from ingest.text import words

OPENING = 3
"""Passages at the beginning of a document in which it says its own date."""
LINE = 0.4
"""Share of its characters from which a line is a date and little else, such as "Lund, 15 April 2009"."""

_SMALL = frozenset().union(*STOP_WORDS.values())
_DATE = frozenset("date dated datum datiert fecha fechado fechada daté datée".split())
_WHEN = frozenset("when wann cuándo quand".split())
_DATING = frozenset(
    """bear bears signed made written issued executed concluded entered drawn effective trägt unterschrieben unterzeichnet
    geschlossen ausgestellt geschrieben lleva firmado firmada firmó escrito escrita emitido emitida porte signé signée
    conclu établi""".split()
)
_KINDS = frozenset(
    """document agreement contract lease letter report paper invoice bill receipt statement minutes memo dokument vertrag
    mietvertrag brief bericht rechnung quittung protokoll documento contrato carta informe factura contrat lettre rapport
    facture bail""".split()
)
_SAYS = re.compile(
    r"\b(?:dated|date\s*:|made|entered|executed|signed|concluded|issued|as of|\d\w* day of|effective|\w*datum|vom|den|geschlossen"
    r"|unterzeichnet|fecha|fechad[oa]|firmad[oa]|celebrad[oa]|daté|signé|conclu|fait)(?!\w)",
    re.IGNORECASE,
)


def asks_own_date(question: str) -> bool:
    """Whether a question, the name of its document taken out, asks for the date of the document itself."""
    asked = words(question)
    telling = {word for word in asked if word not in _SMALL and word not in _WHEN} - _KINDS
    if not telling or not telling <= _DATE | _DATING:
        return False
    return bool(telling & _DATE) or any(word in _WHEN for word in asked)


def says_own_date(text: str) -> bool:
    """Whether a sentence dates its document: a date with a word of dating, or on a line of its own."""
    found = dates(text)
    return bool(found) and (sum(day.end - day.start for day in found) >= LINE * len(text) or bool(_SAYS.search(text)))
