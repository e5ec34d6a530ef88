-- Everybody's events within spans of positions, in the order of the store.
select
  event.position, event.job, job.id,
  event.seq, event.version, event.type, event.attempt, event.at, event.recorded_at,
  event.step, event.message, event.detail::text, event.patch
from (
  select inside.*
  from unnest(%(lows)b, %(highs)b) as span (low, high)
  cross join lateral (
    select * from headway.event
    where position >= span.low and position < span.high
    order by position
    limit %(limit)t::bigint
  ) as inside
  order by inside.position
  limit %(limit)t::bigint
) as event
join headway.job on job.key = event.job
order by event.position
