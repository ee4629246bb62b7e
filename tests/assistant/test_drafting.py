"""Which claims of a draft may be shown."""

import pytest

from assistant.answer.drafting import check, whole_sentences
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


def test_what_a_statement_adds_stands_in_the_one_quote_that_it_cites() -> None:
    both = tuple(sentences_of(QUOTE))
    joined = check(judged("The sum and the work are valid until May.", both), "What is due?", "en", ranked())
    assert joined.claim.verdict == "unsupported"
    single = check(judged("The quote is valid until May.", both), "How long is the offer valid?", "en", ranked())
    assert single.claim.verdict == "supported"
    assert single.quotes == (both[1],)


def test_a_word_that_no_quote_has_is_not_shown() -> None:
    first = sentences_of(QUOTE)[0]
    said = judged("A third of the sum is due at the start of the work because of the storm.", (first,))
    assert check(said, "What is due?", "en", ranked()).claim.verdict == "unsupported"


def test_a_statement_whose_quote_says_nothing_of_the_question_is_not_shown() -> None:
    first, second = sentences_of(QUOTE)
    far = [Ranked(first, 2.0, 1.0, 1.0, 1.0), Ranked(second, 0.5, 1.0, 1.0, 1.0)]
    beside = check(judged("The quote is valid until 15 May 2024.", (second,)), "What is due?", "en", far)
    assert "does not bear" in beside.claim.reason


@pytest.mark.parametrize("claim", ["The rent rises on Mars.", "The work costs 900 euros."])
def test_what_the_verifier_refuses_stays_refused(claim: str) -> None:
    judgement = judge(statement(claim), [QUOTE])
    assert check(judgement, "What is due?", "en", ranked()).claim.verdict == "unsupported"


def test_a_draft_that_was_cut_short_ends_with_its_last_whole_sentence() -> None:
    assert whole_sentences("The rent is 850 euros. It is due on").strip() == "The rent is 850 euros."
    assert whole_sentences("The rent is 850 euros.") == "The rent is 850 euros."
    assert whole_sentences("The rent is 850") == "The rent is 850"
    assert whole_sentences("") == ""


def test_a_number_of_the_file_name_is_not_one_of_the_quote() -> None:
    named = sentences_of(
        place("Jonas Tiller, 9 Kiln Street, begins the work on the bathroom.", name="Quote 2024-118.pdf")
    )
    said = judged("Jonas Tiller begins the work on the bathroom on 2024-118.", tuple(named))
    shown = check(said, "When does the work on the bathroom begin?", "en", [Ranked(named[0], 1.0, 1.0, 1.0, 1.0)])
    assert shown.claim.verdict == "unsupported"
