-- New jobs with their steps and first events, all or nothing. A job whose id or external id is taken ends the statement.
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
  born as (
    insert into headway.job (
      key, id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step,
      mode, open, status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit, result,
      error, started_at, attempt_started_at, finished_at, updated_at, last_progress_at, cancel_requested_at, due_at,
      keep_steps, version, event_version, seq, last_event, ticked
    )
    select
      headway.next_key(), id, kind, created_at, project, tenant, subject, external_id, labels::json, parent_id,
      parent_step, mode, open, status, reason, health, attempt, permille, plan_rev, step, message, current, total, unit,
      result::json, error, started_at, attempt_started_at, finished_at, updated_at, last_progress_at,
      cancel_requested_at, due_at, keep_steps, version, event_version, seq,
      coalesce(span.first + fresh.last_event, 0), span.first + fresh.ticked
    from span, unnest(
      %(id)b, %(kind)b, %(created_at)b, %(project)b, %(tenant)b, %(subject)b, %(external_id)b, %(labels)b,
      %(parent_id)b, %(parent_step)b,
      %(mode)b, %(open)b, %(status)b, %(reason)b, %(health)b, %(attempt)b, %(permille)b, %(plan_rev)b, %(step)b,
      %(message)b, %(current)b, %(total)b, %(unit)b, %(result)b, %(error)b,
      %(started_at)b, %(attempt_started_at)b, %(finished_at)b, %(updated_at)b, %(last_progress_at)b,
      %(cancel_requested_at)b, %(due_at)b, %(keep_steps)b, %(version)b, %(event_version)b, %(seq)b,
      %(last_event)b, %(ticked)b
    ) as fresh (
      id, kind, created_at, project, tenant, subject, external_id, labels,
      parent_id, parent_step,
      mode, open, status, reason, health, attempt, permille, plan_rev, step,
      message, current, total, unit, result, error,
      started_at, attempt_started_at, finished_at, updated_at, last_progress_at,
      cancel_requested_at, due_at, keep_steps, version, event_version, seq,
      last_event, ticked
    )
    where true -- or `on` would be read as that of a join
    on conflict do nothing
    returning key, id, seq, ticked
  ),
  ticked as (
    insert into headway.tick (job, position)
    select key, ticked from born where ticked is not null
  ),
  stepped as (
    insert into headway.step (
      job, name, position, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
      started_at, finished_at, version
    )
    select
      born.key, part.name, part.position, part."group", part.weight, part.low, part.high, part.status, part.attempt,
      part.current, part.total, part.unit, part.permille, part.message, part.error, part.started_at, part.finished_at,
      part.version
    from unnest(
      %(step_job)b, %(step_name)b, %(step_position)b, %(step_group)b, %(step_weight)b, %(step_low)b, %(step_high)b,
      %(step_status)b, %(step_attempt)b, %(step_current)b, %(step_total)b, %(step_unit)b, %(step_permille)b,
      %(step_message)b, %(step_error)b, %(step_started_at)b, %(step_finished_at)b, %(step_version)b
    ) as part (
      job, name, position, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
      started_at, finished_at, version
    )
    join born on born.id = part.job
  ),
  appended as (
    insert into headway.event (
      job, position, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
    )
    select
      born.key, span.first + happened.ordinal, happened.seq, happened.version, happened.type, happened.attempt,
      happened.at, happened.recorded_at, happened.step, happened.message, happened.detail::json, happened.patch
    from span, unnest(
      %(entry_job)b, %(entry_ordinal)b, %(entry_seq)b, %(entry_version)b, %(entry_type)b, %(entry_attempt)b,
      %(entry_at)b, %(entry_recorded_at)b, %(entry_step)b, %(entry_message)b, %(entry_detail)b, %(entry_patch)b
    ) as happened (
      job, ordinal, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
    )
    join born on born.id = happened.job
    returning 1
  ),
  marked as (
    insert into headway.producer (job, attempt, producer, seq, lease)
    select born.key, mark.attempt, mark.producer, mark.seq, mark.lease
    from unnest(%(mark_job)b, %(mark_attempt)b, %(mark_producer)b, %(mark_seq)b, %(mark_lease)b)
      as mark (job, attempt, producer, seq, lease)
    join born on born.id = mark.job
  )
select
  case
    when (select count(*) from born) = %(jobs)t::int
      and (select coalesce(sum(seq), 0) from born) = (select count(*) from appended) then first
    else headway.lost_race()
  end
from span
