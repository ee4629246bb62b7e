"""When the program should refuse: the curve of refusals, and questions that are made unanswerable.

A question is made unanswerable by asking it of a folder that does not hold its document: everything else about it, its words
and its language, stays as a person wrote it. Standard library only.

The curve of the program on the development sets, quotes only, by the threshold (`[answer] threshold`); share refused of the
answerable questions, and of those without an answer:

    | threshold                      | 0.15 | 0.20 | 0.25 | 0.30 | 0.40 (default) | 0.50 |
    | qa_squad2, answerable (300)    | .017 | .027 | .030 | .040 | .057           | .130 |
    | qa_squad2, unanswerable (300)  | .123 | .183 | .257 | .333 | .460           | .560 |
    | qa_pdf_cuad, answerable (166)  | .036 | .042 | .042 | .042 | .060           | .072 |
    | qa_pdf_cuad, unanswerable (80) | .025 | .025 | .025 | .062 | .125           | .263 |
    | sample_docs, answerable (42)   | .000 | .000 | .000 | .000 | .071           | .119 |
    | sample_docs, everyday (42)     | .071 | .143 | .143 | .143 | .286           | .500 |
    | sample_docs, unanswerable (29) | .138 | .138 | .276 | .310 | .414           | .621 |
    | qa_multilingual_xquad (200)    | .000 | .005 | .015 | .025 | .050           | .110 |
    | qa_multihop_hotpot (30)        | .033 | .033 | .067 | .067 | .100           | .167 |

Where one answerable question in ten is refused, 0.54 of the unanswerable ones of qa_squad2 are (area under the curve 0.788)
and 0.34 of those of qa_pdf_cuad (0.730). The coefficients were fitted on these questions; fitted on one half and measured on the other
it is 0.50 (0.770) and 0.15 (0.689): `assistant.answer.confidence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.quality.sets import Question, QuestionSet

THRESHOLDS = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
"""Where the curve is told."""

Metric = tuple[str, float | None, int]
"""Name, value, and over how many items."""


def elsewhere(one: QuestionSet) -> list[Question]:
    """The answerable questions, each asked of a folder that does not hold its document; none where there is one folder."""
    made: list[Question] = []
    for question in one.questions:
        others = [folder for folder in one.indexed if not _holds(folder, question)]
        if question.answerable and question.evidence and others:
            folder = others[len(made) % len(others)]
            made.append(
                replace(
                    question,
                    id=f"{question.id} elsewhere",
                    answerable=False,
                    answers=(),
                    evidence=(),
                    relevant=frozenset(),
                    about=folder,
                )
            )
    return made


def _holds(folder: Path, question: Question) -> bool:
    return any(place.file.is_relative_to(folder) for place in question.evidence)


def curve(name: str, confidences: Sequence[float]) -> list[Metric]:
    """Share of the questions that each threshold refuses.

    Args:
        name: What kind of questions they are.
        confidences: Of the program in its answers to them.
    """
    count = len(confidences)
    return [
        (
            f"refused below {limit:.2f}, {name}",
            sum(one < limit for one in confidences) / count if count else None,
            count,
        )
        for limit in THRESHOLDS
    ]
