select
  key, max(last_event, ifnull(ticked, 0)) as changed,
  id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step,
  mode, open, status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit, result, error,
  started_at, attempt_started_at, finished_at, updated_at, last_progress_at, cancel_requested_at, due_at,
  keep_steps, version, event_version, seq
from job
where id = ?
