"""What does not work at present: said once, tried again after growing pauses."""

from __future__ import annotations

import logging
import random
from typing import Final

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 5.0
_DOUBLINGS: Final = 10  # after which the longest pause is reached, whatever comes

logger = logging.getLogger("headway.wakeups")


class Trouble:
    """One connection's: how often in a row it failed. Nobody is told twice before it has worked again."""

    def __init__(self, what: str) -> None:
        """`what`: the beginning of the sentence, as in `hints of postgresql do not arrive`."""
        self._what = what
        self._failures = 0

    @property
    def now(self) -> bool:
        return self._failures > 0

    def met(self, error: Exception) -> float:
        """Seconds until another try; not the same for all, or a server that comes back is met by everybody at once."""
        if not self._failures:
            reason = " ".join(str(error).split()) or type(error).__name__
            logger.warning("%s; changes are seen within a second all the same: %.300s", self._what, reason)
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures, _DOUBLINGS))
        self._failures += 1
        return pause * random.uniform(0.5, 1.0)

    def over(self) -> None:
        if self._failures:
            logger.info("%s: no longer so", self._what)
        self._failures = 0
