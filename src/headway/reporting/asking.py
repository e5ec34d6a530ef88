"""What is asked for when jobs are listed: facts and states by name, each checked, made one query."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from headway.core import limits
from headway.core.errors import InvalidReport
from headway.core.job import Status
from headway.stores.protocol import Filter, JobQuery

Asked = str | Iterable[str] | None
"""One value, several of which one must fit, or nothing asked."""


def asked(
    *,
    id: Asked = None,
    kind: Asked = None,
    project: Asked = None,
    subject: Asked = None,
    status: Asked = None,
    parent: str | None = None,
    step: str | None = None,
    label: tuple[str, Any] | None = None,
    limit: int = 50,
) -> JobQuery:
    """The query of a list. Raises InvalidReport for a value that no job can have."""
    statuses = _values(status)
    if unknown := statuses - set(Status):
        raise InvalidReport("status", f"must be one of {', '.join(Status)}, not {min(unknown)!r:.40}")
    return JobQuery(
        filter=watched(id=id, kind=kind, project=project, subject=subject, parent=parent),
        statuses=statuses,
        step=None if step is None else limits.name("step", step),
        label=None if label is None else (limits.name("label", label[0]), label[1]),
        limit=limits.count("limit", limit),
    )


def watched(
    *,
    id: Asked = None,
    kind: Asked = None,
    project: Asked = None,
    subject: Asked = None,
    parent: str | None = None,
) -> Filter:
    """The jobs of these facts, which never change."""
    return Filter(
        jobs=frozenset(limits.job_id(each) for each in _values(id)),
        kinds=frozenset(limits.name("kind", each) for each in _values(kind)),
        projects=_facts("project", project),
        subjects=_facts("subject", subject),
        parent=None if parent is None else limits.job_id(parent, "parent"),
    )


def _facts(field: str, given: Asked) -> frozenset[str]:
    return frozenset(limits.name(field, each, limits.FACT_MAX) for each in _values(given))


def _values(given: Asked) -> frozenset[str]:
    if given is None:
        return frozenset()
    return frozenset((given,) if isinstance(given, str) else given)
