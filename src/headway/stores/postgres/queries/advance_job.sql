-- `change_jobs` for one job that has one more event and at most one more batch of the producer that sent the last one, and
-- no step that changed: half of all transitions. It writes both rows or none, and answers nothing when the race is lost.
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
        set_config('headway.flush', 'on', true) -- the schema may take our word: see there
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
  )
insert into headway.event (
  job, position, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
)
select
  %(key)t::bigint, last_event, %(seq)t::bigint, %(version)t::bigint, %(entry_type)t, %(attempt)t::int,
  %(entry_at)t::bigint, %(updated_at)t::bigint, %(entry_step)t, %(entry_message)t, %(entry_detail)t::json,
  %(entry_patch)t
from moved
returning position
