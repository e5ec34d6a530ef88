"""Where a reader is, as text that it hands back later; and whether its stream can go on from there without a gap."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from headway.stores.protocol import Filter, Horizon

_NUMBER = r"(0|[1-9][0-9]{0,15})"
_TEXT = re.compile(
    rf"([0-9a-z]{{10}})\.{_NUMBER}\.([0-9a-z]{{1,32}})\.([0-9a-z]{{8}})(?:\.{_NUMBER}\.{_NUMBER})?", re.ASCII
)


class ResetReason(StrEnum):
    """Why continuity cannot be proven, so that everything is sent again."""

    UNREADABLE = "unreadable"  # not a cursor of ours
    OTHER_FILTER = "other_filter"  # minted for another stream, or under other rights
    OTHER_STORE = "other_store"  # another database, or one that was made anew
    AHEAD = "ahead"  # the store has not been there: an older backup was restored
    EXPIRED = "expired"  # the history since was pruned
    HISTORY_DIFFERS = "history_differs"  # the store went on otherwise from an older state
    LAGGED = "lagged"  # the reader was slower than what is kept for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Everything up to `position` was delivered; `check` names the newest event there. The cursor of a single-job
    stream also tells the last event and the version of its job, so that resuming reads nothing of other jobs.
    """

    store: str
    position: int
    check: str
    filter: str
    seq: int | None = None
    version: int | None = None

    def __str__(self) -> str:
        """At most 104 characters of `[0-9a-z.]`: short and plain enough for a header that needs no preflight."""
        text = f"{self.store}.{self.position}.{self.check}.{self.filter}"
        return text if self.seq is None else f"{text}.{self.seq}.{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Makes the cursors of one stream. `single`: it follows one job."""

    store: str
    filter: str
    single: bool = False

    def cursor(self, position: int, check: str, seq: int = 0, version: int = 0) -> Cursor:
        if not self.single:
            return Cursor(store=self.store, position=position, check=check, filter=self.filter)
        return Cursor(store=self.store, position=position, check=check, filter=self.filter, seq=seq, version=version)


def mint(epoch: str, filter: Filter) -> Mint:
    """The mint of a stream over a store."""
    return Mint(store=store_name(epoch), filter=_digest(_canonical(filter), 4), single=len(filter.jobs) == 1)


def store_name(epoch: str) -> str:
    """A store's epoch as cursors have it."""
    return _digest(epoch, 5)


def parse(text: str) -> Cursor | None:
    """A cursor from its text, or None for anything else."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    store, position, check, filter, seq, version = match.groups()
    counts = {} if seq is None else {"seq": int(seq), "version": int(version)}
    return Cursor(store=store, position=int(position), check=check, filter=filter, **counts)


def judge(text: str, mint: Mint, horizon: Horizon, checkpoint: Callable[[int], str]) -> Cursor | ResetReason:
    """The cursor, if a stream can go on from it; else why not. `checkpoint` is asked only when all else fits."""
    cursor = parse(text)
    if cursor is None:
        return ResetReason.UNREADABLE
    if cursor.filter != mint.filter or (cursor.seq is not None) != mint.single:
        return ResetReason.OTHER_FILTER
    if cursor.store != store_name(horizon.epoch):
        return ResetReason.OTHER_STORE
    if cursor.position > horizon.position:
        return ResetReason.AHEAD
    if cursor.position < horizon.floor:
        return ResetReason.EXPIRED
    return cursor if cursor.check == checkpoint(cursor.position) else ResetReason.HISTORY_DIFFERS


def _canonical(filter: Filter) -> str:
    sets = (filter.jobs, filter.kinds, filter.projects, filter.subjects)
    return repr([*(sorted(values) for values in sets), filter.parent, filter.tenant])


def _digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode(), digest_size=size).hexdigest()
