-- pre
-- How a job is changed from inside the database: taken, told what happens to it, let go. Parts of the functions of the
-- next migration, which fix the search path; they work only inside those.
--
-- What may follow what stands in headway.transition, and how far a job is in the bounds that its steps hold already.
-- What happens is written as the core writes it (core/draft.py, stores/codec.py): the conformance tests hold both
-- against each other.

create type headway.draft as (
  job headway.job, -- as it is by now; written once, at the end
  version bigint, -- what it was when it was read
  now bigint,
  position bigint, -- of the last change that this transaction made anywhere
  problem text
);

create function headway.refuse(code text, field text, reason text) returns void
language plpgsql as $$
begin
  raise exception using errcode = code, column = coalesce(field, ''), message = concat_ws(': ', field, reason);
end
$$;

-- What the table says to a command: what follows, or the sentence that refuses it.
create function headway.next_phase(subject text, called text, command text, phase text) returns text
language plpgsql as $$
declare
  cell headway.transition;
begin
  select * into strict cell from transition as t
  where t.subject = next_phase.subject and t.command = next_phase.command and t.phase = next_phase.phase;
  if cell.refused is not null then
    perform refuse(
      'HW409', null, format('cannot %s: %s is %s; %s', replace(command, '_', ' '), called, phase, cell.refused)
    );
  end if;
  return cell.follows;
end
$$;

create function headway.next_job_phase(held headway.job, command text) returns text
language plpgsql as $$
begin
  return next_phase(
    'job', 'the job', command,
    case when held.status = 'waiting' and held.reason = 'retry' then 'retrying' else held.status end
  );
end
$$;

-- Tenths of a percent as the steps stand, never less than what is shown already. Weights: what remains is what each
-- open step has left of its share. Ranges: the furthest point that a started step has reached; a skipped range is
-- passed once that point touches it. The grain absorbs the rounding of floats.
create function headway.permille_of(held headway.job) returns integer
language plpgsql as $$
declare
  by_weight boolean := held.mode = 'weights';
  reached double precision := 0;
  short double precision;
  part headway.step;
begin
  for part in select * from step where job = held.key order by position loop
    continue when by_weight and part.status not in ('pending', 'running')
      or not by_weight and (part.status = 'pending' or part.status = 'skipped' and part.low > reached);
    short := (part.high - part.low) * (1 - coalesce(part.permille, 0) / 1000.0::double precision);
    reached := case
      when by_weight then reached + short
      when part.status in ('succeeded', 'skipped') then greatest(reached, part.high)
      else greatest(reached, part.high - short)
    end;
  end loop;
  reached := case when by_weight then 100 - reached else reached end;
  return greatest(coalesce(held.permille, 0), least(999, floor(reached * 10 + 1e-6::double precision)::integer));
end
$$;

-- A report takes the job's row for itself before it asks for its own number: then whoever held the row before has a
-- lower one. Only a transaction that had its number before, because it wrote something else, may find that it came too
-- late.
create function headway.hold(job_id text) returns headway.draft
language plpgsql as $$
declare
  wrote_before boolean := pg_current_xact_id_if_assigned() is not null;
  held headway.job;
  first bigint;
  last bigint;
begin
  select * into held from job where id = lower(job_id) for no key update;
  if not found then
    perform refuse(
      'HW404', null,
      format('no job ''%s'' in this store; check the id, and that worker and reader use the same store', job_id)
    );
  end if;
  if coalesce(current_setting('headway.system', true), '') = '' then
    perform set_config('headway.system', system(), false); -- dear, and in one session always the same
  end if;
  if not exists (select from store where system = current_setting('headway.system')) then
    perform settle(); -- a dump was restored here, or a database copied
  end if;
  first := (pg_current_xact_id()::text::bigint + base()) << 20;
  last := first;
  if wrote_before then
    last := greatest(
      first,
      (select max(position) from event where position >= first and position < first + 1048576),
      (select max(position) from tick where position >= first and position < first + 1048576)
    );
  end if;
  if greatest(held.last_event, held.ticked) > last then
    raise exception 'the job was changed after this transaction began: run the transaction again'
      using errcode = 'serialization_failure';
  end if;
  return row(held, held.version, (extract(epoch from clock_timestamp()) * 1000000)::bigint, last, null)::headway.draft;
