"""Headway: durable, truthful, live progress for background jobs.

with headway.start("report", project="acme") as job:
    for page in job.track(pages, step="render"):
        render(page)
    job.result = {"pages": len(pages)}
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from headway.core.errors import (
    BackwardStep,
    BatchGap,
    Cancelled,
    Fenced,
    HeadwayError,
    IllegalTransition,
    InvalidReport,
    InvalidSetting,
    JobExists,
    MissingExtra,
    StoreUnavailable,
    StoreUnusable,
    UnknownJob,
    UnknownStep,
)
from headway.reporting.context import current
from headway.reporting.default import attach, cancel, connect, create, get, history, jobs, resume, retry, start, track

if TYPE_CHECKING:
    from headway.core.plan import Plan, parse_plan
    from headway.reporting.handle import JobHandle
    from headway.reporting.reporter import Reporter
    from headway.reporting.step import StepHandle
    from headway.watching.mirror import Mirror, mirror
    from headway.watching.subscription import Subscription, subscribe

__all__ = [
    "BackwardStep",
    "BatchGap",
    "Cancelled",
    "Fenced",
    "HeadwayError",
    "IllegalTransition",
    "InvalidReport",
    "InvalidSetting",
    "JobExists",
    "JobHandle",
    "Mirror",
    "MissingExtra",
    "Plan",
    "Reporter",
    "StepHandle",
    "StoreUnavailable",
    "StoreUnusable",
    "Subscription",
    "UnknownJob",
    "UnknownStep",
    "attach",
    "cancel",
    "connect",
    "create",
    "current",
    "get",
    "history",
    "jobs",
    "mirror",
    "parse_plan",
    "resume",
    "retry",
    "start",
    "subscribe",
    "track",
]

_LATE = {
    "JobHandle": "headway.reporting.handle",
    "Plan": "headway.core.plan",
    "Reporter": "headway.reporting.reporter",
    "StepHandle": "headway.reporting.step",
    "Mirror": "headway.watching.mirror",
    "Subscription": "headway.watching.subscription",
    "mirror": "headway.watching.mirror",
    "parse_plan": "headway.core.plan",
    "subscribe": "headway.watching.subscription",
}


def __getattr__(name: str) -> Any:
    """Names that few programs ask for by themselves load when they are asked for (PEP 562)."""
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'headway' has no attribute {name!r}")
