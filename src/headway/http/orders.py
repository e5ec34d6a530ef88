"""The bodies that clients send, as types: a field that is not here is refused."""

from __future__ import annotations

from typing import Any

import msgspec

from headway.core import limits
from headway.core.commands import Report
from headway.core.errors import HeadwayError, InvalidReport
from headway.core.items import parse_item
from headway.core.plan import Plan, parse_plan
from headway.reporting.batch import Batch

ITEMS_MAX = 1000


class PlanOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A plan in full."""

    steps: list[Any] = []
    open: bool | None = None


class JobOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A job to be created. `steps` is short for a plan that is closed."""

    kind: str
    id: str | None = None
    steps: list[Any] | None = None
    plan: PlanOrder | None = None
    project: str | None = None
    subject: str | None = None
    external_id: str | None = None
    labels: dict[str, Any] | None = None
    parent_id: str | None = None
    parent_step: str | None = None

    def parsed_plan(self) -> Plan:
        """The plan, however it was given."""
        if self.plan is None:
            return parse_plan(self.steps)
        if self.steps is not None:
            raise InvalidReport("steps", "must not stand beside a plan, which has steps of its own")
        return parse_plan(self.plan.steps, open=self.plan.open)

    def facts(self) -> dict[str, Any]:
        """What never changes about the job, as it was given."""
        names = ("project", "subject", "external_id", "labels", "parent_id", "parent_step")
        return {name: getattr(self, name) for name in names}


class AttachOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A worker takes part."""

    producer: str | None = None
    takeover: bool = False


class ReportOrder(msgspec.Struct, forbid_unknown_fields=True):
    """A batch of reports: all or nothing."""

    attempt: int
    producer: str
    producer_seq: int
    items: list[Any] = []
    lease: str | None = None

    def batch(self, job_id: str) -> Batch:
        """The batch, with every value checked."""
        if len(self.items) > ITEMS_MAX:
            raise InvalidReport("items", f"must be at most {ITEMS_MAX}")
        return Batch(
            job_id=job_id,
            attempt=_from_one("attempt", self.attempt),
            producer=limits.name("producer", self.producer),
            producer_seq=_from_one("producer_seq", self.producer_seq),
            items=tuple(_item(index, item) for index, item in enumerate(self.items)),
            lease=None if self.lease is None else limits.name("lease", self.lease),
        )


class CancelOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing more to say."""


class RetryOrder(msgspec.Struct, forbid_unknown_fields=True):
    """`keep_steps`: go on from the step that failed."""

    keep_steps: bool = False


def _from_one(field: str, value: int) -> int:
    if limits.count(field, value) < 1:
        raise InvalidReport(field, "counts from 1")
    return value


def _item(index: int, item: object) -> Report:
    try:
        return parse_item(item)
    except HeadwayError as error:
        error.index = index
        raise
