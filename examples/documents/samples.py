"""Owns the sample input: PDFs of every kind that people bring, the same every time."""

from __future__ import annotations

from examples.house import unreadable
from examples.house.papers import printed, scanned, sealed, torn
from examples.house.sample import Sample


def samples() -> list[Sample]:
    """One of each kind, the long ones in the middle, so that short ones overtake them."""
    return [
        Sample(name="notice-to-mariners.pdf", make=lambda: printed("Notice to Mariners", 1)),
        Sample(name="the-harbour-log.pdf", make=lambda: printed("The Harbour Log", 3000)),
        Sample(name="survey-of-the-lower-reach.pdf", make=lambda: printed("Survey of the Lower Reach", 400)),
        Sample(name="scanned-letter.pdf", make=lambda: scanned(2)),
        Sample(name="sealed-minutes.pdf", make=sealed, refused=unreadable.EncryptedPdf),
        Sample(name="torn-ledger.pdf", make=torn, refused=unreadable.DamagedPdf),
        Sample(name="mooring-plan.pdf", make=lambda: printed("Mooring Plan", 3)),
    ]