end
$$;

-- Writes the job, if it was changed. Of ticks only the last one has a place in the order of the store.
create function headway.let_go(d headway.draft) returns void
language plpgsql as $$
declare
  held headway.job := d.job;
begin
  if held.version > d.version then
    held.ticked := case when held.version > held.event_version then d.position + 1 end;
    if held.ticked is not null then
      insert into tick (job, position) values (held.key, held.ticked)
      on conflict (job) do update set position = excluded.position;
    end if;
    update job
    set status = held.status, reason = held.reason, health = held.health, attempt = held.attempt,
      permille = held.permille, step = held.step, message = held.message, current = held.current, total = held.total,
      result = held.result, error = held.error, started_at = held.started_at,
      attempt_started_at = held.attempt_started_at, finished_at = held.finished_at, updated_at = held.updated_at,
      last_progress_at = held.last_progress_at, due_at = held.due_at, keep_steps = held.keep_steps,
      version = held.version, event_version = held.event_version, seq = held.seq, last_event = held.last_event,
      ticked = held.ticked
    where key = held.key;
    perform pg_notify('headway', 'look'); -- a hint for who watches; several in one transaction are one
  end if;
end
$$;

-- A change that is no history.
create function headway.tick(d headway.draft, told jsonb) returns headway.draft
language plpgsql as $$
declare
  held headway.job := jsonb_populate_record(d.job, told);
begin
  held.version := held.version + 1;
  held.updated_at := d.now;
  d.job := held;
  return d;
end
$$;

-- An entry of the history, with what ticks have changed since the last one: a job's events alone tell its exact state.
-- `moves`: the percent follows the step.
create function headway.tell(
  d headway.draft, kind text, told jsonb, step_name text default null, step_told jsonb default null,
  said text default null, more jsonb default null, moves boolean default false
) returns headway.draft
language plpgsql as $$
declare
  held headway.job := d.job;
  steps_told jsonb := '{}';
begin
  d.position := d.position + 1;
  if (d.position & 1048575) = 1048575 then
    raise exception 'one transaction holds at most 1048574 changes' using errcode = 'program_limit_exceeded';
  end if;
  if held.version > held.event_version then
    select coalesce(jsonb_object_agg(name, jsonb_build_object(
      'message', message, 'current', current, 'total', total, 'unit', unit, 'permille', permille
    )), '{}') into steps_told
    from step where job = held.key and version > held.event_version;
  end if;
  if step_told is not null then
    steps_told := steps_told || jsonb_build_object(step_name, coalesce(steps_told -> step_name, '{}') || step_told);
  end if;
  update step
  set (status, attempt, current, total, permille, message, error, started_at, finished_at, version) = (
    select
      new.status, new.attempt, new.current, new.total, new.permille, new.message, new.error, new.started_at,
      new.finished_at, held.version + 1
    from jsonb_populate_record(step, steps_told -> step.name) as new
  )
  where job = held.key and name = any (array(select jsonb_object_keys(steps_told)));
  if moves then
    told := told || jsonb_build_object('permille', permille_of(held));
  end if;
  told := jsonb_build_object(
    'message', held.message, 'current', held.current, 'total', held.total, 'unit', held.unit,
    'permille', held.permille, 'last_progress_at', held.last_progress_at, 'status', held.status, 'step', held.step,
    'plan_rev', held.plan_rev
  ) || told;
  d := tick(d, told);
  held := d.job;
  held.seq := held.seq + 1;
  held.event_version := held.version;
  held.last_event := d.position;
  insert into event (job, seq, position, version, type, attempt, at, recorded_at, step, message, detail, patch)
  values (
    held.key, held.seq, d.position, held.version, kind, held.attempt, d.now, d.now, step_name, said, more::json,
    case
      when steps_told = '{}' then jsonb_build_object('job', told)
      else jsonb_build_object('job', told, 'steps', steps_told)
    end
  );
  d.job := held;
  return d;
end
$$;
