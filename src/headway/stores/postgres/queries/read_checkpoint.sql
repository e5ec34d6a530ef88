-- The newest event at or before a position.
select
  event.position, event.job, job.id,
  event.seq, event.version, event.type, event.attempt, event.at, event.recorded_at,
  event.step, event.message, event.detail::text, event.patch
from headway.event join headway.job on job.key = event.job
where event.position <= %(position)t::bigint
order by event.position desc
limit 1
