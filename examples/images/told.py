"""Owns what analytics are told of image jobs: a sample of the polls, and each end once. Who it is, only as a hash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from headway.sinks import Analytics, LogSink, PostHogSink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headway.sinks import Sink

    Wire = dict[str, Any]

POLL_RATE = 0.1
_ENDS = ("succeeded", "failed", "cancelled")


def sink(environ: Mapping[str, str]) -> Sink:
    """PostHog when its key is set, the log otherwise."""
    key, host = environ.get("POSTHOG_API_KEY"), environ.get("POSTHOG_HOST")
    if not key:
        return LogSink()
    return PostHogSink(key, host=host) if host else PostHogSink(key)


class Told:
    """The three events of an image job. Nothing here raises: the queue to the sink takes what it can."""

    def __init__(self, analytics: Analytics) -> None:
        self._analytics = analytics
        self._since = datetime.now(UTC)

    def polled(self, person: str, job_id: str, status: Wire) -> None:
        """Somebody asked how far it is."""
        properties = {"upload_id": job_id, "stage": status["stage"], "progress": status["progress"]}
        self._analytics.send("status_poll", person, properties, rate=POLL_RATE)

    def changed(self, job: Wire) -> None:
        """A listener to all image jobs: whoever ends one, and however, its end is told; not those of an earlier run."""
        if job["status"] in _ENDS and datetime.fromisoformat(job["finished_at"]) >= self._since:
            event, properties = _ended(job)
            self._analytics.send(event, job["project"], properties, once=f"{job['id']}:{job['attempt']}")


def _ended(job: Wire) -> tuple[str, Wire]:
    if job["status"] == "succeeded":
        spent = datetime.fromisoformat(job["finished_at"]) - datetime.fromisoformat(job["created_at"])
        ended = {"result_id": job["result"]["id"], "total_duration_ms": round(spent.total_seconds() * 1000)}
        return "status_complete", {"upload_id": job["id"], **ended}
    ended = {"final_stage": job["last_step"], "final_progress": int(job["progress"]["percent"] or 0)}
    return "status_failed", {"upload_id": job["id"], **ended, "error": job["error"] or job["status"]}
