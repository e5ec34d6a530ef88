-- pre
-- What the tables refuse, whoever writes to them.

-- No row that cannot be, whoever writes it. As in a CHECK, what is unknown because a value is null is no offence. Nothing is
-- named here that a search path could turn into something else, and so none is set: to set one costs more than all the rest.

create function headway.refuse_impossible_facts() returns trigger
language plpgsql
as $$
declare
  broken text := case
    when not (length(new.id) = 36) then 'id'
    when not (length(new.kind) between 1 and 100) then 'kind'
    when not (new.created_at >= 0) then 'created_at'
    when not (length(new.project) between 1 and 200) then 'project'
    when not (length(new.tenant) between 1 and 200) then 'tenant'
    when not (length(new.subject) between 1 and 200) then 'subject'
    when not (length(new.external_id) between 1 and 200) then 'external_id'
    when not (length(new.labels::text) <= 4096 and json_typeof(new.labels) = 'object') then 'labels'
    when not (length(new.parent_id) = 36) then 'parent_id'
    when not (length(new.parent_step) between 1 and 100) then 'parent_step'
    when not (new.mode in ('weights', 'ranges')) then 'mode'
    when not (new.parent_step is null or new.parent_id is not null) then 'parent_step_needs_a_parent'
  end;
begin
  if broken is not null then
    raise exception 'a row of headway.% cannot be so: %', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = 'headway';
  end if;
  return new;
end
$$;

create function headway.refuse_impossible_life() returns trigger
language plpgsql
as $$
declare
  broken text := case
    when not (new.status in ('pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')) then 'status'
    when not (new.health in ('ok', 'lost')) then 'health'
    when not (new.attempt >= 0) then 'attempt'
    when not (new.plan_rev >= 1) then 'plan_rev'
    when not (length(new.result::text) <= 65536) then 'result'
    when not (length(new.error) <= 4000) then 'error'
    when not (new.started_at >= 0) then 'started_at'
    when not (new.attempt_started_at >= 0) then 'attempt_started_at'
    when not (new.finished_at >= 0) then 'finished_at'
    when not (new.cancel_requested_at >= 0) then 'cancel_requested_at'
    when not (new.due_at >= 0) then 'due_at'
    when not (case new.status
      when 'waiting' then coalesce(new.reason in ('retry', 'child', 'input', 'schedule'), false)
      when 'failed' then coalesce(new.reason in ('error', 'timeout', 'lost', 'expired'), false)
      else new.reason is null
    end) then 'reason_fits_status'
    when not (new.health = 'ok' or new.status = 'running') then 'only_running_is_lost'
    when not ((coalesce(new.permille, 0) = 1000) = (new.status = 'succeeded')) then 'only_success_is_100'
    when not ((new.finished_at is not null) = (new.status in ('succeeded', 'failed', 'cancelled'))) then 'ended_has_its_time'
    when not ((new.attempt > 0) = (new.started_at is not null) and (new.attempt > 0) = (new.attempt_started_at is not null)) then 'attempts_have_begun'
    when not (new.status <> 'pending' or new.attempt = 0) then 'pending_has_not_begun'
    when not (new.status <> 'running' or new.attempt > 0) then 'running_has_begun'
    when not (new.due_at is null or new.status = 'waiting') then 'only_waiting_is_due'
    when not (not new.keep_steps or (new.status = 'waiting' and coalesce(new.reason = 'retry', false))) then 'only_retry_keeps_steps'
  end;
begin
  if broken is not null then
    raise exception 'a row of headway.% cannot be so: %', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = 'headway';
  end if;
  return new;
end
$$;

create function headway.refuse_impossible_progress() returns trigger
language plpgsql
as $$
declare
  broken text := case
    when not (new.permille between 0 and 1000) then 'permille'
    when not (length(new.step) <= 100) then 'step'
    when not (length(new.message) <= 2000) then 'message'
    when not (new.current >= 0) then 'current'
    when not (new.total >= new.current) then 'total'
    when not (length(new.unit) <= 100) then 'unit'
    when not (new.updated_at >= 0) then 'updated_at'
    when not (new.last_progress_at >= 0) then 'last_progress_at'
    when not (new.version >= 1) then 'version'
    when not (new.seq between 0 and new.version) then 'seq'
    when not (new.event_version between 0 and new.version) then 'event_version'
    when not (new.last_event >= new.seq) then 'last_event'
    when not (new.ticked > new.last_event) then 'ticked'
    when not (length(new.last_producer) between 1 and 200) then 'last_producer'
    when not ((new.last_batch is null) = (new.last_producer is null)) then 'last_batch'
    when not ((coalesce(new.permille, 0) = 1000) = (new.status = 'succeeded')) then 'only_success_is_100'
  end;
begin
  if broken = 'ticked' and tg_op = 'UPDATE' and new.last_event = old.last_event then
    raise exception 'the job was changed after this transaction began: run the transaction again'
      using errcode = 'serialization_failure';
  end if;
  if broken is not null then
    raise exception 'a row of headway.% cannot be so: %', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = 'headway';
  end if;
  return new;
end
$$;

