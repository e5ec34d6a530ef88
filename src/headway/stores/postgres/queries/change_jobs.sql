-- Changes of many jobs, all or nothing. Differs from SQLite, which has a statement for each kind of row: here each would
-- be a round trip. Rows are locked in the order of their keys, so that writers who meet wait and never lock each other out.
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
      set_config('headway.flush', %(flush)t, true) -- the schema may take our word: see below
  ),
  held as materialized (
    select
      job.key, job.seq as was_seq,
      job.last_producer as was_producer, job.last_attempt as was_in, job.last_batch as was_batch, change.*
    from unnest(
      %(key)b, %(id)b, %(was_version)b, %(was_attempt)b,
      %(mode)b, %(open)b, %(status)b, %(reason)b, %(health)b, %(attempt)b, %(permille)b, %(plan_rev)b, %(step)b,
      %(message)b, %(current)b, %(total)b, %(unit)b, %(result)b, %(error)b,
      %(started_at)b, %(attempt_started_at)b, %(finished_at)b, %(updated_at)b, %(last_progress_at)b,
      %(cancel_requested_at)b, %(due_at)b, %(keep_steps)b, %(version)b, %(event_version)b, %(seq)b,
      %(last_event)b, %(ticked)b,
      %(batches)b, %(last_producer)b, %(last_attempt)b, %(last_batch)b, %(batch_before)b, %(last_lease)b
    ) as change (
      change_key, id, was_version, was_attempt,
      mode, open, status, reason, health, attempt, permille, plan_rev, step,
      message, current, total, unit, result, error,
      started_at, attempt_started_at, finished_at, updated_at, last_progress_at,
      cancel_requested_at, due_at, keep_steps, version, event_version, seq,
      last_event, ticked,
      batches, last_producer, last_attempt, last_batch, batch_before, last_lease
    )
    join headway.job
      on job.key = change.change_key and job.id = change.id
        and job.version = change.was_version and job.attempt = change.was_attempt
    order by job.key
    for no key update of job
  ),
  moved as (
    update headway.job
    set mode = held.mode, open = held.open, status = held.status, reason = held.reason, health = held.health,
      attempt = held.attempt, permille = held.permille, plan_rev = held.plan_rev, step = held.step,
      message = held.message, current = held.current, total = held.total, unit = held.unit, result = held.result::json,
      error = held.error, started_at = held.started_at, attempt_started_at = held.attempt_started_at,
      finished_at = held.finished_at, updated_at = held.updated_at, last_progress_at = held.last_progress_at,
      cancel_requested_at = held.cancel_requested_at, due_at = held.due_at, keep_steps = held.keep_steps,
      version = held.version, event_version = held.event_version, seq = held.seq,
      last_event = coalesce(span.first + held.last_event, job.last_event),
      ticked = case when held.version > held.was_version then span.first + held.ticked else job.ticked end,
      last_producer = case when held.batches = 0 then job.last_producer else held.last_producer end,
      last_attempt = case when held.batches = 0 then job.last_attempt else held.last_attempt end,
      last_batch = case when held.batches = 0 then job.last_batch else held.last_batch end
    from held, span
    where job.key = held.key and (held.version > held.was_version or held.batches > 0)
    returning job.seq - held.was_seq as events
  ),
  ticked as (
    insert into headway.tick (job, position)
    select held.key, span.first + held.ticked
    from held, span
    where held.ticked is not null
    on conflict (job) do update set position = excluded.position
  ),
  stepped as (
    insert into headway.step (
      job, name, position, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
      started_at, finished_at, version
    )
    select * from unnest(
      %(step_job)b, %(step_name)b, %(step_position)b, %(step_group)b, %(step_weight)b, %(step_low)b, %(step_high)b,
      %(step_status)b, %(step_attempt)b, %(step_current)b, %(step_total)b, %(step_unit)b, %(step_permille)b,
      %(step_message)b, %(step_error)b, %(step_started_at)b, %(step_finished_at)b, %(step_version)b
    )
    on conflict (job, position) do update
    set low = excluded.low, high = excluded.high, status = excluded.status, attempt = excluded.attempt,
      current = excluded.current, total = excluded.total, unit = excluded.unit, permille = excluded.permille,
      message = excluded.message, error = excluded.error, started_at = excluded.started_at,
      finished_at = excluded.finished_at, version = excluded.version
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
  ),
  registered as (
    insert into headway.producer (job, attempt, producer, seq, lease)
    select * from unnest(%(new_job)b, %(new_attempt)b, %(new_producer)b, %(new_seq)b, %(new_lease)b)
    on conflict (job, attempt, producer) do update
    set seq = greatest(producer.seq, excluded.seq), lease = coalesce(excluded.lease, producer.lease)
    where excluded.seq = 0 or producer.seq = 0
    returning 1
  ),
  -- The last batch of a job is in its own row, so that the next one of the same producer writes nothing else.
  others as (
    select *
    from held
    where batch_before >= 1 and (
      last_lease is not null
      or (was_producer, was_in, was_batch) is distinct from (last_producer, last_attempt, batch_before)
    )
  ),
  followed as (
    update headway.producer
    set seq = others.last_batch, lease = coalesce(others.last_lease, producer.lease)
    from others
    where producer.job = others.key and producer.attempt = others.last_attempt
      and producer.producer = others.last_producer
      and others.batch_before = case
        when others.was_producer = others.last_producer and others.was_in = others.last_attempt then others.was_batch
        else producer.seq
      end
    returning 1
  ),
  followed_together as ( -- batches of several producers in one commit
    update headway.producer
    set seq = mark.seq, lease = coalesce(mark.lease, producer.lease)
    from unnest(
      %(mark_job)b, %(mark_attempt)b, %(mark_producer)b, %(mark_seq)b, %(mark_lease)b, %(mark_before)b
    ) as mark (job, attempt, producer, seq, lease, before)
    join held on held.key = mark.job
    where producer.job = mark.job and producer.attempt = mark.attempt and producer.producer = mark.producer
      and mark.before = case
        when held.was_producer = mark.producer and held.was_in = mark.attempt then held.was_batch
        else producer.seq
      end
    returning 1
  ),
  settled as ( -- another producer writes now: the number of the last one goes to its own row
    update headway.producer
    set seq = greatest(producer.seq, held.was_batch)
    from held
    where held.batches > 0 and (held.was_producer, held.was_in) is distinct from (held.last_producer, held.last_attempt)
      and producer.job = held.key and producer.attempt = held.was_in and producer.producer = held.was_producer
      and not exists (
        select from unnest(%(mark_job)b, %(mark_attempt)b, %(mark_producer)b) as mark (job, attempt, producer)
        where (mark.job, mark.attempt, mark.producer) = (producer.job, producer.attempt, producer.producer)
      )
  )
select
  case
    when (select count(*) from held) = %(jobs)t::int
      and (select coalesce(sum(events), 0) from moved) = (select count(*) from appended)
      and (select count(*) from registered) = %(news)t::int
      and (select count(*) from followed) = (select count(*) from others)
      and (select count(*) from followed_together) = %(marks)t::int then first
    else headway.lost_race()
  end
from span
