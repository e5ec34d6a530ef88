-- Copies a job that was reported in earnest :span times, with its steps and its history, :age microseconds older.
-- The histories of all copies lie through each other, as they do when many jobs work at once.
-- A change of the schema makes these statements fail, not lie.

-- name: jobs
insert into job (
  key, id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step, mode, open,
  status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit, result, error,
  started_at, attempt_started_at, finished_at, updated_at, last_progress_at, cancel_requested_at, due_at, keep_steps,
  version, seq, event_version, last_event, ticked
)
with recursive number (i) as (select 1 union all select i + 1 from number where i < :span)
select
  :keys + i, printf('0192f3e0-7c1a-7b55-9d3e-%012x', :keys + i), kind, created_at - :span - :age + i, 'project-' || (i % 10), tenant,
  'file:' || i, external_id, labels, parent_id, parent_step, mode, open,
  status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit, result, error,
  started_at - :age, attempt_started_at - :age, finished_at - :age - :span + i, updated_at - :age, last_progress_at - :age,
  cancel_requested_at, due_at, keep_steps,
  version, seq, event_version, :position + (seq - 1) * :span + i, null
from number cross join job
where job.id = :template

-- name: steps
insert into step (
  key, name, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
  started_at, finished_at, version
)
with recursive number (i) as (select 1 union all select i + 1 from number where i < :span)
select
  (:keys + i) << 11 | (step.key & 2047), step.name, step."group", step.weight, step.low, step.high, step.status,
  step.attempt, step.current, step.total, step.unit, step.permille, step.message, step.error,
  step.started_at - :age, step.finished_at - :age, step.version
from number cross join job cross join step
where job.id = :template and step.key between job.key << 11 and job.key << 11 | 2047

-- name: events
insert into event (
  position, job, seq, previous, version, type, attempt, at, recorded_at, step, message, detail, patch
)
with recursive number (i) as (select 1 union all select i + 1 from number where i < :span)
select
  :position + (seq - 1) * :span + i, :keys + i, seq, iif(seq = 1, 0, :position + (seq - 2) * :span + i), version,
  type, attempt, at - :age, recorded_at - :age, step, message, detail, patch
from (select * from event where job = (select key from job where id = :template) order by seq)
cross join number

-- name: newest
select (select max(key) from job), max((select max(position) from event), (select max(coalesce(ticked, 0)) from job))

-- name: defences
select type, name, sql from sqlite_master where type in ('index', 'trigger') and sql is not null
