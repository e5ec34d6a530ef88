"""What a client that follows the documented rules knows of jobs: the judge of whether a stream told it everything."""

from __future__ import annotations

from typing import Any

from headway.core.job import Job
from headway.core.wire import job_wire

Wire = dict[str, Any]


class Board:
    """Jobs by id as the frames tell them, and every (job, seq) in the order in which it came."""

    def __init__(self) -> None:
        self.jobs: dict[str, Wire] = {}
        self.events: list[tuple[str, int]] = []
        self.resets: list[str] = []
        self._seen: set[tuple[str, int]] = set()

    def apply(self, event: str, data: Any) -> None:
        """One frame or poll item."""
        match event:
            case "snapshot" | "state":
                self._whole(data)
            case "event":
                self._event(data)
            case "reset":
                self.jobs.clear()
                self.resets.append(data["reason"])

    def lacks(self, job: Job) -> bool:
        """Whether something about a job is not as the store has it. An event brings no ETA."""
        known = self.jobs.get(job.id)
        return known is None or {**known, "eta": None} != {**job_wire(job), "eta": None}

    def _whole(self, job: Wire) -> None:
        known = self.jobs.get(job["id"])
        if known is None or job["version"] >= known["version"]:
            self.jobs[job["id"]] = job

    def _event(self, event: Wire) -> None:
        job_id, seq, header = event["job_id"], event["seq"], dict(event["job"])
        if (job_id, seq) not in self._seen:
            self._seen.add((job_id, seq))
            self.events.append((job_id, seq))
        known = self.jobs[job_id]  # a job unknown to the client comes as a snapshot first
        if header["version"] <= known["version"]:
            return
        assert seq <= known["seq"] + 1, f"event {seq} of {job_id} came after {known['seq']}"
        steps = {step["name"]: step for step in known["steps"]}
        for step in header.pop("steps", ()):
            steps[step["name"]] = steps.get(step["name"], {}) | step
        header.pop("percent")
        begun = sorted(
            (step["started_at"], step["position"], name) for name, step in steps.items() if step["started_at"]
        )
        last = begun[-1][2] if begun else None  # an event brings the steps that say it
        self.jobs[job_id] = known | header | {"steps": list(steps.values()), "last_step": last}
