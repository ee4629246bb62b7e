"""Coefficients of the verifier's logistic regression, and what they were fitted on. Numbers only.

Fitted on the 649 labelled claims of verify_wice (web pages cited by Wikipedia) and verify_scifact (abstracts),
standardised features, L2 penalty 10, "supported" against everything else. Fitted on one half of the documents and
measured on the other (20 random splits): area under the ROC curve, balanced accuracy and precision at 0.4, and share of
contradicted claims shown as supported, each with what must agree except the comparison of copies word by word, which came
later and costs verify_wice and verify_scifact about 0.01 of balanced accuracy:

    with late interaction             verify_wice 0.841, 0.752, 0.65   verify_scifact 0.818, 0.731, 0.77; 0.32
    the same without `clash`          verify_wice 0.844, 0.744, 0.66   verify_scifact 0.787, 0.717, 0.79; 0.27
    by words alone                    verify_wice 0.819, 0.727, 0.60   verify_scifact 0.766, 0.678, 0.67; 0.40
    before words of direction         verify_wice 0.836, 0.749, 0.65   verify_scifact 0.780, 0.699, 0.69; 0.49

The words of direction (direction.py) were listed after reading contradicted claims of verify_scifact, so that its figures
are a little better than those of texts nobody looked at.

Left out because nothing was gained: the worst-met word, the worst-met clause, words of the whole document, the number of
sentences, the rank of the passage, a cosine, the nearness of a claim with its direction turned round, and how near the
words around a number are to those around it in the quote.
"""

from __future__ import annotations

import math

WITH_VECTORS: dict[str, float] = {
    "intercept": -1.616,
    "late": 4.116,
    "unmet": -4.086,
    "covered": 0.607,
    "names_missing": -0.689,
    "numbers_missing": -1.706,
    "clash": -5.243,
    "words": -0.414,
}
BY_WORDS: dict[str, float] = {
    "intercept": -1.407,
    "covered": 3.54,
    "names_missing": -0.758,
    "numbers_missing": -1.438,
    "clash": -0.81,
    "words": -0.363,
}


def logistic(value: float) -> float:
    """1 / (1 + e^-value), safe at both ends."""
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, value))))


def probability(features: dict[str, float]) -> float:
    """How likely a claim with these features is supported; without late interaction by the shared words."""
    coefficients = WITH_VECTORS if "late" in features else BY_WORDS
    named = ((name, value) for name, value in coefficients.items() if name != "intercept")
    return logistic(coefficients["intercept"] + sum(value * features[name] for name, value in named))
