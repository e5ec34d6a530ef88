-- The jobs whose newest change that was no event lies within spans of positions.
select inside.job, inside.position
from unnest(%(lows)b, %(highs)b) as span (low, high)
cross join lateral (
  select * from headway.tick
  where position >= span.low and position < span.high
  order by position
  limit %(limit)t::bigint
) as inside
order by inside.position
limit %(limit)t::bigint
