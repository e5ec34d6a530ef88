"""Owns the plan of an image job: its kind, its stages in order, and the percent that each of them shows."""

from __future__ import annotations

KIND = "image"

VALIDATING = "validating"
GENERATING = "generating"
STORING = "storing"
WATERMARKING = "watermarking"
COMPLETE = "complete"
FAILED = "failed"

# A stage whose range is a point shows that percent from its beginning to its end; only generating moves.
STEPS: tuple[tuple[str, int, int], ...] = (
    (VALIDATING, 10, 10),
    (GENERATING, 30, 70),
    (STORING, 80, 80),
    (WATERMARKING, 90, 90),
)
ORDER = tuple(name for name, _low, _high in STEPS)
RANGES = {name: (low, high) for name, low, high in STEPS}
