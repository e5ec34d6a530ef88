"""Immutable values with named fields, cheap to make at import and cheap to copy with changes.

A dataclass would say the same, but importing that library and making the dozen that a worker needs costs it 30 ms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, TypeVar, dataclass_transform

_Self = TypeVar("_Self", bound="Record")


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """Fields are the annotated names of the class; those with a value are optional. Keyword arguments only."""

    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        names = [name for name, kind in cls.__annotations__.items() if not kind.startswith("ClassVar")]
        cls._fields = tuple(names)
        cls._defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}

    def __init__(self, **values: Any) -> None:
        own = self.__dict__
        own.update(self._defaults)
        own.update(values)
        if len(own) != len(self._fields):
            wrong = sorted(set(own) ^ set(self._fields))
            raise TypeError(f"{type(self).__name__} has other fields: look at {', '.join(wrong)}")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]  # fields may hold mappings

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._fields)
        return f"{type(self).__name__}({shown})"


def made(kind: type[_Self], fields: dict[str, Any]) -> _Self:
    """A record of fields that are known to be all of its own: a fifth of the price of asking it.

    It keeps the very mapping, which must be nobody else's: to fill the one that it has would cost twice as much.
    """
    record = object.__new__(kind)
    object.__setattr__(record, "__dict__", fields)
    return record


def changed(value: _Self, *changes: Mapping[str, Any]) -> _Self:
    """A copy of a record with some fields replaced; a tenth of the price of making it anew."""
    own = value.__dict__.copy()
    for each in changes:
        own.update(each)
    return made(type(value), own)
