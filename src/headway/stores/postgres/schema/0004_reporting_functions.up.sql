-- pre
-- Three functions by which a program in any language reports on a job: update_job_progress, complete_job_progress and
-- error_job_progress. The other ones here are their parts, and work only inside them.
--
-- What would need planning is not here: new steps, new attempts, and everything else are asked for over HTTP. What a
-- report does is what the core decides for the same commands, event by event.

create type headway.report_answer as (
  outcome text, -- stored; or fenced: the attempt was superseded, and nothing was written but that it still reports
  attempt integer, -- the job's present one
  status text,
  version bigint,
  seq bigint,
  cancel_requested boolean, -- somebody asked the job to stop
  problem text -- why it was not stored
);

-- The first refusal of a superseded attempt becomes history; more of the same would only fill it. It is no error, which
-- would take this history back with it.
create function headway.fence(d headway.draft, attempt integer) returns headway.draft
language plpgsql as $$
begin
  d.problem := format(
    'attempt %s of job %s was superseded by attempt %s; stop, or attach again to go on',
    attempt, (d.job).id, (d.job).attempt
  );
  insert into producer (job, attempt, producer, seq) values ((d.job).key, fence.attempt, 'sql!', 1)
  on conflict do nothing;
  if found then
    d := tell(
      d, 'report_refused', '{}', said => format('attempt %s was superseded', attempt),
      more => jsonb_build_object('attempt', attempt, 'producer', 'sql')
    );
  end if;
  raise warning '%', d.problem;
  return d;
end
$$;

-- What every report begins with: the first one starts a pending job, an older attempt is fenced, and what may not be
-- now is refused.
create function headway.begin_report(job_id text, attempt integer, command text) returns headway.draft
language plpgsql as $$
declare
  d headway.draft := hold(job_id);
begin
  if attempt < 1 then
    perform refuse('HW422', 'attempt', format('counts from 1, got %s', attempt));
  elsif attempt < (d.job).attempt then
    return fence(d, attempt);
  end if;
  if (d.job).status = 'pending' then
    d := tell(d, 'started', jsonb_build_object(
      'status', next_job_phase(d.job, 'attach'), 'reason', null, 'health', 'ok', 'attempt', (d.job).attempt + 1,
      'started_at', d.now, 'attempt_started_at', d.now, 'last_progress_at', d.now, 'due_at', null, 'keep_steps', false
    ));
  end if;
  if attempt > (d.job).attempt then
    perform refuse('HW422', 'attempt', format('%s has not begun, the job is at attempt %s', attempt, (d.job).attempt));
  end if;
  perform next_job_phase(d.job, command);
  if (d.job).health = 'lost' then
    d := tell(d, 'found', '{"health": "ok"}');
  end if;
  return d;
end
$$;

-- A report that shows work takes a waiting job back to running, in the same attempt.
create function headway.resume(d headway.draft) returns headway.draft
language plpgsql as $$
begin
  if (d.job).status = 'waiting' then
    d := tell(d, 'resumed', jsonb_build_object(
      'status', next_job_phase(d.job, 'update'), 'reason', null, 'due_at', null
    ));
  end if;
  return d;
end
$$;

create function headway.check_text(field text, given text, longest integer) returns void
language plpgsql as $$
begin
  if length(given) > longest then
    perform refuse('HW422', field, format('must be at most %s characters, got %s', longest, length(given)));
  end if;
end
$$;

create function headway.check_numbers(current_step integer, total_steps integer) returns void
language plpgsql as $$
begin
  if total_steps < 0 then
    perform refuse('HW422', 'total_steps', format('must not be negative, got %s', total_steps));
  elsif current_step < 0 then
    perform refuse('HW422', 'current_step', format('must not be negative, got %s', current_step));
  elsif current_step > total_steps then
    perform refuse('HW422', 'current_step', format('%s is more than the total %s', current_step, total_steps));
  end if;
