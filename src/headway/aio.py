"""The same handles for async code: every call that may block runs in a thread, ticks stay plain calls.

async with headway.aio.start("report") as job:
    async for page in job.track(pages, step="render"):
        await render(page)
"""

from __future__ import annotations

import asyncio
import operator
import time
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Generator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar

from headway.core.errors import StoreUnavailable
from headway.reporting import default
from headway.reporting.context import left
from headway.reporting.handle import JobHandle
from headway.reporting.reporter import AGAIN_S
from headway.reporting.step import StepHandle
from headway.watching.change import Change
from headway.watching.crossing import Crossing
from headway.watching.subscription import subscribe as subscription_of

_Item = TypeVar("_Item")
_Handle = TypeVar("_Handle", bound="AsyncJob | AsyncStep")
_P = ParamSpec("_P")
_R = TypeVar("_R")

_current: ContextVar[AsyncJob | None] = ContextVar("headway_async_job", default=None)


def current() -> AsyncJob | None:
    """The job whose `async with` this task runs in; None outside any."""
    return _current.get()


def start(kind: str, **given: Any) -> Opening[AsyncJob]:
    """Creates a job and takes part in it: enter it with `async with`, or await it."""
    return Opening(lambda: AsyncJob(default.start(kind, **given)))


def attach(id: str, *, takeover: bool = False) -> Opening[AsyncJob]:
    """Takes part in a job that exists."""
    return Opening(lambda: AsyncJob(default.attach(id, takeover=takeover)))


async def resume(
    id: str,
    *,
    takeover: bool = False,
    wait_s: float = 0.0,
    again_s: float = AGAIN_S,
    stop: asyncio.Event | None = None,
) -> AsyncJob | None:
    """Begins with a job, or goes on where its worker left it; None when it has ended; see Reporter.resume."""
    until, pause = time.monotonic() + wait_s, stop or asyncio.Event()
    while True:
        taking = asyncio.ensure_future(_aside(default.resume, id, takeover=takeover))
        try:
            job = await asyncio.shield(taking)
            return None if job is None else AsyncJob(job)
        except asyncio.CancelledError:
            await asyncio.shield(_let_go(taking))
            raise
        except StoreUnavailable:
            left = until - time.monotonic()
            if left <= 0 or pause.is_set():
                raise
        with suppress(TimeoutError):
            await asyncio.wait_for(pause.wait(), min(again_s, left))


async def create(kind: str, **given: Any) -> AsyncJob:
    """A pending job, for another process to take part in."""
    return AsyncJob(await _aside(default.create, kind, **given))


async def get(id: str) -> dict[str, Any]:
    """A job as the store has it, in the names of the wire."""
    return await _aside(default.get, id)


async def jobs(**asked: Any) -> list[dict[str, Any]]:
    """The jobs that fit, newest first; see `headway.jobs`."""
    return await _aside(default.jobs, **asked)


