"""What every source of jobs offers to the commands; values are those on the wire, whoever holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from headway.stores.protocol import Filter, JobQuery

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The newest state of a followed job, and the history since the last update."""

    job: Wire
    events: Sequence[Wire] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that the watcher should know about the connection; None takes the last one back."""

    text: str | None


class Follow(Protocol):
    """Follows one job. The first update comes at once, the last one is terminal."""

    def next(self, timeout_s: float) -> Update | Notice | None:
        """Blocks until there is news; None when the time is over first."""
        ...

    def close(self) -> None: ...


class Changes(Protocol):
    """Tells that jobs may have changed: a hint to look again."""

    def wait(self, timeout_s: float) -> bool:
        """Blocks until jobs may have changed (True) or the time is over (False)."""
        ...

    @property
    def notice(self) -> str | None:
        """What stands in the way of news, if anything does."""
        ...

    def close(self) -> None: ...


class Source(Protocol):
    """Jobs, wherever they are. Every call may raise StoreUnavailable; one about a job UnknownJob."""

    @property
    def url(self) -> str:
        """The address, without secrets."""
        ...

    def find(self, text: str) -> str:
        """The whole id from any part of its beginning that names one job only."""
        ...

    def get(self, job_id: str) -> Wire: ...

    def jobs(self, query: JobQuery) -> list[Wire]: ...

    def history(self, job_id: str, *, after: int = 0, limit: int = 100) -> list[Wire]: ...

    def cancel(self, job_id: str) -> Wire: ...

    def retry(self, job_id: str, *, keep_steps: bool) -> Wire: ...

    def follow(self, job_id: str) -> Follow: ...

    def changes(self, filter: Filter) -> Changes:
        """Of these jobs at least; of others too, where telling them apart costs more than looking again."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Source: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
