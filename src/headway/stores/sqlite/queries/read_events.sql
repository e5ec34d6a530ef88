-- Everybody's events after a position, in the order of the store.
select
  event.position, event.job, job.id,
  event.seq, event.version, event.type, event.attempt, event.at, event.recorded_at,
  event.step, event.message, event.detail, event.patch
from event cross join job on job.key = event.job -- in this order: events are read where they lie
where event.position > :after
order by event.position
limit :limit
