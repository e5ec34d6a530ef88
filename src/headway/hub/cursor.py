"""Where a reader is, as text that it hands back later; and whether its stream can go on from there without a gap."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from itertools import chain
from operator import or_
from typing import Final

from headway.stores.protocol import Filter, Horizon
from headway.stores.reach import Reach

TEXT_MAX = 128
GAPS_MAX = 12  # more of them are never told; fewer where they do not fit
_TOP_MAX: Final = 2**63 - 1
_NUMBER = r"(0|[1-9][0-9]{0,15})"
_TEXT = re.compile(
    r"([0-9a-z]{10})\.(0|[1-9][0-9]{0,18})\.([0-9a-z]{1,32})\.([0-9a-z]{8})"
    rf"(?:\.{_NUMBER}\.{_NUMBER})?(?:_([0-9a-f]+)((?:-[1-9a-f][0-9a-f]*-[1-9a-f][0-9a-f]*)+))?",
    re.ASCII,
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
    """Everything in `reach` was delivered; `check` names the newest event up to `position`. The cursor of a single-job
    stream also tells the last event and the version of its job, so that resuming reads nothing of other jobs.
    """

    store: str
    reach: Reach
    check: str
    filter: str
    seq: int | None = None
    version: int | None = None

    @property
    def position(self) -> int:
        """Everything up to here was delivered."""
        return self.reach.position

    @property
    def whole(self) -> bool:
        """Whether its text tells all of it, or all that its stream goes on by."""
        return not self.reach.gaps or self.seq is not None or parse(str(self)) == self

    def __str__(self) -> str:
        """At most 128 characters of `[0-9a-z._-]`: short and plain enough for a header that needs no preflight.

        Gaps that do not fit are told as larger ones: what lies between them is read again. A single-job stream goes on
        by the numbers of its job and needs none.
        """
        text = f"{self.store}.{self.reach.position}.{self.check}.{self.filter}"
        if self.seq is not None:
            return f"{text}.{self.seq}.{self.version}"
        return text + _fitting(self.reach, TEXT_MAX - len(text)) if self.reach.gaps else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """Makes the cursors of one stream. `single`: it follows one job."""

    store: str
    filter: str
    single: bool = False

    def cursor(self, reach: Reach, check: str, seq: int = 0, version: int = 0) -> Cursor:
        if not self.single:
            return Cursor(store=self.store, reach=reach, check=check, filter=self.filter)
        return Cursor(store=self.store, reach=reach, check=check, filter=self.filter, seq=seq, version=version)


def mint(epoch: str, filter: Filter) -> Mint:
    """The mint of a stream over a store."""
    return Mint(store=store_name(epoch), filter=_digest(_canonical(filter), 4), single=len(filter.jobs) == 1)


def store_name(epoch: str) -> str:
    """A store's epoch as cursors have it."""
    return _digest(epoch, 5)


def parse(text: str) -> Cursor | None:
    """A cursor from its text, or None for anything else."""
    match = _TEXT.fullmatch(text) if len(text) <= TEXT_MAX else None
    if match is None:
        return None
    store, position, check, filter, seq, version, shift, lengths = match.groups()
    reach = _reach(int(position) + 1, int(shift or "0", 16), lengths or "")
    counts = {} if seq is None else {"seq": int(seq), "version": int(version)}
    cursor = Cursor(store=store, reach=reach, check=check, filter=filter, **counts)
    return cursor if reach.top <= _TOP_MAX and str(cursor) == text else None


def judge(text: str, mint: Mint, horizon: Horizon, checkpoint: Callable[[int], str]) -> Cursor | ResetReason:
    """The cursor, if a stream can go on from it; else why not. `checkpoint` is asked only when all else fits."""
    cursor = parse(text)
    if cursor is None:
        return ResetReason.UNREADABLE
    if cursor.filter != mint.filter or (cursor.seq is not None) != mint.single:
        return ResetReason.OTHER_FILTER
    if cursor.store != store_name(horizon.epoch):
        return ResetReason.OTHER_STORE
    if not horizon.reach.includes(cursor.reach):
        return ResetReason.AHEAD
    if cursor.position < horizon.floor:
        return ResetReason.EXPIRED
    return cursor if cursor.check == checkpoint(cursor.position) else ResetReason.HISTORY_DIFFERS


def _fitting(reach: Reach, room: int) -> str:
    """As many gaps as there is room for."""
    counts = range(min(len(reach.gaps), GAPS_MAX), 0, -1)
    told = (_told(reach.coarse(count)) for count in counts)
    return next(text for text in told if len(text) <= room)


def _told(reach: Reach) -> str:
    """From the position on, by turns, how far all is missing and how far nothing is: `_<zeros>-<length>-<length>…`,
    in hexadecimal, without the zero bits that all lengths end with.
    """
    lows, highs = zip(*reach.gaps, strict=True)
    ends = (*lows[1:], reach.top)
    lengths = [*chain.from_iterable((high - low, end - high) for low, high, end in zip(lows, highs, ends, strict=True))]
    bits = reduce(or_, lengths)
    zeros = (bits & -bits).bit_length() - 1
    return f"_{zeros:x}" + "".join([f"-{length >> zeros:x}" for length in lengths])


def _reach(low: int, zeros: int, lengths: str) -> Reach:
    """What `_told` has told, from the first position on that may be missing."""
    gaps: list[tuple[int, int]] = []
    for missing, there in _pairs(int(length, 16) << min(zeros, 63) for length in lengths.split("-")[1:]):
        gaps.append((low, low + missing))
        low += missing + there
    return Reach(low, tuple(gaps))


def _pairs(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    turns = iter(numbers)
    return zip(turns, turns, strict=True)


def _canonical(filter: Filter) -> str:
    sets = (filter.jobs, filter.kinds, filter.projects, filter.subjects)
    return repr([*(sorted(values) for values in sets), filter.parent, filter.tenant])


def _digest(text: str, size: int) -> str:
    return hashlib.blake2s(text.encode(), digest_size=size).hexdigest()
