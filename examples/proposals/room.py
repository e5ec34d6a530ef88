"""Owns how the parts work together: texts that are taken in have a job, and a bounded few workers do the jobs."""

from __future__ import annotations

import logging
import shutil
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import headway
from examples.house.effort import Effort
from examples.proposals import plan
from examples.proposals.box import Box
from examples.proposals.claim import Claim
from examples.proposals.errors import ProposalError
from examples.proposals.progress import Progress, ended
from examples.proposals.tracker import Tracker
from examples.proposals.work import Errand, WorkerDied, beside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    from examples.proposals.reporting import Report
    from examples.proposals.work import Balk, Done

    Hand = Callable[[Errand, Report, Balk], Done]
    Wire = dict[str, Any]

log = logging.getLogger(__name__)

SORRY = "Something went wrong on our side while we worked on this; it was not your fault. Please try again."
DIED = "The worker broke down over this: perhaps the texts need more memory than there is. Try it with fewer."
SAMPLE_PROJECT = "harbour"
WAITING_MAX = 100
LEAVE_S = 3.0
SETTLE_S = 0.1
LOOK_S = 1.0
"""How often a worker without work looks for jobs that another server left, or that wait for the store."""


class LineIsFull(Exception):
    """So many jobs wait already that another one would only pretend to be taken."""


class NoSuchProposals(Exception):
    """A tree was asked for of a job that is none of this project's, or makes no proposals."""


class Closing(Exception):
    """The room closes: the work stops where it is, and is begun again at the next opening."""


class AskedToStop(Exception):
    """Somebody asked for this job to stop."""


