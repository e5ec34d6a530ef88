"""Jobs behind a Headway server."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import quote, urlencode

from headway.cli.sources import ids
from headway.cli.sources.source import Wire
from headway.cli.sources.stream import RemoteChanges, RemoteFollow, Stream
from headway.core.commands import RequestCancel, Retry
from headway.core.instant import to_text
from headway.reporting.remote import HttpLink
from headway.stores.protocol import Filter, JobQuery

PATIENCE_S = 10.0
PAGE = 40  # jobs with their steps in one answer
SEARCHED_MAX = 2_000  # jobs that are looked at for the beginning of an id


class RemoteSource(HttpLink):
    """Reads and asks over HTTP, on the same connection and with the same errors as a worker's reports."""

    def __init__(self, url: str) -> None:
        super().__init__(url, patience_s=PATIENCE_S)

    def find(self, text: str) -> str:
        begun = ids.beginning(text)
        if len(begun) == ids.WHOLE:
            return begun
        born = ids.born_between(begun)
        near = self._beginning(begun, *born) if born else []
        return ids.the_one(text, near or self._beginning(begun, None, None))

    def jobs(self, query: JobQuery) -> list[Wire]:
        return list(self._listed(query))

    def history(self, job_id: str, after: int = 0, limit: int = 100) -> list[Wire]:
        asked = urlencode({"after": after, "limit": limit})
        return list(self._json("GET", f"/v1/jobs/{quote(job_id)}/history?{asked}", None)["items"])

    def cancel(self, job_id: str) -> Wire:
        return self.ask(job_id, RequestCancel())

    def retry(self, job_id: str, *, keep_steps: bool) -> Wire:
        return self.ask(job_id, Retry(keep_steps=keep_steps))

    def follow(self, job_id: str) -> RemoteFollow:
        self.get(job_id)  # an unknown job or a server that is away is told before anything is drawn
        return RemoteFollow(Stream(self.url, f"/v1/jobs/{quote(job_id)}/events"), lambda: self.get(job_id))

    def changes(self, filter: Filter) -> RemoteChanges:
        return RemoteChanges(Stream(self.url, f"/v1/events?{urlencode(_facts(filter))}"))

    def __enter__(self) -> RemoteSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _beginning(self, begun: str, after: int | None, before: int | None) -> list[str]:
        """Servers list jobs by time and not by id: the newest of that time are looked through."""
        query = JobQuery(created_after=after, created_before=before, limit=SEARCHED_MAX)
        return [job["id"] for job in self._listed(query) if job["id"].startswith(begun)]

    def _listed(self, query: JobQuery) -> Iterator[Wire]:
        cursor: str | None = None
        left = query.limit
        while left > 0:
            page = self._json("GET", f"/v1/jobs?{_asked(query, min(left, PAGE), cursor)}", None)
            yield from page["items"]
            left -= len(page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _asked(query: JobQuery, limit: int, cursor: str | None) -> str:
    asked: list[tuple[str, Any]] = [("limit", limit), *_facts(query.filter)]
    asked.extend(("status", status) for status in sorted(query.statuses))
    if query.health is not None:
        asked.append(("health", query.health))
    times = ("created_after", "created_before", "quiet_since")
    asked.extend((name, to_text(moment)) for name in times if (moment := getattr(query, name)) is not None)
    if cursor is not None:
        asked.append(("cursor", cursor))
    return urlencode(asked)


def _facts(filter: Filter) -> list[tuple[str, Any]]:
    """What lists and streams are filtered by alike."""
    wanted = {"kind": filter.kinds, "project": filter.projects, "subject": filter.subjects}
    return [(name, value) for name, values in wanted.items() for value in sorted(values)]
