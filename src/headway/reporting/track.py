"""Loops that report themselves at about the price of a bare generator."""

from __future__ import annotations

import operator
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from headway.reporting.counter import Counter
from headway.reporting.producer import Producer
from headway.reporting.step import StepHandle, check_stop

_Item = TypeVar("_Item")

# The two loops below are the same on purpose: one generator inside another would cost each item half as much again.


def counted(
    producer: Producer, counter: Counter, iterable: Iterable[_Item], total: int | None, unit: str | None
) -> Generator[_Item, None, None]:
    """Yields the items; each counts once its turn of the loop is over."""
    _announce(counter, iterable, total, unit)
    for item in iterable:
        if counter.stopped:
            check_stop(producer)
        yield item
        counter.n += 1


def counted_step(
    producer: Producer,
    start: Callable[[], StepHandle],
    iterable: Iterable[_Item],
    total: int | None,
    unit: str | None,
) -> Generator[_Item, None, None]:
    """A loop that is a step: exhausted means succeeded, an exception of the iterable itself means failed.

    A `break` and an exception in the body look the same to a generator; both leave the step open, for the enclosing
    `with`, the next step or `succeed` to settle.
    """
    step = start()
    counter = producer.counter(step.name)
    _announce(counter, iterable, total, unit)
    try:
        for item in iterable:
            if counter.stopped:
                check_stop(producer)
            yield item
            counter.n += 1
    except GeneratorExit:
        raise
    except BaseException as error:
        step.__exit__(type(error), error, error.__traceback__)
        raise
    step.succeed()


def _announce(counter: Counter, iterable: object, total: int | None, unit: str | None) -> None:
    """Tells the total where it is known, so that the bar can be a bar."""
    if total is None:
        total = operator.length_hint(iterable, 0) or None
    if total is not None or unit is not None:
        counter.set(total=total, unit=unit)
