"""Follows a store behind a Headway server, by one long-poll after the other, in a thread of its own."""

from __future__ import annotations

import threading
from typing import Any

from headway.core.errors import HeadwayError, StoreUnavailable
from headway.core.job import TERMINAL
from headway.reporting.outage import Outage
from headway.reporting.remote import HttpLink
from headway.stores.protocol import Filter
from headway.watching.change import Change, Tell, logger, over, synced

WAIT_S = 25.0  # how long a server may keep a poll open: less than proxies do
PAUSE_S = 0.5  # before a server that is away is asked again


class Far:
    """Every poll goes on from the cursor of the one before, also after the server was away."""

    def __init__(self, link: HttpLink, filter: Filter, tell: Tell, outage: Outage) -> None:
        self._link = link.another(WAIT_S + 10)
        self._filter = filter
        self._tell = tell
        self._outage = outage
        self._cursor: str | None = None
        self._synced = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="headway-subscription", daemon=True)

    def start(self) -> None:
        """Begins to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Asks no more, and hangs up on an answer that is waited for."""
        self._stopping.set()
        self._link.interrupt()

    def join(self, timeout_s: float) -> None:
        """Waits until nobody is told anything any more."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._poll()
            except StoreUnavailable as error:
                if not self._stopping.is_set():
                    self._outage.noticed(self, error, "it is watched again when it is back")
                self._stopping.wait(PAUSE_S)
            except HeadwayError as error:
                logger.error("cannot follow %s any more: %s", self._link.url, error)
                self._stopping.set()
        self._link.close()
        self._outage.over(self)

    def _poll(self) -> None:
        page = self._link.poll(self._query())
        self._outage.over(self)
        for item in page["items"]:
            if self._stopping.is_set():
                return
            self._told(item)
        if not self._synced or any(item["event"] == "reset" for item in page["items"]):
            self._synced = True
            self._tell(synced())
        self._cursor = page["next_cursor"]

    def _query(self) -> list[tuple[str, str]]:
        named = {"job": self._filter.jobs, "kind": self._filter.kinds}
        named |= {"project": self._filter.projects, "subject": self._filter.subjects}
        query = [(name, value) for name, values in named.items() for value in sorted(values)]
        if self._cursor is not None:
            query += [("cursor", self._cursor), ("wait", f"{WAIT_S:g}")]
        return query

    def _told(self, item: Change) -> None:
        self._tell(item)
        if len(self._filter.jobs) == 1 and (ended := _ended(item)):
            self._stopping.set()
            self._tell(over(*ended))


def _ended(item: Change) -> tuple[str, str] | None:
    """The id and status of the job that has its last word here."""
    values: dict[str, Any] = item["data"]
    if item["event"] == "event":
        header, job_id = values["job"], values["job_id"]
        return (job_id, header["status"]) if values["type"] in TERMINAL else None
    return (values["id"], values["status"]) if item["event"] != "reset" and values["status"] in TERMINAL else None
