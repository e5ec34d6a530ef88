"""How far the tailer has come: one value that all channels of a hub share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Tide:
    """Everything up to `position` has reached the channels. `check` names the newest event there."""

    epoch: str
    position: int
    check: str
