"""Brings children's progress into the step of the parent that stands for them, in one role and once per interval.

A thousand children never fight over their parent's row, because only this role writes it for them.
"""

from __future__ import annotations

from headway.core.commands import RollUp
from headway.core.errors import IllegalTransition, InvalidReport
from headway.reporting.committer import Committer
from headway.reporting.role import Role
from headway.stores.protocol import Children, Store

ROLL_UP_EVERY_S = 0.25


class Rollup:
    """One per server process; several at once write the same figures."""

    def __init__(self, store: Store, committer: Committer) -> None:
        self._store = store
        self._committer = committer
        self._position = 0
        self._role = Role("rollup", self._turn)

    def start(self) -> None:
        """Starts to roll up in the background."""
        self._role.start()

    def stop(self) -> None:
        """Ends the background loop."""
        self._role.stop()

    def roll_up(self) -> None:
        """One round: every parent's step whose children changed since the last."""
        reached = self._store.horizon().position
        if reached == self._position:
            return
        for children in self._store.children(self._position):
            self._write(children)
        self._position = reached

    def _turn(self) -> float:
        self.roll_up()
        return ROLL_UP_EVERY_S

    def _write(self, children: Children) -> None:
        command = RollUp(
            step=children.parent_step,
            current=children.settled,
            total=children.total,
            permille=children.permille,
        )
        try:
            self._committer.ask(children.parent_id, command)
        except (IllegalTransition, InvalidReport):
            return  # the parent has no such step running now: there is nothing to show it in
