"""How well the program answers a person's own questions from their own documents.

    questions.py   questions with expected answers: JSON lines, read, checked and written
    measure.py     pure: what one answer is worth, and the figures of many
    running.py     every question asked, one answer after the other
    making.py      questions proposed from the documents of a library, to be accepted or not

Knows nothing of how figures are shown.
"""

from assistant.evaluate.making import Proposal, proposals
from assistant.evaluate.measure import Figures, Measured, figures
from assistant.evaluate.questions import OwnQuestion, appended, read
from assistant.evaluate.running import measured

__all__ = ["Figures", "Measured", "OwnQuestion", "Proposal", "appended", "figures", "measured", "proposals", "read"]
