"""Which claims of a draft may be shown."""

import pytest

from assistant.answer.drafting import check
from assistant.verify import Ranked, Sentence, judge, sentences_of
from assistant.verify.judge import Judgement
from tests.assistant.material import place, statement

QUOTE = place("A third of the sum is due at the start of the work. This quote is valid until 15 May 2024.")


def ranked() -> list[Ranked]:
    """The sentences as if each answered the question equally well."""
    return [Ranked(sentence, 1.0, 1.0, 1.0, 1.0) for sentence in sentences_of(QUOTE)]


def judged(claim: str, quotes: tuple[Sentence, ...]) -> Judgement:
    return Judgement(claim, "supported", "the quotes together say so", quotes, 0.9)


def test_a_date_of_one_sentence_is_not_joined_to_the_amount_of_another() -> None:
    both = tuple(sentences_of(QUOTE))
    joined = check(judged("A third of the sum is due on 15 May 2024.", both), "When is it due?", "en", ranked())
    assert joined.claim.verdict == "unsupported"
    assert "single quote" in joined.claim.reason


def test_a_date_that_stands_in_its_one_quote_is_shown() -> None:
    second = sentences_of(QUOTE)[1]
    single = check(judged("The quote is valid until 15 May 2024.", (second,)), "How long is it valid?", "en", ranked())
    assert single.claim.verdict == "supported"


def test_statements_without_figures_may_rest_on_two_quotes() -> None:
    both = tuple(sentences_of(QUOTE))
    plain = check(
        judged("A part of the sum is due at the start and the quote lapses.", both), "What is due?", "en", ranked()
    )
    assert plain.claim.verdict == "supported"


@pytest.mark.parametrize("claim", ["The rent rises on Mars.", "The work costs 900 euros."])
def test_what_the_verifier_refuses_stays_refused(claim: str) -> None:
    judgement = judge(statement(claim), [QUOTE])
    assert check(judgement, "What is due?", "en", ranked()).claim.verdict == "unsupported"