class Room:
    """The folder, the store and the workers, from the opening to the closing.

    Several rooms, in several processes, may share a folder and a store: each job is done by one of them.
    `hand` does an errand; it is given what to tell, and what to ask whether to go on.
    """

    def __init__(self, *, folder: Path, store: str, workers: int = 2, hand: Hand = beside) -> None:
        self.store, self.folder, self.box = store, folder, Box(folder)
        self.reporter = headway.connect(store)
        self._hand = hand
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._attend, daemon=True) for _ in range(workers)]

    def __enter__(self) -> Room:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.tracker = Tracker(self.reporter)
        self.ends = self.tracker.subscribe(self._heard)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._news.set()
        until = time.monotonic() + LEAVE_S
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self.ends.close()
        self.tracker.close()
        self.reporter.close()

    def bring(self, project: str, texts: Iterable[tuple[str, bytes]], *, by: str | None = None) -> str:
        """Keep texts by their names and have proposals made of them; the job's id. Raises `LineIsFull`."""
        self._require_place(1)
        return self._begin(plan.PROPOSALS, project, by, lambda job_id: self.box.keep(job_id, texts))

    def build(self, project: str, proposals: str, *, by: str | None = None) -> str:
        """Have a tree built of what a job of this project made, or will have made. Raises `NoSuchProposals`."""
        try:
            source = self.tracker.job(proposals)
        except (headway.UnknownJob, headway.InvalidReport):
            raise NoSuchProposals from None
        if (source["project"], source["kind"]) != (project, plan.PROPOSALS):
            raise NoSuchProposals
        self._require_place(1)
        return self._begin(plan.TREE, project, by, self.box.make, of=source["id"])

    def bring_samples(self, project: str = SAMPLE_PROJECT, *, by: str | None = None) -> list[str]:
        """Have proposals made of the sample letters, and a tree of those; both jobs' ids, else `LineIsFull`."""
        self._require_place(2)
        made = self._begin(plan.PROPOSALS, project, by, self.box.keep_samples)
        return [made, self._begin(plan.TREE, project, by, self.box.make, of=made)]

    def effort(self) -> Effort:
        """What was told so far, and in how many writes: all of it is told by this process."""
        return Effort.of(self.reporter)

    def stop(self, job_id: str) -> None:
        """Ask for a job to stop. Raises `IllegalTransition` when it has ended."""
        self.reporter.cancel(job_id)

    def _require_place(self, jobs: int) -> None:
        # The store is asked, not the cache: that is a moment behind, and a rush would slip through.
        if len(self.reporter.jobs(kind=plan.KINDS, status="pending", limit=WAITING_MAX)) + jobs > WAITING_MAX:
            raise LineIsFull

    def _begin(
        self, kind: str, project: str, by: str | None, bring: Callable[[str], int], of: str | None = None
    ) -> str:
        job_id = str(uuid.uuid4())
        try:
            texts = bring(job_id)
            shown = {
                "file": f"Tree of {project}" if of else f"{texts:,} {'text' if texts == 1 else 'texts'} for {project}"
            }
            labels = shown | ({"proposals": of} if of else {}) | ({"by": by} if by else {})
            self.tracker.create(kind, id=job_id, project=project, subject=f"project:{project}", labels=labels)
        except BaseException:
            shutil.rmtree(self.box.of(job_id), ignore_errors=True)
            raise
        self._news.set()
        return job_id

    def _heard(self, change: Wire) -> None:
        """A job came or ended, here or on another server: perhaps there is something to do now."""
        if change["event"] == "snapshot" or (change["event"] == "event" and change["data"]["step"] is None):
            self._news.set()

    def _attend(self) -> None:
        while not self._closing.is_set():
            try:
                if (found := self._next()) is None:
                    self._news.wait(LOOK_S)
                    self._news.clear()
                else:
                    self._do(*found)
            except Exception:  # a worker that dies would let all others wait for ever
                log.exception("a job could not be told how it stands")
                self._closing.wait(LOOK_S)

    def _next(self) -> tuple[Wire, Claim] | None:
        """The oldest job that nobody works on; also one whose server is gone, because its claim is free."""
        with self._lock:
            for job in reversed(self.tracker.cached()):
                if (
                    job["id"] not in self._busy
                    and self._is_ready(job)
                    and (claim := Claim.taken(self.box.of(job["id"])))
                ):
                    self._busy.add(job["id"])
                    return job, claim
        return None

    def _is_ready(self, job: Wire) -> bool:
        if ended(job) or job["kind"] not in plan.KINDS:
            return False
        source = job["labels"].get("proposals")
        return source is None or self._has_ended(source)

    def _has_ended(self, job_id: str) -> bool:
        try:
            return ended(self.tracker.job(job_id))
        except headway.UnknownJob:
            return True
        except headway.StoreUnavailable:
            return False

    def _do(self, job: Wire, claim: Claim) -> None:
        """One job to its end; what stands in the way is told by it, and troubles no other."""
        job_id = job["id"]
        try:
            attempt = self.tracker.take(job_id, takeover=job["status"] == "running")
            if self._carried_out(job_id, self._errand(job)):
                self._settle(job_id, attempt)
        except headway.IllegalTransition as gone:
            log.info("job %s: nothing to do any more: %s", job_id, gone)
        except headway.StoreUnavailable as error:
            log.warning("job %s waits for the store: %s", job_id, error)
            self._closing.wait(LOOK_S)
        finally:
            claim.release()
            with self._lock:
                self._busy.discard(job_id)

    def _carried_out(self, job_id: str, errand: Errand) -> bool:
        """Do the work and tell how it ended; False when it is left to somebody else."""
        try:
            done = self._hand(errand, lambda *told: self._told(job_id, *told), lambda: self._balk(job_id))
            self.tracker.complete(job_id, done.message, done.result)
        except ProposalError as error:
            self.tracker.error(job_id, str(error))
        except (headway.Cancelled, AskedToStop):
            self.tracker.stop(job_id)
        except (headway.Fenced, Closing) as stop:
            log.info("job %s stopped: %s", job_id, stop)
            self.tracker.leave(job_id)
            return False
        except WorkerDied:
            log.error("job %s lost its worker", job_id)
            self.tracker.error(job_id, DIED)
        except Exception:  # whatever it is, its job must not look alive for ever
            log.exception("job %s failed", job_id)
            self.tracker.error(job_id, SORRY)
        return True

    def _settle(self, job_id: str, attempt: int) -> None:
        """Nobody may begin with a job whose end the store does not know yet: it would be done twice."""
        while not self._closing.is_set():
            try:
                known = self.reporter.get(job_id)
                if ended(known) or known["attempt"] > attempt:
                    return
            except headway.StoreUnavailable as error:
                log.info("job %s: its end waits for the store: %s", job_id, error)
            self._closing.wait(SETTLE_S)

    def _errand(self, job: Wire) -> Errand:
        source = job["labels"].get("proposals")
        return Errand(job["kind"], self.box.of(job["id"]), self.box.of(source) if source else None)

    def _told(self, job_id: str, stage: str, done: int, of: int, message: str) -> None:
        self.tracker.update(job_id, Progress(stage=stage, message=message, done=done, of=of))

    def _balk(self, job_id: str) -> None:
        if self._closing.is_set():
            raise Closing(job_id)
        if self.tracker.job(job_id)["cancel_requested_at"] is not None:
            raise AskedToStop(job_id)
