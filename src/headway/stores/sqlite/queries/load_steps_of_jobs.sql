-- `cross join` keeps the order: from the few wanted jobs to their steps, and never a scan of all steps.
select
  step.key >> 11 as job,
  step.name, step.key & 2047 as position, step."group", step.weight, step.low, step.high, step.status,
  step.attempt, step.current, step.total, step.unit, step.permille, step.message,
  step.error, step.started_at, step.finished_at, step.version
from json_each(?) as wanted
cross join step on step.key between wanted.value << 11 and wanted.value << 11 | 2047
order by step.key
