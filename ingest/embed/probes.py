"""The texts that a compiled embedding model is checked and timed on.

Varied on purpose: languages, lengths, an empty text, one beyond the model's limit, codes and numbers, and questions
with their passages, among passages that share their words. Written for this purpose; no person's document is needed.
"""

from __future__ import annotations

QUESTIONS: tuple[tuple[str, str], ...] = (
    (
        "When does the lease of the flat end?",
        "The tenancy begins on 1 March 2021 and ends on 28 February 2026 unless it is renewed in writing.",
    ),
    (
        "How much notice must a tenant give?",
        "Either party may terminate this agreement by giving three months' notice to the end of a quarter.",
    ),
    (
        "Who pays for repairs of the heating?",
        "Maintenance of the boiler and the radiators is the landlord's duty; the tenant bears the cost of fuel.",
    ),
    (
        "What is the warranty on the washing machine?",
        "The manufacturer guarantees the drum and the motor for ten years, all other parts for twenty-four months.",
    ),
    (
        "Wie hoch war die Stromrechnung?",
        "Ihr Jahresverbrauch betrug 2.184 kWh. Der Rechnungsbetrag von 712,40 Euro wird am 15. April abgebucht.",
    ),
    (
        "Which bacteria cause stomach ulcers?",
        "Infection with Helicobacter pylori is found in most people with peptic ulcer disease.",
    ),
    (
        "Does aspirin prevent heart attacks?",
        "Low-dose acetylsalicylic acid reduced the rate of myocardial infarction among men over fifty.",
    ),
    (
        "How do I reset the router?",
        "Hold the small button at the back for ten seconds until the lamp blinks red, then wait two minutes.",
    ),
    (
        "recipe for sourdough bread",
        "Mix flour, water and the starter in the evening; let the dough rise overnight and bake it at 240 degrees.",
    ),
    (
        "Who invented the steam engine?",
        "James Watt improved the engine of Newcomen by adding a separate condenser in 1769.",
    ),
    (
        "What did the board decide about the merger?",
        "At its meeting of 9 June the supervisory board approved the acquisition with two votes against.",
    ),
    (
        "capital of Australia",
        "Canberra was chosen as the seat of government in 1908 as a compromise between Sydney and Melbourne.",
    ),
    (
        "How fast can a cheetah run?",
        "Over short distances the cat reaches about 100 kilometres an hour, but it tires within half a minute.",
    ),
    (
        "error when the disk is full",
        "write failed: no space left on device (errno 28). Free some space or move the cache to another volume.",
    ),
    (
        "Where is the invoice of the dentist?",
        "Invoice no. 2023-0417: professional cleaning and one filling, amount due 186.20, payable within 30 days.",
    ),
    (
        "What are black holes?",
        "Where enough mass is packed into a small enough space, not even light can escape from its gravity.",
    ),
)
"""Questions, each with the passage that answers it."""

OTHER_TEXTS: tuple[str, ...] = (
    "",
    "a",
    "42",
    "Total: 1,234.50 EUR (19 % VAT included)",
    "https://example.invalid/a/b?c=d&e=f#g",
    "def area(radius: float) -> float:\n    return 3.14159 * radius ** 2\n",
    "name,quantity,price\nbolt M8,120,0.14\nnut M8,120,0.05\nwasher,240,0.02\n",
    "Der Vertrag kann mit einer Frist von drei Monaten zum Quartalsende gekündigt werden.",
    "Le locataire doit souscrire une assurance contre l'incendie et les dégâts des eaux.",
    "El arrendatario no podrá subarrendar la vivienda sin el consentimiento escrito del arrendador.",
    "Договор вступает в силу с момента его подписания обеими сторонами.",
    "契約は双方が署名した日に効力を生じる。",
    "يبدأ سريان العقد من تاريخ توقيعه.",
    "Η σύμβαση λήγει την τελευταία ημέρα του έτους.",
    "🙂 ½ ﬁne — “quoted” … naïve café Ångström",
    "THE QUICK BROWN FOX JUMPS OVER THE LAZY DOG",
    "Section 4.2\nObligations of the supplier\nThe supplier shall deliver the goods free of defects and on time.",
    "- milk\n- eggs\n- two loaves of bread\n- stamps\n- call the plumber about the tap",
    " ".join(passage for _, passage in QUESTIONS[:7]),
    " ".join(passage for _, passage in QUESTIONS[4:]),
)
"""Texts of many kinds."""

LONG_TEXT = "\n".join(passage for _, passage in QUESTIONS) * 3
"""Longer than any model here takes at once."""

TIMED_TEXTS: tuple[str, ...] = tuple(
    " ".join(passage for _, passage in (QUESTIONS * 2)[first : first + 7]) for first in range(0, 14, 2)
)
"""As long as the passages that are indexed: about 150 to 200 tokens."""


def texts() -> list[str]:
    """All texts, questions and passages that are compared with the reference."""
    questions, passages = zip(*QUESTIONS, strict=True)
    return [*questions, *passages, *OTHER_TEXTS, LONG_TEXT]
