"""Group commit led by one of the callers: a call that comes alone pays no hop, calls that come together share a commit.

The first caller leads: it settles everything that is queued, then hands the lead to a caller that still waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from headway.core.errors import StoreUnavailable

_Request = TypeVar("_Request")

GROUP_MAX = 256  # requests in one commit: bounds the time that the last of them waits
COMPANY_S = 0.001  # how long a caller that leads waits for those who shared the last commit


class Group(Generic[_Request]):
    """Runs `settle` on groups of requests, one group at a time. `settle` leaves its answers in the requests.

    Callers that shared a commit are woken together and mostly come again together. Whoever comes first waits a moment
    for as many as there were, or every other commit would hold one report only.
    """

    def __init__(self, settle: Callable[[Sequence[_Request]], None], *, company_s: float = COMPANY_S) -> None:
        self._settle = settle
        self._company_s = company_s
        self._gate = threading.Lock()
        self._turns: deque[_Turn[_Request]] = deque()
        self._led = False
        self._company = 1  # callers that shared the last commit
        self._awaited = 0  # how many are waited for just now
        self._there = threading.Event()

    def run(self, requests: Sequence[_Request]) -> None:
        """Returns when all requests are settled; raises what `settle` raised for their group."""
        with self._gate:
            first, self._led = not self._led, True
            alone = first and self._company == 1
            if not alone:
                turn = _Turn(requests)
                self._turns.append(turn)
                if len(self._turns) == self._awaited:
                    self._there.set()
        if alone:
            self._lead_alone(requests)
            return
        if first:
            self._lead(turn)
        else:
            self._wait(turn)
        if turn.error is not None:
            raise turn.error

    def _lead_alone(self, requests: Sequence[_Request]) -> None:
        """Nobody else is here: nothing is queued, nothing is waited for."""
        try:
            self._settle(requests)
        finally:
            self._hand_over()

    def _wait(self, turn: _Turn[_Request]) -> None:
        try:
            turn.woken.acquire()
        except BaseException:
            self._give_up(turn)
            raise
        if not turn.settled:
            self._lead(turn)

    def _give_up(self, turn: _Turn[_Request]) -> None:
        """A caller that was interrupted while it waited must not be handed the lead: all others would wait for ever."""
        with self._gate:
            leads = turn.leads
            if not leads and turn in self._turns:
                self._turns.remove(turn)
        if leads:
            self._leave(turn)

    def _lead(self, own: _Turn[_Request]) -> None:
        try:
            while not own.settled:
                self._settle_next()
        finally:
            self._leave(own)

    def _leave(self, own: _Turn[_Request]) -> None:
        """One that was interrupted before its turn was settled must not be waited for, nor handed the lead."""
        if not own.settled:
            with self._gate:
                if own in self._turns:
                    self._turns.remove(own)
        self._hand_over()

    def _settle_next(self) -> None:
        turns = self._taken()
        error: BaseException | None = GroupAbandoned()
        try:
            self._settle([request for turn in turns for request in turn.requests])
            error = None
        except Exception as raised:  # noqa: BLE001  # handed to every caller of the group, which raises it
            error = raised
        finally:
            for turn in turns:
                turn.end(error)

    def _wait_for_company(self) -> None:
        """Until as many are here as shared the last commit; who went on alone waits for nobody."""
        with self._gate:
            self._awaited = min(self._company, GROUP_MAX)
            waits = len(self._turns) < self._awaited
            self._there.clear()
        if waits:
            self._there.wait(self._company_s)

    def _taken(self) -> list[_Turn[_Request]]:
        self._wait_for_company()
        with self._gate:
            self._awaited = 0
            turns: list[_Turn[_Request]] = []
            size = 0
            while self._turns and (not turns or size + len(self._turns[0].requests) <= GROUP_MAX):
                turns.append(self._turns.popleft())
                size += len(turns[-1].requests)
            self._company = len(turns)
            return turns

    def _hand_over(self) -> None:
        with self._gate:
            turns = self._turns
            self._led = bool(turns)
            if turns:
                turns[0].leads = True
                turns[0].woken.release()


class GroupAbandoned(StoreUnavailable):
    """The thread that led this group was interrupted in the middle; whether the group was stored is not known."""

    def __init__(self) -> None:
        super().__init__("of this process", "the thread that wrote was interrupted; whether it was stored is not known")


class _Turn(Generic[_Request]):
    """One caller's requests, and the lock that it waits on."""

    __slots__ = ("error", "leads", "requests", "settled", "woken")

    def __init__(self, requests: Sequence[_Request]) -> None:
        self.requests = requests
        self.settled = False
        self.leads = False
        self.error: BaseException | None = None
        self.woken = threading.Lock()
        self.woken.acquire()

    def end(self, error: BaseException | None) -> None:
        self.error = error
        self.settled = True
        self.woken.release()
