"""`python -m tests.make_sample_docs [FOLDER]`: writes the made documents; without FOLDER, into `sample_docs/`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.make_sample_docs import office, scans
from tests.make_sample_docs.markup import pages, source

TENANT = "Clara Wendelin"

QUOTE_MAIL = """Dear Ms Wendelin,

thank you for showing me the bathroom in the Ziegelgasse on Tuesday. My quote is attached.

The pipe behind the bathtub is made of lead and has to go in any case; I have put new pipes into the quote. While we work,
the water in the whole house will be off on the first two days. Please decide on the colour of the tiles by 10 May, because
the delivery takes three weeks.

You can reach me on 0555 017 730, best after 16:00.

Kind regards
Jonas Tiller
"""


def make(folder: Path) -> None:
    """Write every made document below a folder."""
    born_digital = (
        ("Home/Lease 14 Tannery Lane.pdf", "lease", "Residential Lease Agreement", "Hollis & Crane Lettings"),
        ("Home/Boiler manual Thermavel H24.pdf", "boiler", "Thermavel H24 Operating Manual", "Thermavel"),
        ("Money/Household insurance.pdf", "insurance", "Household Contents Insurance", "Brackenfield Mutual"),
        ("Money/Bank statement 2024-03.pdf", "bank", "Account Statement March 2024", "Orrin Valley Savings Bank"),
        ("Letters/Stromrechnung 2023.pdf", "stadtwerke", "Jahresabrechnung Strom 2023", "Stadtwerke Krähenbrück"),
    )
    for name, text, title, author in born_digital:
        office.write(folder / name, office.pdf(pages(source(text)), title, author))
    for version, fee in (("draft", "340"), ("signed", "365")):
        content = office.pdf(pages(source("studio", fee=fee)), "Studio Use Agreement", "Old Ropery Arts Association")
        office.write(folder / f"Contracts/Studio agreement ({version}).pdf", content)
    for name, text, title, author in (
        ("Home/Minutes residents 2024-01-17.docx", "minutes", "Minutes of the Residents' Meeting", "Tobias Marchetti"),
        ("Letters/Kündigung Sportzentrum.docx", "kuendigung", "Kündigung meiner Mitgliedschaft", TENANT),
    ):
        office.write(folder / name, office.word(pages(source(text)), title, author))
    quote = office.pdf(pages(source("quote")), "Quote 2024-118", "Jonas Tiller")
    headers = {
        "From": "Jonas Tiller <office@tiller.example>",
        "To": f"{TENANT} <clara@wendelin.example>",
        "Subject": "Quote for the bathroom",
        "Date": "Thu, 18 Apr 2024 17:05:00 +0200",
        "Message-ID": "<20240418.quote@tiller.example>",
    }
    office.write(
        folder / "Mail/Quote for the bathroom.eml", office.mail(QUOTE_MAIL, headers, {"Quote 2024-118.pdf": quote})
    )
    letter = [scans.scanned(scans.letter(page), seed) for seed, page in enumerate(pages(source("waterboard")), start=1)]
    office.write(folder / "Letters/Water meter (scan).pdf", scans.pdf_of(letter, ""))
    receipt = scans.photographed(scans.card(source("receipt"), size=34), seed=7)
    office.write(folder / "Money/Receipt hardware store.jpg", scans.jpeg(receipt, 78))
    warranty = scans.scanned(scans.card(source("warranty")), seed=11, angle=-0.4)
    office.write(folder / "Home/Warranty dishwasher.png", scans.png(warranty))


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2] / "sample_docs")