create function headway.refuse_impossible_step() returns trigger
language plpgsql
as $$
declare
  broken text := case
    when not (new.position between 1 and 2000) then 'position'
    when not (length(new.name) between 1 and 100) then 'name'
    when not (length(new."group") between 1 and 100) then 'group'
    when not (new.weight >= 0) then 'weight'
    when not (new.status in ('pending', 'running', 'succeeded', 'failed', 'skipped')) then 'status'
    when not (new.attempt >= 0) then 'attempt'
    when not (new.current >= 0) then 'current'
    when not (new.total >= new.current) then 'total'
    when not (length(new.unit) <= 100) then 'unit'
    when not (new.permille between 0 and 1000) then 'permille'
    when not (length(new.message) <= 2000) then 'message'
    when not (length(new.error) <= 4000) then 'error'
    when not (new.started_at >= 0) then 'started_at'
    when not (new.finished_at >= 0) then 'finished_at'
    when not (new.version >= 0) then 'version'
    when not (new.status <> 'succeeded' or coalesce(new.permille, 0) = 1000) then 'success_is_100'
    when not ((new.finished_at is not null) = (new.status in ('succeeded', 'failed', 'skipped'))) then 'settled_has_its_time'
    when not (new.status <> 'running' or (new.attempt > 0 and new.started_at is not null)) then 'running_has_begun'
  end;
begin
  if broken is not null then
    raise exception 'a row of headway.% cannot be so: %', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = 'headway';
  end if;
  return new;
end
$$;

create function headway.refuse_impossible_event() returns trigger
language plpgsql
as $$
declare
  broken text := case
    when not (new.seq >= 1) then 'seq'
    when not (new.position > 0) then 'position'
    when not (new.version >= new.seq) then 'version'
    when not (length(new.type) between 1 and 100) then 'type'
    when not (new.attempt >= 0) then 'attempt'
    when not (new.at >= 0) then 'at'
    when not (new.recorded_at >= 0) then 'recorded_at'
    when not (length(new.step) <= 100) then 'step'
    when not (length(new.message) <= 2000) then 'message'
    when not (length(new.detail::text) <= 65536) then 'detail'
  end;
begin
  if broken is not null then
    raise exception 'a row of headway.% cannot be so: %', tg_table_name, broken
      using errcode = 'check_violation', constraint = broken, table = tg_table_name, schema = 'headway';
  end if;
  return new;
end
$$;

create trigger refuse_impossible_facts
before insert or update of id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step, mode
on headway.job
for each row execute function headway.refuse_impossible_facts();

create trigger refuse_impossible_life
before insert or update of
  status, reason, health, attempt, plan_rev, result, error, started_at, attempt_started_at, finished_at,
  cancel_requested_at, due_at, keep_steps
on headway.job
for each row execute function headway.refuse_impossible_life();

create trigger refuse_impossible_progress
before insert or update on headway.job
for each row execute function headway.refuse_impossible_progress();

create trigger refuse_impossible_step
before insert or update on headway.step
for each row execute function headway.refuse_impossible_step();

create trigger refuse_impossible_event
before insert on headway.event
for each row execute function headway.refuse_impossible_event();

-- State and history cannot disagree: a job moves by its events, and an event only where it continues its job. Headway's own
-- statements compare all that they write with what they read, count it, and say so (headway.flush); for everybody else each
-- row is looked at.

create function headway.jobs_move_by_their_events() returns trigger
language plpgsql set search_path = headway, pg_catalog, pg_temp
as $$
declare
  before bigint := case when tg_op = 'UPDATE' then greatest(old.last_event, old.ticked) else 0 end;
  from_seq bigint := case when tg_op = 'UPDATE' then old.seq else 0 end;
  found record;
begin
  select count(*) as events, coalesce(min(position), 0) as first, coalesce(max(position), 0) as last into found
  from event
  where job = new.key and seq > from_seq and seq <= new.seq;
  if found.events > 0 and found.first <= before then
    raise exception 'the job was changed after this transaction began: run the transaction again'
      using errcode = 'serialization_failure';
  end if;
  if new.seq < from_seq or found.events <> new.seq - from_seq
    or new.last_event <> (case when new.seq = from_seq and tg_op = 'UPDATE' then old.last_event else found.last end)
  then
    raise exception 'the history of a job grows only by its events' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create constraint trigger jobs_move_by_their_events
after update on headway.job
deferrable initially deferred
for each row
when (
  (old.seq <> new.seq or old.last_event <> new.last_event)
  and current_setting('headway.flush', true) is distinct from 'on'
)
execute function headway.jobs_move_by_their_events();

create constraint trigger jobs_begin_with_their_events
after insert on headway.job
deferrable initially deferred
for each row
when (current_setting('headway.flush', true) is distinct from 'on')
execute function headway.jobs_move_by_their_events();

create function headway.events_continue_their_job() returns trigger
language plpgsql set search_path = headway, pg_catalog, pg_temp
as $$
begin
  if not exists (select from job where key = new.job and seq >= new.seq and version >= new.version) then
    raise exception 'an event does not continue the history of its job'
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create constraint trigger events_continue_their_job
after insert on headway.event
deferrable initially deferred
for each row
when (current_setting('headway.flush', true) is distinct from 'on')
execute function headway.events_continue_their_job();

create function headway.events_never_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'events never change' using errcode = 'integrity_constraint_violation';
end
$$;

create trigger events_never_change
before update on headway.event
for each row execute function headway.events_never_change();

create function headway.a_store_never_goes_back() returns trigger
language plpgsql
as $$
begin
  if new.base < old.base or new.floor < old.floor or new.epoch <> old.epoch then
    raise exception 'the position of a store went back' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end
$$;

create trigger a_store_never_goes_back
before update on headway.store
for each row execute function headway.a_store_never_goes_back();

-- Also when a transaction settles the store that else only ticks: a second crash must not forget where it went on.
create function headway.be_durable() returns trigger
language plpgsql
as $$
begin
  if current_setting('synchronous_commit') in ('off', 'local') then
    perform set_config('synchronous_commit', 'on', true);
  end if;
  return null;
end
$$;

create constraint trigger a_new_base_is_durable
after update on headway.store
deferrable initially deferred
for each row execute function headway.be_durable();
