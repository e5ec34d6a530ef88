"""Headway: durable, truthful, live progress for background jobs.

with headway.start("report", project="acme") as job:
    for page in job.track(pages, step="render"):
        render(page)
    job.result = {"pages": len(pages)}
"""

from __future__ import annotations

from headway.core.errors import (
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
from headway.core.plan import Plan, parse_plan
from headway.reporting.default import attach, cancel, connect, create, get, retry, start, track
from headway.reporting.handle import JobHandle, current
from headway.reporting.reporter import Reporter
from headway.reporting.step import StepHandle

__all__ = [
    "BatchGap",
    "Cancelled",
    "Fenced",
    "HeadwayError",
    "IllegalTransition",
    "InvalidReport",
    "InvalidSetting",
    "JobExists",
    "JobHandle",
    "MissingExtra",
    "Plan",
    "Reporter",
    "StepHandle",
    "StoreUnavailable",
    "StoreUnusable",
    "UnknownJob",
    "UnknownStep",
    "attach",
    "cancel",
    "connect",
    "create",
    "current",
    "get",
    "parse_plan",
    "retry",
    "start",
    "track",
]
