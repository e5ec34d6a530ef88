-- pre
-- One schema holds jobs, their steps and their history, with the columns that a SQLite file has.
-- What differs is said where it does.

do $$ -- it may have been made for a role that may not make one itself
begin
  if to_regnamespace('headway') is null then
    create schema headway;
  end if;
end
$$;

create table headway.migration ( -- the steps that brought the schema here
  number integer primary key check (number >= 1),
  name text not null,
  phase text not null check (phase in ('pre', 'post')), -- before or after the processes that need it are started
  applied_at timestamptz not null default now()
);

create table headway.store (
  one integer primary key check (one = 1),
  epoch text not null check (length(epoch) = 12),
  system text not null, -- the cluster and database for which `base` holds; another one after a dump was restored
  base bigint not null default 0 check (base >= 0), -- added to transaction ids, so that positions go on growing there
  floor bigint not null default 0 check (floor >= 0) -- events below were pruned
);

-- Which cluster and database this is. A restored dump and a copied database are other ones by themselves.
create function headway.system() returns text
language sql stable
begin atomic
  select control.system_identifier || '.' || base.oid
  from pg_control_system() as control, pg_database as base
  where base.datname = current_database();
end;

insert into headway.store (one, epoch, system)
values (1, substr(md5(random()::text || clock_timestamp()::text), 1, 12), headway.system());

-- Its row is there as long as the server did not crash: recovery empties a table that is not logged. What ended last before a
-- crash, and was not acknowledged (a rolled back transaction, one that only ticked), may have been seen and is forgotten; its
-- transaction id is given once more. Without a jump of `base`, readers would take what comes then for what they have read.
create unlogged table headway.unbroken (one integer primary key check (one = 1));

insert into headway.unbroken values (1);

-- From now on positions come after all that anybody may have seen: of a database that was restored or copied after all that
-- is stored here, after a crash or a failover far beyond what can have been forgotten.
create function headway.settle() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  crashed boolean;
begin
  insert into headway.unbroken values (1) on conflict do nothing; -- waits for whoever is at it just now
  crashed := found;
  update headway.store
  set system = headway.system(),
    base = greatest(
      base + case when crashed then 1 << 22 else 0 end,
      case
        when system <> headway.system() then greatest(
          (select coalesce(max(position), 0) from headway.event),
          (select coalesce(max(position), 0) from headway.tick)
        ) / 1048576 + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
      end
    )
  where crashed or system <> headway.system();
end
$$;

-- What is added to a transaction id here, asked by every writer before it writes.
create function headway.base() returns bigint
language plpgsql
as $$
declare
  counted bigint;
begin
  select base into counted from headway.store, headway.unbroken;
  if not found then
    perform headway.settle();
    select base into counted from headway.store;
  end if;
  return counted;
end
$$;

-- What a row may hold is said by the functions that refuse impossible rows, below. Differs from SQLite, where CHECKs say it:
-- PostgreSQL reads every CHECK of a table anew for each statement that writes to it, 5 µs each, a quarter of a millisecond
-- for these; a function is read once in a session.
create table headway.job (
  key bigint primary key, -- when it was inserted, and a count: history is kept by ranges of it
  id text collate "C" not null unique,
  kind text not null,
  created_at bigint not null,
  project text,
  tenant text,
  subject text,
  external_id text,
  labels json not null,
  parent_id text collate "C",
  parent_step text,
  mode text not null,
  open boolean not null,
  status text not null,
  reason text,
  health text not null,
  attempt integer not null,
  permille integer,
  plan_rev integer not null,
  step text,
  message text,
  current bigint not null,
  total bigint,
  unit text,
  result json,
  error text,
  started_at bigint,
  attempt_started_at bigint,
  finished_at bigint,
  updated_at bigint not null,
  last_progress_at bigint,
  cancel_requested_at bigint,
  due_at bigint,
  keep_steps boolean not null,
  version bigint not null,
  seq bigint not null,
  event_version bigint not null,
  last_event bigint not null, -- position of the newest event
  ticked bigint, -- position of a change after it that is no event
  last_producer text, -- whose batch was the last; its number is here,
  last_attempt integer, -- and in `producer` when another one's batch follows
  last_batch bigint
) with (fillfactor = 70); -- room beside each row: a transition then writes no index

