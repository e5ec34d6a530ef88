"""Owns which error of the intake room is answered with which status and type."""

from __future__ import annotations

from examples.house import unreadable
from examples.house.problems import answering
from examples.intake.ledger import UnknownFile
from examples.intake.room import LineIsFull
from headway import IllegalTransition, StoreUnavailable

ANSWERS = answering(
    (
        (unreadable.EmptyFile, 422, "empty-file"),
        (unreadable.NotAPdf, 415, "not-a-pdf"),
        (UnknownFile, 404, "unknown-file"),
        (IllegalTransition, 409, "not-now"),
        (LineIsFull, 503, "line-is-full"),
        (StoreUnavailable, 503, "store-unavailable"),
    )
)
