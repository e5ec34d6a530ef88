"""Owns the sample input: PDFs with text and without, one locked, one damaged, and one that is brought twice."""

from __future__ import annotations

from examples.house import unreadable
from examples.house.papers import printed, scanned, sealed, torn
from examples.house.sample import Sample


def samples() -> list[Sample]:
    """One of each kind."""
    return [
        Sample(name="harbour-dues.pdf", make=lambda: printed("Harbour Dues for the Spring Quarter", 2)),
        Sample(name="tide-tables.pdf", make=lambda: printed("Tide Tables of the Lower Reach", 160)),
        Sample(name="letter-from-a-keeper.pdf", make=lambda: scanned(2)),
        Sample(name="minutes-behind-a-lock.pdf", make=sealed, refused=unreadable.EncryptedPdf),
        Sample(name="half-a-ledger.pdf", make=torn, refused=unreadable.DamagedPdf),
        Sample(name="dredging-report.pdf", make=lambda: printed("Report of the Dredging Crew", 24)),
        Sample(name="harbour-dues-once-more.pdf", make=lambda: printed("Harbour Dues for the Spring Quarter", 2)),
    ]
