"""How far the tailer has come: one value that all channels of a hub share."""

from __future__ import annotations

from dataclasses import dataclass

from headway.stores.reach import Reach


@dataclass(slots=True)
class Tide:
    """Everything in `reach` has come to the channels. `check` names the newest event up to its position."""

    epoch: str
    reach: Reach
    check: str
