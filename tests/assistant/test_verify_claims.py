from hypothesis import given
from hypothesis import strategies as st

from assistant.verify import cleaned, split_claims


def test_sentences_and_list_items_are_claims_without_their_marks() -> None:
    draft = "The rent is **850 euros** [1]. It is due on the 3rd [2, 3].\n\n- Pets are allowed [4]\n- Smoking is not\n"
    assert split_claims(draft) == [
        "The rent is 850 euros.",
        "It is due on the 3rd.",
        "Pets are allowed",
        "Smoking is not",
    ]


def test_headings_questions_and_introductions_are_no_claims() -> None:
    assert split_claims("# Rent\n\nWhat is the rent?\n\nHere is the answer:\n\nIt is 850 euros.") == [
        "It is 850 euros."
    ]


MARKDOWN = """# Report

**Rent.** The rent is *850 euros* a month [1].

- Pets:
  1. Dogs need consent.
  2. Cats do too; see [the lease](lease.md).

| Item | Amount |
|------|-------:|
| Deposit | 2,550 |

```python
print("The rent is 10 euros.")
```

> The tenant pays late fees[^1].

Underlined heading
==================

The total is ~~900~~ 850 euros.

---

[^1]: From the <b>2022</b> lease.
- [x] the keys were handed over
![a plan](plan.png)
"""


def test_markdown_leaves_its_statements() -> None:
    assert split_claims(MARKDOWN) == [
        "Rent. The rent is 850 euros a month.",
        "Dogs need consent.",
        "Cats do too; see the lease.",
        "Deposit: 2,550",
        "The tenant pays late fees.",
        "The total is 850 euros.",
        "From the 2022 lease.",
        "the keys were handed over",
    ]


def test_a_draft_that_is_all_in_a_fence_is_read() -> None:
    assert split_claims("```\nThe rent is 850 euros.\n```") == ["The rent is 850 euros."]
    assert split_claims("```\nThe rent is 850 euros.") == ["The rent is 850 euros."]


def test_signs_of_comparison_are_no_tags() -> None:
    assert split_claims("If a < b and b > c, then it holds.") == ["If a < b and b > c, then it holds."]


def test_a_label_before_the_answer_is_left_out() -> None:
    assert cleaned("Answer: it is Lund [1]") == "it is Lund"
    assert cleaned("The answer to the question is: Lund.") == "Lund."


def test_numbers_in_brackets_that_are_no_marks_stay() -> None:
    assert cleaned("The code is [A7].") == "The code is [A7]."


@given(st.text(max_size=300))
def test_any_text_splits_into_claims_of_one_line(text: str) -> None:
    for claim in split_claims(text):
        assert claim == " ".join(claim.split())
        assert claim
