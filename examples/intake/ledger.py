"""Owns this program's part in the jobs of files: which job a file has, and the handles that report on it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import headway
from examples.intake import plan
from examples.intake.tables import FAILURE, SKIPPED, WORDS, settled

if TYPE_CHECKING:
    from types import TracebackType

    from headway import JobHandle, Reporter, StepHandle

    FileId = str | int

log = logging.getLogger(__name__)

REOPENED = "taken up again from what was left"


class UnknownFile(LookupError):
    """No file has this id, or it is not an id at all."""

    def __init__(self, file_id: FileId) -> None:
        self.file_id = file_id
        super().__init__("There is no such file here.")


class Ledger:
    """Where the functions of `progress` write and read. Threads may share one; each process has its own.

    It takes part in a file's job from the first report until the job ends or `leave` is called. `reopens`: whether
    beginning a step of a file that has ended begins the file's next attempt. Who works in the background says False,
    or it would go on with what somebody has stopped.
    """

    def __init__(self, reporter: Reporter, *, reopens: bool = True) -> None:
        self.reporter = reporter
        self._reopens = reopens
        self._lock = threading.Lock()
        self._parts: dict[str, JobHandle] = {}
        self._open: dict[tuple[str, str], StepHandle] = {}

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file_id in list(self._parts):
            self.leave(file_id)

    def job(self, file_id: FileId) -> dict[str, Any]:
        """The one job of a file, as Headway tells it. Raises `UnknownFile`."""
        held = self._parts.get(str(file_id))
        if held is not None:
            return self.reporter.get(held.id)
        try:
            found = self.reporter.jobs(kind=plan.KIND, subject=plan.subject_of(file_id), limit=1)
        except headway.InvalidReport:  # what cannot be a subject is no file's
            found = []
        if not found:
            raise UnknownFile(file_id)
        return found[0]

    def part(self, file_id: FileId) -> JobHandle:
        """The handle on a file's job; starts it if it is pending. Raises `IllegalTransition` when it has ended."""
        with self._lock:
            held = self._parts.get(str(file_id))
            if held is None:
                held = self._parts[str(file_id)] = self.reporter.attach(self.job(file_id)["id"])
            return held

    def reopened(self, file_id: FileId) -> JobHandle:
        """The handle on a file's job, in a new attempt when it has ended: what succeeded and was skipped is kept."""
        job = self.job(file_id)
        if not self._reopens or job["status"] not in ("succeeded", "failed", "cancelled"):
            return self.part(file_id)
        self.leave(file_id)
        self.reporter.retry(job["id"], keep_steps=True)
        return self.resumed(file_id, job)

    def resumed(self, file_id: FileId, before: dict[str, Any]) -> JobHandle:
        """Starts the next attempt of a job; what was skipped `before` is skipped again."""
        part = self.part(file_id)
        for step in before["steps"]:
            if WORDS[step["status"]] == SKIPPED and before["status"] != "cancelled":
                part.skip(step["name"], step["message"])
        return part

    def begun(self, file_id: FileId, step: str, handle: StepHandle | None = None) -> StepHandle | None:
        """The handle of a step that was begun here; with one, that one is kept."""
        key = str(file_id), step
        with self._lock:
            if handle is not None:
                self._open[key] = handle
            return self._open.get(key)

    def ended(self, file_id: FileId, step: str) -> None:
        """Forgets a step's handle."""
        with self._lock:
            self._open.pop((str(file_id), step), None)

    def conclude(self, file_id: FileId) -> bool:
        """Ends a file's job when all of its steps have; whether it has ended."""
        job = self.job(file_id)
        if job["status"] in ("succeeded", "failed", "cancelled"):
            self.leave(file_id)
            return True
        if not job["steps"] or not settled(job):
            return False
        try:
            self._end(self.part(file_id), job)
        except headway.IllegalTransition:
            log.debug("job %s was ended by another worker in the same moment", job["id"])
        self.leave(file_id)
        return True

    def fail(self, file_id: FileId, why: str) -> None:
        """Ends a file's job as failed, and every step of it that runs."""
        try:
            self.part(file_id).fail(why)
        except headway.IllegalTransition:
            log.info("file %s had ended before it failed: %s", file_id, why)
        self.leave(file_id)

    def stopped(self, file_id: FileId) -> None:
        """Leaves a file's job; one that somebody asked to stop has stopped with it."""
        if self.job(file_id)["cancel_requested_at"] is not None:
            try:
                self.part(file_id).acknowledge_cancel()
            except (headway.IllegalTransition, headway.Fenced):
                log.debug("file %s has been stopped already", file_id)
        self.leave(file_id)

    def leave(self, file_id: FileId) -> None:
        """Takes part in a file's job no longer; what is open there stays open."""
        with self._lock:
            held = self._parts.pop(str(file_id), None)
            for key in [key for key in self._open if key[0] == str(file_id)]:
                del self._open[key]
        if held is not None:
            held.detach()

    def _end(self, part: JobHandle, job: dict[str, Any]) -> None:
        failed = [step for step in job["steps"] if WORDS[step["status"]] == FAILURE]
        if not failed:
            part.succeed({"sent_to": _reached(job)})
            return
        told = [f"{_called(step['name'])}: {step['error']}" for step in failed]
        part.fail(" ".join(told))


def _reached(job: dict[str, Any]) -> list[str]:
    names = [step["name"] for step in job["steps"] if step["status"] == "succeeded"]
    return [name.removeprefix(plan.UPLOAD_PREFIX) for name in names if name.startswith(plan.UPLOAD_PREFIX)]


def _called(step: str) -> str:
    destination = plan.destination_of(step)
    return step if destination is None else f"Not sent to {destination}"
