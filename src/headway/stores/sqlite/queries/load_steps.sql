-- The steps of one job.
select
  name, key & 2047 as position, "group", weight, low, high, status, attempt, current, total, unit, permille,
  message, error, started_at, finished_at, version
from step
where key between :job << 11 and :job << 11 | 2047
order by key
