"""Every error that Headway raises on purpose, named for the situation and carrying its facts."""

from __future__ import annotations


class HeadwayError(Exception):
    """Base of all errors raised by Headway. `code` is stable and becomes the `type` of an HTTP problem."""

    code = "error"
    index: int | None = None  # which item of a batch was refused

    def fields(self) -> dict[str, object]:
        """The facts of this error, by name, for logs and for HTTP problems."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def __reduce__(self) -> tuple[object, ...]:
        # Pickled without its __init__, which takes facts and not the message: a pool's child could not report it.
        return _revived, (type(self), *self.args), self.__dict__


def _revived(kind: type[HeadwayError], *args: object) -> HeadwayError:
    return kind.__new__(kind, *args)


class InvalidReport(HeadwayError):
    """A value was refused: `field` says which, `reason` why, and the message what to do."""

    code = "invalid"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class UnknownStep(InvalidReport):
    """A step name is not in the job's plan, and the plan does not allow more."""

    code = "unknown-step"


class BackwardStep(InvalidReport):
    """A step comes before the one that this worker is at, and its job goes forward only; nothing was changed."""

    code = "backward-step"

    def __init__(self, step: str, reached: str) -> None:
        super().__init__("step", f"{step!r} comes before {reached!r}, and this job goes forward only")
        self.step = step
        self.reached = reached


class IllegalTransition(HeadwayError):
    """A command does not fit the state that the job (or the step) is in; nothing was changed."""

    code = "illegal-transition"

    def __init__(self, command: str, state: str, advice: str, *, step: str | None = None) -> None:
        subject = f"step {step!r}" if step else "the job"
        super().__init__(f"cannot {command.replace('_', ' ')}: {subject} is {state}; {advice}")
        self.command = command
        self.state = state
        self.advice = advice
        self.step = step


class Fenced(HeadwayError):
    """This attempt was superseded by a newer one: stop working, nothing more of it can be written."""

    code = "fenced"

    def __init__(self, job_id: str, attempt: int, current: int) -> None:
        super().__init__(
            f"attempt {attempt} of job {job_id} was superseded by attempt {current}; stop, or attach again to go on"
        )
        self.job_id = job_id
        self.attempt = attempt
        self.current = current


class Cancelled(HeadwayError):
    """Somebody asked for this job to be cancelled; let it pass through the `with` to acknowledge."""

    code = "cancelled"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} was asked to stop")
        self.job_id = job_id


class UnknownJob(HeadwayError):
    """No job has this id (a foreign or malformed id gets the same answer)."""

    code = "unknown-job"

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"no job {job_id!r} in this store; check the id, and that worker and reader use the same store"
        )
        self.job_id = job_id


class JobExists(HeadwayError):
    """The chosen id is already taken by a job that says something else."""

    code = "job-exists"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"job {job_id} exists already and differs; choose another id, or attach to it")
        self.job_id = job_id


class BatchGap(HeadwayError):
    """A batch came out of order: `expected` is the number to send."""

    code = "batch-gap"

    def __init__(self, expected: int, got: int) -> None:
        super().__init__(f"producer_seq {got} came where {expected} was expected; send the missing batches first")
        self.expected = expected
        self.got = got


class StoreUnavailable(HeadwayError):
    """The store cannot be reached or cannot write now; the message says which store and why."""

    code = "store-unavailable"

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"store {store}: {reason}")
        self.store = store
        self.reason = reason


class StoreUnusable(HeadwayError):
    """The store can be reached but must not be used: damaged, newer than this version, not a Headway store."""

    code = "store-unusable"

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"store {store}: {reason}")
        self.store = store
        self.reason = reason


class RowRefused(StoreUnusable):
    """The store works, but refuses one row that cannot be: waiting changes nothing, and nothing of it was written."""

    code = "row-refused"


class InvalidSetting(HeadwayError):
    """A setting (an environment variable, a URL, an option) has a value that cannot be used."""

    code = "invalid-setting"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


class MissingExtra(HeadwayError):
    """An optional part is not installed; the message is the command that installs it."""

    code = "missing-extra"

    def __init__(self, extra: str, package: str) -> None:
        super().__init__(f"{package} is not installed; run: pip install 'headway[{extra}]'")
        self.extra = extra
        self.package = package
