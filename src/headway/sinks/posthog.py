"""The sink that sends to PostHog: JSON over HTTPS, with the standard library."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from headway.core.errors import InvalidSetting
from headway.sinks.sink import ONCE, Occurrence

BATCH_MAX = 100  # events in one request


class PostHogSink:
    """Sends to `{host}/batch/` with the project's own key. Raises when the host refuses or cannot be reached.

    An event that is counted once carries the same `uuid` from every process, by which PostHog knows repeats.
    """

    def __init__(self, key: str, *, host: str = "https://eu.i.posthog.com", timeout_s: float = 5.0) -> None:
        if not key:
            raise InvalidSetting("key", "must be the key of a PostHog project")
        if urlsplit(host).scheme not in ("http", "https"):
            raise InvalidSetting("host", "must be the address of a PostHog server, as in https://eu.i.posthog.com")
        self._key = key
        self._url = f"{host.rstrip('/')}/batch/"
        self._timeout_s = timeout_s

    def __call__(self, event: str, distinct_id: str, properties: Mapping[str, Any]) -> None:
        now = datetime.now(UTC).timestamp()
        self.send([Occurrence(event=event, distinct_id=distinct_id, properties=properties, at=now)])

    def send(self, events: Sequence[Occurrence]) -> None:
        """Several events in as few requests as there must be."""
        for start in range(0, len(events), BATCH_MAX):
            self._post({"api_key": self._key, "batch": [_sent(each) for each in events[start : start + BATCH_MAX]]})

    def _post(self, content: Mapping[str, Any]) -> None:
        body = json.dumps(content, default=str).encode()
        request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=self._timeout_s) as answer:
            answer.read()


def _sent(event: Occurrence) -> dict[str, Any]:
    values = {
        "event": event.event,
        "distinct_id": event.distinct_id,
        "properties": dict(event.properties),
        "timestamp": datetime.fromtimestamp(event.at, UTC).isoformat(timespec="milliseconds"),
    }
    return values | ({"uuid": event.properties[ONCE]} if ONCE in event.properties else {})
