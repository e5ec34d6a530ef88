"""A state put in the place of one that drifted from its history."""

from __future__ import annotations

from headway.core.job import Job
from headway.stores import codec
from headway.stores.postgres.columns import columns
from headway.stores.postgres.connections import Connection
from headway.stores.postgres.rows import rows, value

_STEP = ("job", *codec.STEP_FIELDS)


def replace(db: Connection, job: Job) -> bool:
    """Stores the state and all its steps in a transaction; False if the job's history has grown since it was told."""
    state = dict(zip(codec.STATE_FIELDS, codec.state_values(job), strict=True))
    with db.transaction():
        key = value(db, "mend_job", state | {"id": job.id})
        if key is None:
            return False
        rows(db, "clear_steps", {"job": key})
        steps = [(key, *codec.step_values(step)) for step in job.steps.values()]
        rows(db, "insert_steps", columns(_STEP, steps, "step_"))
    return True
