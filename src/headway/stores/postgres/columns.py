"""Columns of many rows as binary arrays of one type each: what a group writes travels in one statement.

psycopg's own lists find the type of an array anew in its values at every call, and send one that is empty or all null
as untyped text: a statement would be prepared again for every mixture of them.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any, ClassVar, Final

from psycopg.abc import AdaptContext
from psycopg.adapt import Dumper
from psycopg.pq import Format
from psycopg.types.numeric import Int8Dumper

_NULL: Final = b"\xff\xff\xff\xff"
_HEAD: Final = struct.Struct(">iiIii").pack  # dimensions, has nulls, type, length, lower bound
_SIZE: Final = struct.Struct(">i").pack
_EIGHT: Final = _SIZE(8)


class Column(list[Any]):
    """The values of one column, None among them."""


class Ints(Column):
    """Whole numbers: bigint[]."""


class Floats(Column):
    """double precision[]."""


class Texts(Column):
    """text[]; also for what a statement casts to JSON."""


class Bools(Column):
    """boolean[]."""


class _ColumnDumper(Dumper):
    """Writes an array as PostgreSQL reads it (array_recv)."""

    format = Format.BINARY
    element: ClassVar[int]

    def dump(self, obj: Sequence[Any]) -> bytes:
        alike = obj.count(obj[0]) == len(obj) if obj else True  # many columns hold one value
        if alike and (not obj or obj[0] is None):  # unnest fills up with nulls what is shorter than the others
            return struct.pack(">iiI", 0, 0, self.element)
        cells = self.cells(obj[:1]) * len(obj) if alike else self._cells(obj)
        return _HEAD(1, 1, self.element, len(obj), 1) + cells

    def _cells(self, values: Sequence[Any]) -> bytes:
        if None in values:
            return b"".join([_NULL if value is None else self.cells((value,)) for value in values])
        return self.cells(values)

    @staticmethod
    def cells(values: Sequence[Any]) -> bytes:
        """Elements one after the other: the length of each, then what it is."""
        raise NotImplementedError


class _Ints(_ColumnDumper):
    oid, element = 1016, 20

    @staticmethod
    def cells(values: Sequence[int]) -> bytes:
        """Laid out as words of four bytes, a column of them at a time: to pack each number costs five times as much."""
        numbers = array("q", values)
        if sys.byteorder == "little":
            numbers.byteswap()
        halves = array("I", numbers.tobytes())
        words = array("I", _EIGHT) * (len(values) * 3)
        words[1::3], words[2::3] = halves[::2], halves[1::2]
        return words.tobytes()


class _Floats(_ColumnDumper):
    oid, element = 1022, 701

    @staticmethod
    def cells(values: Sequence[float]) -> bytes:
        return struct.pack(">" + "id" * len(values), *chain.from_iterable(zip(repeat(8), values, strict=False)))


class _Texts(_ColumnDumper):
    oid, element = 1009, 25

    @staticmethod
    def cells(values: Sequence[str]) -> bytes:
        encoded = [value.encode() for value in values]
        return b"".join(chain.from_iterable(zip(map(_SIZE, map(len, encoded)), encoded, strict=True)))


class _Bools(_ColumnDumper):
    oid, element = 1000, 16

    @staticmethod
    def cells(values: Sequence[bool]) -> bytes:
        return b"".join([b"\0\0\0\1\1" if value else b"\0\0\0\1\0" for value in values])


class _Number(Int8Dumper):
    """A number of no type: every statement says the type itself, and so is prepared once."""

    oid = 0


_DUMPERS: Final = ((Ints, _Ints), (Floats, _Floats), (Texts, _Texts), (Bools, _Bools), (int, _Number))
_INTS: Final = frozenset(
    (
        *("key", "created_at", "attempt", "permille", "plan_rev", "current", "total", "started_at", "version", "seq"),
        *("attempt_started_at", "finished_at", "updated_at", "last_progress_at", "cancel_requested_at", "due_at"),
        *("event_version", "last_event", "ticked", "position", "ordinal", "at", "recorded_at", "was_version"),
        *("was_attempt", "before", "batches", "last_attempt", "last_batch", "batch_before", "events"),
    )
)
_FLOATS: Final = frozenset(("weight", "low", "high"))
_BOOLS: Final = frozenset(("open", "keep_steps"))


def register(context: AdaptContext) -> None:
    """Lets a connection take columns as parameters."""
    for kind, dumper in _DUMPERS:
        context.adapters.register_dumper(kind, dumper)


def columns(
    names: Iterable[str], rows: Sequence[Sequence[Any]], prefix: str = "", job: type[Column] = Ints
) -> dict[str, Column]:
    """Rows turned into a column for each name, as parameters of a statement. `job`: what names the job of a row."""
    named = [(prefix + name, job if name == "job" else _kind(name.removeprefix("entry_"))) for name in names]
    turned = zip(*rows, strict=True) if rows else (() for _ in named)
    return {name: kind(values) for (name, kind), values in zip(named, turned, strict=True)}


def is_text(name: str) -> bool:
    """Whether a value of this name is text."""
    return _kind(name.removeprefix("entry_").removeprefix("step_")) is Texts


def _kind(name: str) -> type[Column]:
    return Ints if name in _INTS else Floats if name in _FLOATS else Bools if name in _BOOLS else Texts