async def history(id: str, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """A job's history in order; see `headway.history`."""
    return await _aside(default.history, id, after=after, limit=limit)


@asynccontextmanager
async def subscribe(*, waiting_max: int = 256, **asked: Any) -> AsyncGenerator[AsyncGenerator[Change, None]]:
    """`async with aio.subscribe(project="acme") as changes: async for change in changes: …`; see `headway.subscribe`.

    At most `waiting_max` changes wait for the loop; until it takes them the store is not read on.
    """
    crossing = Crossing(asyncio.get_running_loop(), waiting_max)
    subscription = await _aside(subscription_of, crossing.put, **asked)
    try:
        yield crossing.taken()
    finally:
        crossing.close()
        await _aside(subscription.close)


class Opening(Generic[_Handle]):
    """A handle that is being made: await it, or enter it with `async with`."""

    def __init__(self, open: Callable[[], _Handle]) -> None:
        self._open = open
        self._handle: _Handle | None = None

    def __await__(self) -> Generator[Any, None, _Handle]:
        return self._opened().__await__()

    async def __aenter__(self) -> _Handle:
        self._handle = await self._opened()
        await self._handle.enter()
        return self._handle

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._handle is not None
        await self._handle.leave(error)

    async def _opened(self) -> _Handle:
        """The handle. A task that is cancelled meanwhile leaves nothing behind that was begun and nobody ends."""
        opening = asyncio.ensure_future(_aside(self._open))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError as error:
            await asyncio.shield(_abandoned(opening, error))
            raise


async def _abandoned(opening: asyncio.Future[Any], error: BaseException) -> None:
    """Ends what was being made for a task that does not want it any more."""
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        handle = opening.result()
        await handle.enter()
        await handle.leave(error)


async def _let_go(taking: asyncio.Future[JobHandle | None]) -> None:
    """Leaves to the next worker what was taken for a task that does not want it any more."""
    await asyncio.wait([taking])
    if not taking.cancelled() and taking.exception() is None and (job := taking.result()) is not None:
        await _aside(job.detach)


class AsyncStep:
    """A running step; its counts are plain calls."""

    def __init__(self, step: StepHandle) -> None:
        self.name = step.name
        self.advance = step.advance
        self.update = step.update
        self._step = step

    async def succeed(self, message: str | None = None, **given: Any) -> None:
        """Ends the step well; `given`: `detail` and `at`, as everywhere."""
        await _aside(self._step.succeed, message, **given)

    async def fail(self, error: str | BaseException, **given: Any) -> None:
        """Ends the step as failed; the job goes on."""
        await _aside(self._step.fail, error, **given)

    async def skip(self, message: str | None = None, **given: Any) -> None:
        """Ends the step as not needed."""
        await _aside(self._step.skip, message, **given)

    async def enter(self) -> None:
        """Begins the step's `async with`."""
        self._step.__enter__()

    async def leave(self, error: BaseException | None) -> None:
        """Ends the step's `async with`."""
        await _aside(self._step.__exit__, type(error) if error else None, error, None)


class AsyncJob:
    """A job, as async code takes part in it; see JobHandle for what each call means."""

    def __init__(self, job: JobHandle) -> None:
        self.id = job.id
        self.job = job
        self.advance = job.advance
        self.update = job.update
        self._tokens: list[Token[AsyncJob | None]] = []

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked for this job to stop."""
        return self.job.cancelled

    @property
    def result(self) -> Any:
        """What the job hands over when it succeeds."""
        return self.job.result

    @result.setter
    def result(self, value: Any) -> None:
        self.job.result = value

    async def forward_only(self) -> AsyncJob:
        """From here on a step that comes before the present one raises BackwardStep; see JobHandle.forward_only."""
        await _aside(self.job.forward_only)
        return self

    def step(self, name: str, message: str | None = None, **given: Any) -> Opening[AsyncStep]:
        """Starts a step: `async with job.step("render") as step`, or await it."""
        return Opening(lambda: AsyncStep(self.job.step(name, message, **given)))

    async def track(
        self,
        iterable: Iterable[_Item] | AsyncIterable[_Item],
        *,
        step: str | None = None,
        total: int | None = None,
        unit: str | None = None,
    ) -> AsyncGenerator[_Item, None]:
        """Yields the items of a plain or an async iterable and counts them."""
        if step is not None:
            opened = AsyncStep(await _aside(self.job.step, step))
            try:
                async for item in _counted(opened, iterable, total, unit):
                    yield item
            except GeneratorExit:
                raise
            except BaseException as error:
                await opened.leave(error)
                raise
            await opened.succeed()
            return
        async for item in _counted(self, iterable, total, unit):
            yield item

    async def note(self, text: str, **given: Any) -> str:
        """Appends to the history."""
        return await _aside(self.job.note, text, **given)

    async def add_steps(self, steps: Sequence[Any], **given: Any) -> str:
        """Adds steps to the plan."""
        return await _aside(self.job.add_steps, steps, **given)

    async def skip(self, step: str, message: str | None = None, **given: Any) -> str:
        """Says that a step is not needed."""
        return await _aside(self.job.skip, step, message, **given)

    async def finish(self, step: str, message: str | None = None, **given: Any) -> str:
        """Ends a step well, whoever began it."""
        return await _aside(self.job.finish, step, message, **given)

    async def fail_step(self, step: str, error: str | BaseException, **given: Any) -> str:
        """Ends a step as failed, whoever began it; the job goes on."""
        return await _aside(self.job.fail_step, step, error, **given)

    async def wait(self, reason: str, **given: Any) -> str:
        """Says that there is nothing to do for now."""
        return await _aside(self.job.wait, reason, **given)

    async def retry(self, error: str | BaseException | None = None, **given: Any) -> str:
        """Ends the attempt and waits for the next."""
        return await _aside(self.job.retry, error, **given)

    async def succeed(self, result: Any = None, **given: Any) -> str:
        """Ends the job well."""
        return await _aside(self.job.succeed, result, **given)

    async def fail(self, error: str | BaseException, **given: Any) -> str:
        """Ends the job as failed."""
        return await _aside(self.job.fail, error, **given)

    async def child(self, kind: str, **given: Any) -> AsyncJob:
        """A pending job of which this one is the parent."""
        return AsyncJob(await _aside(self.job.child, kind, **given))

    async def snapshot(self) -> dict[str, Any]:
        """The job as the store has it."""
        return await _aside(self.job.snapshot)

    async def __aenter__(self) -> AsyncJob:
        if self.job.attempt is None:
            await _aside(self.job.attach)
        await self.enter()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.leave(error)

    async def enter(self) -> None:
        """Begins the job's `async with`."""
        self._tokens.append(_current.set(self))

    async def leave(self, error: BaseException | None) -> None:
        """Ends the job's `async with`. A cancelled task still tells how it ended."""
        left(_current, self._tokens.pop())
        await asyncio.shield(_aside(self.job.leave, error))


async def _counted(
    counter: AsyncJob | AsyncStep, iterable: Iterable[_Item] | AsyncIterable[_Item], total: int | None, unit: str | None
) -> AsyncGenerator[_Item, None]:
    if total is None:
        total = operator.length_hint(iterable, 0) or None
    if total or unit:
        counter.update(total=total, unit=unit)
    if isinstance(iterable, AsyncIterable):
        async for item in iterable:
            yield item
            counter.advance()
    else:
        for item in iterable:
            yield item
            counter.advance()


async def _aside(call: Callable[_P, _R], /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
    """The one edge between async code and the blocking reporter."""
    return await asyncio.to_thread(call, *args, **kwargs)
