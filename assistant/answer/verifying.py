"""A whole text, whoever wrote it, checked statement by statement against the library."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from assistant.answer.citing import Citer
from assistant.records import Claim, VerifiedText
from assistant.retrieve import Retriever
from assistant.verify import Judgement, Place, judge, split_claims
from ingest.library import Library

PASSAGES = 12
"""Passages that a statement is compared with: those that late interaction has read anyway."""


def verify_text(
    text: str, within: Path | None, retriever: Retriever, library: Library, cancelled: threading.Event | None = None
) -> VerifiedText:
    """Judge each statement of a text.

    Args:
        text: Prose or a list, in Unicode NFC.
        within: Folder or file to check against; everything where it is None.
        retriever: Finds the passages.
        library: Holds the pages.
        cancelled: When set, the statements that were not looked at yet are left out.
    """
    began = time.monotonic()
    statements = split_claims(text)
    citer = Citer(library, "", 3 * len(statements))
    claims, confidences = [], []
    for statement in statements:
        if cancelled is not None and cancelled.is_set():
            break
        judgement = _judged(statement, within, retriever)
        numbers = citer.cite_all(judgement.quotes)
        claims.append(Claim(statement, judgement.verdict, judgement.reason, numbers))
        confidences.append(judgement.probability)
    return VerifiedText(tuple(claims), citer.citations, min(confidences, default=0.0), time.monotonic() - began)


def _judged(statement: str, within: Path | None, retriever: Retriever) -> Judgement:
    ranking = retriever.rank(statement, PASSAGES, within, lead=False)
    tokens = retriever.tokens(ranking.hits)
    return judge(ranking.probe, [Place(hit, one) for hit, one in zip(ranking.hits, tokens, strict=True)])
