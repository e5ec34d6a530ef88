"""What the columns and words of a foreign log mean: a small JSON document, checked by name."""

from __future__ import annotations

import json
from collections.abc import Mapping as Named
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headway.core import limits
from headway.core.errors import HeadwayError, InvalidSetting
from headway.core.plan import StepSpec, parse_steps

MEANINGS: Final = ("pending", "started", "succeeded", "failed", "skipped", "noted")
NEEDED: Final = ("file", "step", "status", "at")
COLUMNS: Final = ("id", *NEEDED, "message", "detail")
ENDS: Final = ("settled", "logged", "never")
FILE: Final = "{file}"

_NONE: Final[Named[str, Any]] = {}  # never written to
_WORDS: Final = {
    "pending": "pending",
    "queued": "pending",
    "in_progress": "started",
    "started": "started",
    "running": "started",
    "processing": "started",
    "success": "succeeded",
    "succeeded": "succeeded",
    "completed": "succeeded",
    "failure": "failed",
    "failed": "failed",
    "error": "failed",
    "skipped": "skipped",
}


class Mapping(NamedTuple):
    """Of each row: `columns` name where its parts are. Of each file: a job of `kind` with it as its subject.

    `statuses`: the log's words, each with one of pending, started, succeeded, failed, skipped, noted. `steps`: those
    that every job has, in order; others join as they come, in the group of the first pattern of `groups` that fits.
    `ends`: a job ends when every step has (`settled`), when those in the log have (`logged`), or `never`. `labels`: of
    each job; in those that are text, {file} stands for the file.
    """

    kind: str
    columns: Named[str, str]
    statuses: Named[str, str] = _WORDS
    table: str = ""
    steps: tuple[StepSpec, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    subject: str = FILE
    external_id: str = FILE
    project: str | None = None
    tenant: str | None = None
    timezone: str = "UTC"
    ends: str = "settled"
    labels: Named[str, Any] = _NONE

    def group(self, step: str) -> str:
        """The group of a step that was not declared."""
        return next((group for pattern, group in self.groups if fnmatchcase(step, pattern)), "main")


def read_mapping(path: str | Path) -> Mapping:
    """The mapping of a JSON file. Raises InvalidSetting with the field that is wrong."""
    try:
        given = json.loads(Path(path).read_text("utf-8"))
    except OSError as error:
        raise InvalidSetting("mapping", f"{path} cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise InvalidSetting("mapping", f"{path} is not JSON: {error}") from None
    return parse_mapping(given)


def parse_mapping(given: object) -> Mapping:
    """The mapping of plain values. Raises InvalidSetting with the field that is wrong."""
    if not isinstance(given, Named):
        raise InvalidSetting("mapping", "must be an object")
    if unknown := set(given) - set(Mapping._fields):
        raise InvalidSetting(f"mapping.{min(map(str, unknown))}", f"is not known; use {', '.join(Mapping._fields)}")
    try:
        return Mapping(
            kind=limits.name("kind", given.get("kind")),
            columns=_columns(given.get("columns")),
            statuses=_statuses(given.get("statuses", _WORDS)),
            table=str(given.get("table", "")),
            steps=parse_steps(given.get("steps", ())),
            groups=_groups(given.get("groups", {})),
            subject=_with_file("subject", given.get("subject", FILE)),
            external_id=_with_file("external_id", given.get("external_id", FILE)),
            project=limits.fact("project", given.get("project")),
            tenant=limits.fact("tenant", given.get("tenant")),
            timezone=_zone(given.get("timezone", "UTC")),
            ends=_one_of("ends", given.get("ends", "settled"), ENDS),
            labels=limits.labels(given.get("labels", _NONE)),
        )
    except InvalidSetting:
        raise
    except HeadwayError as error:
        raise InvalidSetting("mapping", str(error)) from None


def _columns(given: object) -> dict[str, str]:
    names = {str(key): str(value) for key, value in given.items()} if isinstance(given, Named) else {}
    if missing := [name for name in NEEDED if not names.get(name)]:
        raise InvalidSetting(f"mapping.columns.{missing[0]}", "must name the log's column")
    if unknown := set(names) - set(COLUMNS):
        raise InvalidSetting(f"mapping.columns.{min(unknown)}", f"is not known; use {', '.join(COLUMNS)}")
    return names


def _statuses(given: object) -> dict[str, str]:
    if not isinstance(given, Named) or not given:
        raise InvalidSetting("mapping.statuses", "must give each of the log's words a meaning")
    return {str(word).strip().lower(): _one_of("statuses", meaning, MEANINGS) for word, meaning in given.items()}


def _groups(given: object) -> tuple[tuple[str, str], ...]:
    """`{"uploads": ["queue_*", "upload_to_*"]}`."""
    if not isinstance(given, Named):
        raise InvalidSetting("mapping.groups", "must give each group its patterns")
    several = {str(group): [patterns] if isinstance(patterns, str) else patterns for group, patterns in given.items()}
    return tuple(
        (str(pattern), limits.name("group", group)) for group, patterns in several.items() for pattern in patterns
    )


def _with_file(field: str, given: object) -> str:
    if not isinstance(given, str) or FILE not in given:
        raise InvalidSetting(f"mapping.{field}", f"must be text with {FILE} in it")
    return given


def _one_of(field: str, given: object, known: tuple[str, ...]) -> str:
    if given not in known:
        raise InvalidSetting(f"mapping.{field}", f"must be one of {', '.join(known)}, not {limits.shown(given)}")
    return str(given)


def _zone(given: object) -> str:
    try:
        return ZoneInfo(str(given)).key
    except (ZoneInfoNotFoundError, ValueError):
        raise InvalidSetting(
            "mapping.timezone", f"{limits.shown(given)} is not a time zone, as Europe/Berlin"
        ) from None