end
$$;

-- The step that a stage names. Its number is known: the one that is told may count from 1 or from 0, and in an open
-- plan there may be more steps by now than who tells it knows.
create function headway.find_stage(
  held headway.job, stage text, current_step integer, total_steps integer
) returns headway.step
language plpgsql as $$
declare
  part headway.step;
  known text;
  whole bigint;
begin
  select * into part from step where job = held.key and name = stage;
  if not found then
    select coalesce(string_agg(name, ', ' order by position), 'none') into known
    from step where job = held.key and position <= 8;
    if stage is null then
      perform refuse('HW422', 'stage', format('is needed: this job counts its steps (%s)', known));
    end if;
    perform refuse(
      'HW404', 'stage', format('''%s'' is not a step of this job (its steps: %s)', left(stage, 108), known)
        || case when held.open then '; its plan is open, so a step can be added first: over HTTP, add_steps' else '' end
    );
  end if;
  perform check_numbers(current_step, total_steps);
  select count(*) into whole from step where job = held.key;
  if current_step not in (part.position - 1, part.position) or total_steps > whole
    or (total_steps < whole and not (held.open and total_steps >= part.position))
  then
    perform refuse('HW422', 'current_step', format(
      '''%s'' is step %s of %s of this job, not %s of %s; say so, or null for both', stage, part.position, whole,
      coalesce(current_step::text, 'null'), coalesce(total_steps::text, 'null')
    ));
  end if;
  return part;
end
$$;

-- What a job without steps has counted, as a change of it.
create function headway.counts_of(d headway.draft, counted bigint, whole bigint) returns jsonb
language plpgsql as $$
declare
  shown integer := (d.job).permille;
begin
  if counted is null and whole is null then
    return '{}';
  end if;
  counted := coalesce(counted, (d.job).current);
  whole := coalesce(whole, (d.job).total);
  whole := case when whole is not null then greatest(whole, counted) end; -- a total that is too low was an estimate
  if whole > 0 then
    shown := greatest(coalesce(shown, 0), least(999, counted * 1000 / whole));
  end if;
  return jsonb_build_object('current', counted, 'total', whole, 'permille', shown, 'last_progress_at', d.now);
end
$$;

create function headway.update_job(d headway.draft, message text, told jsonb default '{}') returns headway.draft
language plpgsql as $$
begin
  perform check_text('message', message, 2000);
  if message is not null then
    told := told || jsonb_build_object('message', message);
  end if;
  return case when told = '{}' then d else tick(d, told) end;
end
$$;

create function headway.start_step(d headway.draft, part headway.step) returns headway.draft
language plpgsql as $$
begin
  return tell(
    d, 'step_started',
    jsonb_build_object(
      'current', (d.job).current - (part.status not in ('pending', 'running'))::integer, 'step', part.name,
      'last_progress_at', d.now
    ),
    part.name,
    jsonb_build_object(
      'status', next_phase('step', format('step ''%s''', part.name), 'start_step', part.status),
      'attempt', part.attempt + 1, 'started_at', d.now, 'finished_at', null, 'current', 0, 'total', null,
      'permille', null, 'message', null, 'error', null
    ),
    moves => true
  );
end
$$;

-- Ends all steps that are in a status. `alone`: that is progress, and moves the percent; where the job ends, it does
-- not.
create function headway.end_steps(d headway.draft, was text, becomes text, error text, alone boolean)
returns headway.draft
language plpgsql as $$
declare
  part headway.step;
  shown text;
begin
  for part in select * from step where job = (d.job).key and status = was order by position loop
    shown := (d.job).step;
    if shown = part.name then -- of those that still run, the one that was started last
      shown := (
        select name from step
        where job = (d.job).key and status = 'running' and name <> part.name
        order by started_at desc, position desc limit 1
      );
    end if;
    d := tell(
      d, 'step_' || becomes,
      jsonb_build_object('current', (d.job).current + 1, 'step', shown)
        || case when alone then jsonb_build_object('last_progress_at', d.now) else '{}' end,
      part.name,
      jsonb_build_object('status', becomes, 'finished_at', d.now, 'error', end_steps.error)
        || case when becomes = 'succeeded' then '{"permille": 1000}' else '{}' end::jsonb,
      moves => alone
    );
  end loop;
  return d;
