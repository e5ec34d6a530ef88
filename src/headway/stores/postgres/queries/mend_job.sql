-- Puts a state in the place of another, as a change that is no event, if the job's history is still the one it was told
-- by. `seq` is not here: events move it.
with
  span as materialized (
    select (pg_current_xact_id()::text::bigint + headway.base()) << 20 as first
  ),
  mended as (
    update headway.job
    set mode = %(mode)t, open = %(open)t::boolean, status = %(status)t, reason = %(reason)t, health = %(health)t,
      attempt = %(attempt)t::integer, permille = %(permille)t::integer, plan_rev = %(plan_rev)t::integer,
      step = %(step)t, message = %(message)t, current = %(current)t::bigint, total = %(total)t::bigint,
      unit = %(unit)t, result = %(result)t::json, error = %(error)t, started_at = %(started_at)t::bigint,
      attempt_started_at = %(attempt_started_at)t::bigint, finished_at = %(finished_at)t::bigint,
      updated_at = %(updated_at)t::bigint, last_progress_at = %(last_progress_at)t::bigint,
      cancel_requested_at = %(cancel_requested_at)t::bigint, due_at = %(due_at)t::bigint,
      keep_steps = %(keep_steps)t::boolean, version = %(version)t::bigint, event_version = %(event_version)t::bigint,
      ticked = span.first + 1
    from span
    where id = %(id)t and seq = %(seq)t::bigint
    returning job.key, job.ticked
  ),
  ticked as (
    insert into headway.tick (job, position)
    select key, ticked from mended
    on conflict (job) do update set position = excluded.position
  )
select key from mended
