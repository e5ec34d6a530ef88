-- Copies a job that was reported in earnest %(span)s times, with its steps and its history, %(age)s microseconds older.
-- The histories of all copies lie through each other, as they do when many jobs work at once; their positions come before
-- those of the first transaction. A change of the schema makes these statements fail, not lie.

-- name: jobs
insert into headway.job (
  key, id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step, mode, open,
  status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit, result, error,
  started_at, attempt_started_at, finished_at, updated_at, last_progress_at, cancel_requested_at, due_at, keep_steps,
  version, seq, event_version, last_event, ticked
)
select
  key + %(place)s::bigint + i, '0192f3e0-7c1a-7b55-9d3e-' || lpad(to_hex(2 + %(place)s::bigint + i), 12, '0'), kind,
  created_at - %(span)s::bigint - %(age)s::bigint + i, 'project-' || mod(i, 10), tenant, 'file:' || i, external_id,
  labels, parent_id, parent_step, mode, open, status, reason, health, attempt, permille, plan_rev, step, message,
  current, total, unit, result, error, started_at - %(age)s::bigint, attempt_started_at - %(age)s::bigint,
  finished_at - %(age)s::bigint - %(span)s::bigint + i, updated_at - %(age)s::bigint,
  last_progress_at - %(age)s::bigint, cancel_requested_at, due_at, keep_steps,
  version, seq, event_version, %(place)s::bigint * seq + (seq - 1) * %(span)s::bigint + i, null
from headway.job, generate_series(1, %(span)s::bigint) as i
where id = %(template)s

-- name: steps
insert into headway.step (
  job, position, name, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
  started_at, finished_at, version
)
select
  key + %(place)s::bigint + i, step.position, step.name, step."group", step.weight, step.low, step.high, step.status,
  step.attempt, step.current, step.total, step.unit, step.permille, step.message, step.error,
  step.started_at - %(age)s::bigint, step.finished_at - %(age)s::bigint, step.version
from generate_series(1, %(span)s::bigint) as i, headway.job join headway.step on step.job = job.key
where id = %(template)s

-- name: events
insert into headway.event (
  job, seq, position, version, type, attempt, at, recorded_at, step, message, detail, patch
)
select
  key + %(place)s::bigint + i, event.seq, %(place)s::bigint * job.seq + (event.seq - 1) * %(span)s::bigint + i,
  event.version, event.type, event.attempt, event.at - %(age)s::bigint, event.recorded_at - %(age)s::bigint,
  event.step, event.message, event.detail, event.patch
from headway.job join headway.event on event.job = job.key, generate_series(1, %(span)s::bigint) as i
where id = %(template)s

-- name: indexes
select indexrelid::regclass::text, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
from pg_index join pg_class on pg_class.oid = indexrelid
where relnamespace = 'headway'::regnamespace and not relispartition
  and not exists (select from pg_constraint where conindid = indexrelid)
