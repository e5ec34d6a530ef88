-- Walks the chain of a job's events backwards, from the newest or from the anchor (every 16th) above the page.
with recursive
  page (job, low, high, anchor, seq, last_event) as materialized (
    select key, :after, min(:until, seq), (min(:until, seq) + 15) / 16 * 16, seq, last_event
    from job
    where id = :id and seq > :after
  ),
  walk (position, previous) as (
    select event.position, event.previous
    from page
    join event on event.position = case
      when page.anchor > page.seq then page.last_event
      else (select position from event where job = page.job and seq = page.anchor and seq % 16 = 0)
    end
    union all
    select event.position, event.previous
    from walk
    join event on event.position = walk.previous
    where event.seq > (select low from page)
  )
select
  event.seq, event.version, event.type, event.attempt, event.at, event.recorded_at,
  event.step, event.message, event.detail, event.patch
from walk
join event using (position)
where event.seq <= (select high from page)
order by event.seq
