"""The Markdown of drafts as styles: what is shown, what is left as it is, and that nothing in it can act."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.tui.markdown import rendered


def styled(text: str) -> dict[str, str]:
    """What is shown in a style, by its text."""
    content = rendered(text)
    return {content.plain[span.start : span.end]: str(span.style) for span in content.spans}


def test_emphasis_headings_lists_quotes_and_code_are_shown() -> None:
    draft = (
        "# The **rent**\n- It is *870 euros*\n  * a month\n2. Pay `in time`\n> quoted\n---\n```python\nx = **y**\n```"
    )
    assert rendered(draft).plain.split("\n") == [
        "The rent",
        "• It is 870 euros",
        "  • a month",
        "2. Pay in time",
        "│ quoted",
        "────────────",
        "  x = **y**",
    ]
    assert styled(draft)["870 euros"] == "underline"
    assert styled(draft)["in time"] == "bold"
    assert styled("**a *b* c**") == {"b": "underline", "a b c": "bold"}


def test_signs_that_are_no_emphasis_stay() -> None:
    for text in (
        "2*3*4 = 24",
        "snake_case and __init__",
        "a * b * c",
        "5 ** 2",
        "[x](http://evil) <b>y</b>",
        "[bold]z[/]",
    ):
        assert rendered(text).plain == text
        assert not rendered(text).spans


def test_what_is_not_closed_yet_is_shown_as_if_it_were() -> None:
    assert rendered("The **rent is").plain == "The rent is"
    assert styled("The **rent is") == {"rent is": "bold"}
    assert rendered("The **").plain == "The **"


@given(st.text(st.sampled_from("ab *`_#>-\n1.[]()\x1b")))
def test_any_text_is_shown_without_control_characters_and_with_all_its_words(text: str) -> None:
    content = rendered(text)
    assert "\x1b" not in content.plain
    assert {"bold", "underline"} >= {str(span.style) for span in content.spans}
    if "```" not in text:
        assert [one for one in content.plain if one in "ab1"] == [one for one in text if one in "ab1"]
