-- `advance_jobs` for jobs that have one more event each and no step that changed, as most of a group have: one row says it
-- all. All or nothing; the rows come in the order of their keys and are looked up one by one.
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
      last_progress_at = change.last_progress_at, version = change.version, event_version = change.version,
      seq = job.seq + 1, last_event = span.first + %(place)t::bigint + change.ordinal, ticked = null,
      last_batch = coalesce(change.last_batch, job.last_batch)
    from span, unnest(
      %(key)b, %(was_version)b, %(attempt)b,
      %(step)b, %(message)b, %(current)b, %(total)b, %(unit)b, %(permille)b, %(updated_at)b, %(last_progress_at)b,
      %(version)b, %(last_producer)b, %(last_attempt)b, %(last_batch)b,
      %(entry_type)b, %(entry_attempt)b, %(entry_at)b, %(entry_recorded_at)b, %(entry_step)b, %(entry_message)b,
      %(entry_detail)b, %(entry_patch)b
    ) with ordinality as change (
      key, was_version, attempt,
      step, message, current, total, unit, permille, updated_at, last_progress_at,
      version, last_producer, last_attempt, last_batch,
      entry_type, entry_attempt, entry_at, entry_recorded_at, entry_step, entry_message, entry_detail, entry_patch,
      ordinal
    )
    where job.key = change.key and job.version = change.was_version and job.attempt = change.attempt
      and (
        change.last_batch is null
        or (
          job.last_producer = change.last_producer and job.last_attempt = change.last_attempt
          and job.last_batch = change.last_batch - 1
        )
      )
    returning
      job.key, job.last_event, job.seq, job.version, change.entry_type, change.entry_attempt, change.entry_at,
      change.entry_recorded_at, change.entry_step, change.entry_message, change.entry_detail, change.entry_patch
  ),
  appended as (
    insert into headway.event (
      job, position, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
    )
    select
      key, last_event, seq, version, entry_type, entry_attempt, entry_at, entry_recorded_at, entry_step, entry_message,
      entry_detail::json, entry_patch
    from moved
  )
select case when (select count(*) from moved) = %(jobs)t::int then first else headway.lost_race() end
from span
