"""The statements that the verifier is measured on are what their labels say."""

from tests.quality.statements import make, sentences_in

PAGES = {
    "lease.pdf": [
        "The deposit of 1,700 euros is returned within six months after the flat was handed back to Peter Vogel.\n\n"
        "The tenant may keep small animals such as fish without asking. The rent was increased on 1 March 2023 by a tenth.",
    ],
    "boiler.pdf": ["The gas valve of the boiler is closed with the red lever in the cellar by Anna Schmidt."],
}


def test_every_kind_differs_from_the_text_as_its_label_says() -> None:
    known = {sentence for _, sentence in sentences_in(PAGES)}
    made = make(sentences_in(PAGES), 5)
    assert {one.text for one in made if one.kind == "as it stands"} == known
    by_kind = {one.kind: one.text for one in made}
    assert "1700 euros" in by_kind["written another way"] or "2023-03-01" in by_kind["written another way"]
    assert "must keep small animals" in by_kind["over-generalised"]
    assert not any(one.text in known for one in made if not one.true)
    assert {"another number", "another date", "another name", "negated", "other direction", "mixed"} <= set(by_kind)


def test_the_same_seed_makes_the_same_statements() -> None:
    assert make(sentences_in(PAGES), 5) == make(sentences_in(PAGES), 5)
