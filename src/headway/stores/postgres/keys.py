"""What a process remembers of the jobs that it writes to: their keys, and the last batch of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from headway.stores.postgres.columns import Texts
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.rows import rows
from headway.stores.protocol import BatchMark, Commit

_MAX: Final = 20_000


class Keys:
    """A job's key never changes while the job exists; its last batch is compared with what is stored when used."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = {}
        self._last: dict[int, BatchMark] = {}

    def of(self, db: Connection, commits: Iterable[Commit]) -> dict[str, int]:
        """The key of each job that exists."""
        wanted = [commit.after.facts.id for commit in commits]
        known = self._keys
        missing = [id for id in wanted if id not in known]
        if missing:
            if len(known) >= _MAX:
                known.clear()
                self._last.clear()
            known |= dict(rows(db, "find_keys", {"ids": Texts(missing)}))
        return {id: known[id] for id in wanted if id in known}

    def known(self, job_id: str) -> int | None:
        """A job's key, if it was looked up before."""
        return self._keys.get(job_id)

    def last(self, key: int) -> BatchMark | None:
        """The last batch of a job, if it was written here."""
        return self._last.get(key)

    def stored(self, commits: Iterable[Commit], keys: Mapping[str, int]) -> None:
        """Remembers whose batch is the last of each job now."""
        for commit in commits:
            if commit.marks:
                self.follow(keys[commit.after.facts.id], commit.marks)

    def follow(self, key: int, marks: Sequence[BatchMark]) -> None:
        """Remembers the last of one job's batches."""
        counted = [mark for mark in marks if mark.seq]
        if len(counted) == 1:
            self._last[key] = counted[0]
        elif counted:
            self._last.pop(key, None)

    def forget(self, commits: Iterable[Commit]) -> None:
        """Looks these up anew: they may be other jobs now, and others may have written."""
        for commit in commits:
            key = self._keys.pop(commit.after.facts.id, None)
            if key is not None:
                self._last.pop(key, None)
