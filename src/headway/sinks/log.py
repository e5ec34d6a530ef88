"""The sink that needs nothing: analytics events as lines of the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any


class LogSink:
    """Writes each event as one line, `status_poll 9f3c… {"stage": "storing"}`, to the logger `headway.analytics`."""

    def __init__(self, logger: logging.Logger | None = None, *, level: int = logging.INFO) -> None:
        self._logger = logger or logging.getLogger("headway.analytics")
        self._level = level

    def __call__(self, event: str, distinct_id: str, properties: Mapping[str, Any]) -> None:
        if not self._logger.isEnabledFor(self._level):
            return
        told = json.dumps(properties, ensure_ascii=True, default=str, sort_keys=True)
        self._logger.log(self._level, "%s %s %s", event, distinct_id, told)