create unique index job_external on headway.job (kind, external_id, coalesce(tenant, ''))
where external_id is not null;
create index job_created on headway.job (created_at, id);
create index job_status on headway.job (status, created_at, id);
create index job_kind on headway.job (kind, created_at, id);
create index job_project on headway.job (project, created_at, id) where project is not null;
create index job_tenant on headway.job (tenant, created_at, id) where tenant is not null;
create index job_subject on headway.job (subject, created_at, id) where subject is not null;
create index job_parent on headway.job (parent_id, created_at, id) where parent_id is not null;
create index job_finished on headway.job (finished_at, id) where finished_at is not null;
create index job_kind_finished on headway.job (kind, finished_at, id) where finished_at is not null;
create index job_project_finished on headway.job (project, finished_at, id)
where finished_at is not null and project is not null;

create table headway.step (
  job bigint not null,
  position integer not null,
  name text not null,
  "group" text not null,
  weight double precision not null,
  low double precision not null,
  high double precision not null,
  status text not null,
  attempt integer not null,
  current bigint not null,
  total bigint,
  unit text,
  permille integer,
  message text,
  error text,
  started_at bigint,
  finished_at bigint,
  version bigint not null,
  primary key (job, position),
  constraint step_name unique (job, name)
) with (fillfactor = 70);

-- History, kept by ranges of the time-ordered key of its job: `(job, seq)` is unique in all of it, and what is old enough
-- goes by dropping a partition. The order of the store is the order of positions: 2^20 for each transaction, in the order
-- in which transactions began. Within a job it is the order of `seq` too; `jobs_move_by_their_events` sees to that.
create table headway.event (
  job bigint not null,
  seq bigint not null,
  position bigint not null,
  version bigint not null,
  type text not null,
  attempt integer not null,
  at bigint not null,
  recorded_at bigint not null,
  step text,
  message text,
  detail json,
  patch text not null, -- JSON: every value of the job and its steps that changed since the event before
  primary key (job, seq)
) partition by range (job);

create index event_position on headway.event (position);

-- Differs from SQLite, which finds these through an index over `job.ticked`: here that would write every index of the job.
create table headway.tick (
  job bigint primary key,
  position bigint not null -- of the job's newest change that was no event; what came after it does not matter here
);

create index tick_position on headway.tick (position);

create table headway.producer ( -- each producer of an attempt: its lease, and its last batch unless job.last_batch is newer
  job bigint not null,
  attempt integer not null check (attempt >= 0),
  producer text not null check (length(producer) between 1 and 200),
  seq bigint not null check (seq >= 0),
  lease text check (length(lease) between 1 and 200),
  primary key (job, attempt, producer)
) with (fillfactor = 70);

create table headway.lease ( -- one worker process; `beat` counts on while it lives
  id text primary key check (length(id) between 1 and 200),
  ttl_ms bigint not null check (ttl_ms > 0),
  owner text not null check (length(owner) <= 200),
  beat bigint not null check (beat >= 1)
) with (fillfactor = 70);

-- Keys: milliseconds since 1970, then a count that tells those of one millisecond apart.

create sequence headway.job_count;

create function headway.key_at(moment timestamptz) returns bigint
language sql immutable
return (extract(epoch from moment) * 1000)::bigint << 22;

create function headway.next_key() returns bigint
language sql volatile
return headway.key_at(clock_timestamp()) | (nextval('headway.job_count') & 4194303);

-- Makes the partitions of this month and the next. Called by whoever opens the store, and by whoever finds no room; each
-- may, though few may create tables.
create function headway.make_room() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
  month timestamptz := date_trunc('month', now(), 'UTC');
  part text;
begin
  for ahead in 0..1 loop
    part := 'event_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    if to_regclass('headway.' || part) is null then
      perform pg_advisory_xact_lock(hashtext('headway.make_room'));
      execute format(
        'create table if not exists headway.%I partition of headway.event for values from (%s) to (%s)',
        part, headway.key_at(month), headway.key_at(month + interval '1 month')
      );
    end if;
    month := month + interval '1 month';
  end loop;
end
$$;

-- Clocks have been set back before: the first partition begins with the first key.
do $$
begin
  execute format(
    'create table headway.event_before partition of headway.event for values from (minvalue) to (%s)',
    headway.key_at(date_trunc('month', now(), 'UTC'))
  );
end
$$;
select headway.make_room();

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
    when not ((coalesce(new.permille, 0) = 1000) = (new.status = 'succeeded')) then 'only_success_is_100'
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

-- Ends the statement of a writer whose jobs, steps or batches are not as it read them: nothing of it is written.
create function headway.lost_race() returns bigint
language plpgsql
as $$
begin
  raise exception 'a job is no longer as it was read' using errcode = 'HW001';
end
$$;
