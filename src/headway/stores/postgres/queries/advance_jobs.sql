-- `advance_job` for many jobs at once, also for changes that are no events; all or nothing. The rows come in the order of
-- their keys and are looked up one by one, so that writers who meet wait and do not lock each other out.
with
  span as materialized (
    select
      (pg_current_xact_id()::text::bigint + headway.base()) << 20 as first,
      set_config( -- never less than what this database does by itself for what is acknowledged
        'synchronous_commit',
        case
          when %(sync)t = 'on' and current_setting('synchronous_commit') not in ('off', 'local')
            then current_setting('synchronous_commit')
          else %(sync)t
        end,
        true
      ),
      set_config('headway.flush', %(flush)t, true)
  ),
  moved as (
    update headway.job
    set step = change.step, message = change.message, current = change.current, total = change.total,
      unit = change.unit, permille = change.permille, updated_at = change.updated_at,
      last_progress_at = change.last_progress_at, version = change.version, event_version = change.event_version,
      seq = job.seq + change.events, last_event = coalesce(span.first + change.last_event, job.last_event),
      ticked = span.first + change.ticked, last_batch = coalesce(change.last_batch, job.last_batch)
    from span, unnest(
      %(key)b, %(was_version)b, %(attempt)b,
      %(step)b, %(message)b, %(current)b, %(total)b, %(unit)b, %(permille)b, %(updated_at)b, %(last_progress_at)b,
      %(version)b, %(event_version)b, %(events)b, %(last_event)b, %(ticked)b,
      %(last_producer)b, %(last_attempt)b, %(last_batch)b
    ) as change (
      key, was_version, attempt,
      step, message, current, total, unit, permille, updated_at, last_progress_at,
      version, event_version, events, last_event, ticked,
      last_producer, last_attempt, last_batch
    )
    where job.key = change.key and job.version = change.was_version and job.attempt = change.attempt
      and (
        change.last_batch is null
        or (
          job.last_producer = change.last_producer and job.last_attempt = change.last_attempt
          and job.last_batch = change.last_batch - 1
        )
      )
    returning change.events
  ),
  ticked as (
    insert into headway.tick (job, position)
    select change.job, span.first + change.ordinal
    from span, unnest(%(tick_job)b, %(tick_ordinal)b) as change (job, ordinal)
    where true -- or `on` would be read as that of a join
    on conflict (job) do update set position = excluded.position
  ),
  stepped as (
    update headway.step
    set low = part.low, high = part.high, status = part.status, attempt = part.attempt, current = part.current,
      total = part.total, unit = part.unit, permille = part.permille, message = part.message, error = part.error,
      started_at = part.started_at, finished_at = part.finished_at, version = part.version
    from unnest(
      %(step_job)b, %(step_position)b, %(step_low)b, %(step_high)b, %(step_status)b, %(step_attempt)b,
      %(step_current)b, %(step_total)b, %(step_unit)b, %(step_permille)b, %(step_message)b, %(step_error)b,
      %(step_started_at)b, %(step_finished_at)b, %(step_version)b
    ) as part (
      job, position, low, high, status, attempt, current, total, unit, permille, message, error,
      started_at, finished_at, version
    )
    where step.job = part.job and step.position = part.position
    returning 1
  ),
  appended as (
    insert into headway.event (
      job, position, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
    )
    select
      happened.job, span.first + happened.ordinal, happened.seq, happened.version, happened.type, happened.attempt,
      happened.at, happened.recorded_at, happened.step, happened.message, happened.detail::json, happened.patch
    from span, unnest(
      %(entry_job)b, %(entry_ordinal)b, %(entry_seq)b, %(entry_version)b, %(entry_type)b, %(entry_attempt)b,
      %(entry_at)b, %(entry_recorded_at)b, %(entry_step)b, %(entry_message)b, %(entry_detail)b, %(entry_patch)b
    ) as happened (
      job, ordinal, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
    )
    returning 1
  )
select
  case
    when (select count(*) from moved) = %(jobs)t::int
      and (select count(*) from stepped) = %(steps)t::int
      and (select coalesce(sum(events), 0) from moved) = (select count(*) from appended) then first
    else headway.lost_race()
  end
from span
