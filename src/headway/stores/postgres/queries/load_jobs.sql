-- Jobs and their steps, of one moment; each column of a job's steps is an array.
select
  job.key, greatest(job.last_event, job.ticked) as changed,
  job.id, job.kind, job.created_at, job.project, job.tenant, job.subject, job.external_id, job.labels::text,
  job.parent_id, job.parent_step,
  job.mode, job.open, job.status, job.reason, job.health, job.attempt, job.permille, job.plan_rev, job.step,
  job.message, job.current, job.total, job.unit, job.result::text, job.error, job.started_at, job.attempt_started_at,
  job.finished_at, job.updated_at, job.last_progress_at, job.cancel_requested_at, job.due_at, job.keep_steps,
  job.version, job.event_version, job.seq,
  step.*
from headway.job
cross join lateral (
  select
    array_agg(name), array_agg(position), array_agg("group"), array_agg(weight), array_agg(low),
    array_agg(high), array_agg(status), array_agg(attempt), array_agg(current), array_agg(total),
    array_agg(unit), array_agg(permille), array_agg(message), array_agg(error), array_agg(started_at),
    array_agg(finished_at), array_agg(version)
  from (select * from headway.step where step.job = job.key order by step.position) as step
) as step
where job.key = any(%(keys)b)
