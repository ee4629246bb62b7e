"""When the program should refuse: the curve of refusals, and questions that are made unanswerable.

A question is made unanswerable by asking it of a folder that does not hold its document: everything else about it, its words
and its language, stays as a person wrote it. Standard library only.

The curve of the program on the development sets, quotes only, by the threshold (`[answer] threshold`); share refused of the
answerable questions, and of those without an answer:

    | threshold                      | 0.15 | 0.20 | 0.25 | 0.30 | 0.40 (default) | 0.50 |
    | qa_squad2, answerable (300)    | .023 | .027 | .040 | .053           | .073 | .163 |
    | qa_squad2, unanswerable (300)  | .137 | .213 | .273 | .363           | .480 | .597 |
    | qa_pdf_cuad, answerable (166)  | .036 | .042 | .042 | .054           | .072 | .157 |
    | qa_pdf_cuad, unanswerable (80) | .025 | .025 | .025 | .050           | .125 | .263 |
    | sample_docs, answerable (42)   | .000 | .000 | .000 | .024           | .071 | .119 |
    | sample_docs, unanswerable (15) | .067 | .067 | .133 | .200           | .333 | .600 |
    | qa_multilingual_xquad (200)    | .000 | .010 | .020 | .025           | .055 | .120 |
    | qa_multihop_hotpot (30)        | .033 | .033 | .033 | .067           | .100 | .133 |

Where one answerable question in ten is refused, 0.55 of the unanswerable ones of qa_squad2 are (area under the curve 0.784)
and 0.19 of those of qa_pdf_cuad (0.701). The coefficients were fitted on these questions; fitted on one half and measured on the other
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