end
$$;

create function headway.end_job(d headway.draft, becomes text, told jsonb, said text default null) returns headway.draft
language plpgsql as $$
begin
  return tell(
    d, becomes,
    jsonb_build_object(
      'status', becomes, 'reason', null, 'health', 'ok', 'step', null, 'due_at', null, 'finished_at', d.now,
      'keep_steps', false
    ) || told,
    said => said
  );
end
$$;

create function headway.answer(d headway.draft) returns headway.report_answer
language plpgsql as $$
declare
  held headway.job := d.job;
begin
  perform let_go(d);
  return row(
    case when d.problem is null then 'stored' else 'fenced' end, held.attempt, held.status, held.version, held.seq,
    held.cancel_requested_at is not null, d.problem
  )::headway.report_answer;
end
$$;

-- Says where a job is: in which stage, a step of its plan, the number of that step and how many there are. A new stage
-- ends the one before. A job without steps has no stage (null), and its numbers are its count.
create function headway.update_job_progress(
  job_id text, stage text, current_step integer, total_steps integer, message text, attempt integer default null
) returns headway.report_answer
language plpgsql set search_path = headway, pg_temp as $$
declare
  d headway.draft := begin_report(job_id, attempt, 'update');
  part headway.step;
begin
  if d.problem is not null then
    return answer(d);
  end if;
  if stage is null and not exists (select from step where job = (d.job).key) then
    perform check_numbers(current_step, total_steps);
    d := resume(d);
    return answer(update_job(d, message, counts_of(d, current_step, total_steps)));
  end if;
  part := find_stage(d.job, stage, current_step, total_steps);
  d := resume(d);
  if part.status = 'running' then
    return answer(update_job(d, message));
  end if;
  d := end_steps(d, 'running', 'succeeded', null, alone => true);
  return answer(start_step(update_job(d, message), part));
end
$$;

-- Ends a job well: steps that run have succeeded, steps that were never started are skipped, and it is at 100 %.
create function headway.complete_job_progress(job_id text, message text default null, attempt integer default null)
returns headway.report_answer
language plpgsql set search_path = headway, pg_temp as $$
declare
  d headway.draft := begin_report(job_id, attempt, 'succeed');
begin
  if d.problem is not null then
    return answer(d);
  end if;
  if message is not null then
    d := update_job(resume(d), message);
  end if;
  d := end_steps(d, 'running', 'succeeded', null, alone => false);
  d := end_steps(d, 'pending', 'skipped', null, alone => false);
  return answer(end_job(d, next_job_phase(d.job, 'succeed'), '{"permille": 1000, "result": null, "error": null}'));
end
$$;

-- Ends a job as failed, with the percent that it had.
create function headway.error_job_progress(job_id text, error_message text, attempt integer default null)
returns headway.report_answer
language plpgsql set search_path = headway, pg_temp as $$
declare
  d headway.draft := begin_report(job_id, attempt, 'fail');
begin
  if d.problem is not null then
    return answer(d);
  end if;
  perform check_text('error_message', error_message, 4000);
  if coalesce(error_message, '') = '' then
    perform refuse('HW422', 'error_message', 'is needed: say what went wrong');
  end if;
  d := end_steps(d, 'running', 'failed', error_message, alone => false);
  return answer(end_job(
    d, next_job_phase(d.job, 'fail'), jsonb_build_object('reason', 'error', 'error', error_message),
    said => case when length(error_message) > 2000 then left(error_message, 1999) || '…' else error_message end
  ));
end
$$;
