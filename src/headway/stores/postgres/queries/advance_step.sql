-- `advance_job` with one step that changed too. All three rows are written, or none: a step that is not where its job had it
-- when it was read ends the statement.
with
  moved as (
    update headway.job
    set step = %(step)t, message = %(message)t, current = %(current)t::bigint, total = %(total)t::bigint,
      unit = %(unit)t, permille = %(permille)t::int, updated_at = %(updated_at)t::bigint,
      last_progress_at = %(last_progress_at)t::bigint, version = %(version)t::bigint,
      event_version = %(version)t::bigint, seq = %(seq)t::bigint, last_event = span.first | 1, ticked = null,
      last_batch = coalesce(%(last_batch)t::bigint, last_batch)
    from (
      select
        (coalesce(
          (select base from headway.store, headway.unbroken where store.one = 1 and unbroken.one = 1),
          headway.base() -- after a crash, when nobody has settled the store yet
        ) + pg_current_xact_id()::text::bigint) << 20 as first,
        case
          when current_setting('synchronous_commit') in ('off', 'local')
            then set_config('synchronous_commit', 'on', true)
        end,
        set_config('headway.flush', 'on', true)
    ) as span
    where key = %(key)t::bigint and id = %(id)t and version = %(was_version)t::bigint and attempt = %(attempt)t::int
      and seq = %(seq)t::bigint - 1
      and (
        %(last_batch)t::bigint is null
        or (
          last_producer = %(last_producer)t and last_attempt = %(last_attempt)t::int
          and last_batch = %(last_batch)t::bigint - 1
        )
      )
    returning last_event
  ),
  stepped as (
    update headway.step
    set low = %(step_low)t::float8, high = %(step_high)t::float8, status = %(step_status)t,
      attempt = %(step_attempt)t::int, current = %(step_current)t::bigint, total = %(step_total)t::bigint,
      unit = %(step_unit)t, permille = %(step_permille)t::int, message = %(step_message)t, error = %(step_error)t,
      started_at = %(step_started_at)t::bigint, finished_at = %(step_finished_at)t::bigint,
      version = %(step_version)t::bigint
    from moved
    where job = %(key)t::bigint and position = %(step_position)t::int
    returning last_event
  )
insert into headway.event (
  job, position, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
)
select
  %(key)t::bigint, coalesce(stepped.last_event, headway.lost_race()), %(seq)t::bigint, %(version)t::bigint,
  %(entry_type)t, %(attempt)t::int, %(entry_at)t::bigint, %(updated_at)t::bigint, %(entry_step)t,
  %(entry_message)t, %(entry_detail)t::json, %(entry_patch)t
from moved
left join stepped on true
returning position
