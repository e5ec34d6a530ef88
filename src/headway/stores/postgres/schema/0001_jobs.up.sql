-- One schema holds jobs, their steps and their history, with the columns that a SQLite file has.
-- What differs is said where it does.

create schema headway;

create table headway.migration ( -- the steps that brought the schema here
  number integer primary key check (number >= 1),
  name text not null,
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

create table headway.job (
  key bigint primary key, -- when it was inserted, and a count: history is kept by ranges of it
  id text collate "C" not null unique check (length(id) = 36),
  kind text not null check (length(kind) between 1 and 100),
  created_at bigint not null check (created_at >= 0),
  project text check (length(project) between 1 and 200),
  tenant text check (length(tenant) between 1 and 200),
  subject text check (length(subject) between 1 and 200),
  external_id text check (length(external_id) between 1 and 200),
  labels json not null check (length(labels::text) <= 4096 and json_typeof(labels) = 'object'),
  parent_id text collate "C" check (length(parent_id) = 36),
  parent_step text check (length(parent_step) between 1 and 100),
  mode text not null check (mode in ('weights', 'ranges')),
  open boolean not null,
  status text not null check (status in ('pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
  reason text,
  health text not null check (health in ('ok', 'lost')),
  attempt integer not null check (attempt >= 0),
  permille integer check (permille between 0 and 1000),
  plan_rev integer not null check (plan_rev >= 1),
  step text check (length(step) <= 100),
  message text check (length(message) <= 2000),
  current bigint not null check (current >= 0),
  total bigint check (total >= current),
  unit text check (length(unit) <= 100),
  result json check (length(result::text) <= 65536),
  error text check (length(error) <= 4000),
  started_at bigint check (started_at >= 0),
  attempt_started_at bigint check (attempt_started_at >= 0),
  finished_at bigint check (finished_at >= 0),
  updated_at bigint not null check (updated_at >= 0),
  last_progress_at bigint check (last_progress_at >= 0),
  cancel_requested_at bigint check (cancel_requested_at >= 0),
  due_at bigint check (due_at >= 0),
  keep_steps boolean not null,
  version bigint not null check (version >= 1),
  seq bigint not null check (seq between 0 and version),
  event_version bigint not null check (event_version between 0 and version),
  last_event bigint not null check (last_event >= seq), -- position of the newest event
  ticked bigint check (ticked > last_event), -- position of a change after it that is no event
  constraint parent_step_needs_a_parent check (parent_step is null or parent_id is not null),
  constraint reason_fits_status check (
    case status
      when 'waiting' then coalesce(reason in ('retry', 'child', 'input', 'schedule'), false)
      when 'failed' then coalesce(reason in ('error', 'timeout', 'lost', 'expired'), false)
      else reason is null
    end
  ),
  constraint only_running_is_lost check (health = 'ok' or status = 'running'),
  constraint only_success_is_100 check ((coalesce(permille, 0) = 1000) = (status = 'succeeded')),
  constraint ended_has_its_time check ((finished_at is not null) = (status in ('succeeded', 'failed', 'cancelled'))),
  constraint attempts_have_begun check (
    (attempt > 0) = (started_at is not null) and (attempt > 0) = (attempt_started_at is not null)
  ),
  constraint pending_has_not_begun check (status <> 'pending' or attempt = 0),
  constraint running_has_begun check (status <> 'running' or attempt > 0),
  constraint only_waiting_is_due check (due_at is null or status = 'waiting'),
  constraint only_retry_keeps_steps check (not keep_steps or (status = 'waiting' and coalesce(reason = 'retry', false)))
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
  position integer not null check (position between 1 and 2000),
  name text not null check (length(name) between 1 and 100),
  "group" text not null check (length("group") between 1 and 100),
  weight double precision not null check (weight >= 0),
  low double precision not null,
  high double precision not null,
  status text not null check (status in ('pending', 'running', 'succeeded', 'failed', 'skipped')),
  attempt integer not null check (attempt >= 0),
  current bigint not null check (current >= 0),
  total bigint check (total >= current),
  unit text check (length(unit) <= 100),
  permille integer check (permille between 0 and 1000),
  message text check (length(message) <= 2000),
  error text check (length(error) <= 4000),
  started_at bigint check (started_at >= 0),
  finished_at bigint check (finished_at >= 0),
  version bigint not null check (version >= 0),
  primary key (job, position),
  constraint step_name unique (job, name),
  constraint only_success_is_100 check ((coalesce(permille, 0) = 1000) = (status = 'succeeded')),
  constraint settled_has_its_time check ((finished_at is not null) = (status in ('succeeded', 'failed', 'skipped'))),
  constraint running_has_begun check (status <> 'running' or (attempt > 0 and started_at is not null))
) with (fillfactor = 70);

-- History, kept by ranges of the time-ordered key of its job: `(job, seq)` is unique in all of it, and what is old enough
-- goes by dropping a partition. The order of the store is the order of positions: 2^20 for each transaction, in the order
-- in which transactions began. Within a job it is the order of `seq` too; `history_grows_only_by_events` sees to that.
create table headway.event (
  job bigint not null,
  seq bigint not null check (seq >= 1),
  position bigint not null check (position > 0),
  version bigint not null check (version >= seq),
  type text not null check (length(type) between 1 and 100),
  attempt integer not null check (attempt >= 0),
  at bigint not null check (at >= 0),
  recorded_at bigint not null check (recorded_at >= 0),
  step text check (length(step) <= 100),
  message text check (length(message) <= 2000),
  detail json check (length(detail::text) <= 65536),
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

create table headway.producer ( -- each producer of an attempt: its lease, and the number of its last batch
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

-- State and history cannot disagree, whoever writes them.

create function headway.history_grows_only_by_events() returns trigger
language plpgsql set search_path = headway, pg_temp
as $$
begin
  if exists (
    select from now
    join was on was.key = now.key
    where (now.seq <> was.seq or now.last_event <> was.last_event) and (
      now.seq <= was.seq
      or (
        select count(*) from event
        where event.job = now.key and event.seq > was.seq and event.seq <= now.seq
          and event.position > greatest(was.last_event, was.ticked)
      ) <> now.seq - was.seq
      or now.last_event is distinct from (select position from event where event.job = now.key and event.seq = now.seq)
    )
  ) then
    if exists (
      select from now
      join was on was.key = now.key
      join event on event.job = now.key and event.seq = was.seq + 1
      where event.position <= greatest(was.last_event, was.ticked)
    ) then
      raise exception 'the job was changed after this transaction began: run the transaction again'
        using errcode = 'serialization_failure';
    end if;
    raise exception 'the history of a job grows only by its events' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create trigger history_grows_only_by_events
after update on headway.job
referencing old table as was new table as now
for each statement execute function headway.history_grows_only_by_events();

create function headway.jobs_begin_with_their_events() returns trigger
language plpgsql set search_path = headway, pg_temp
as $$
begin
  if exists (
    select from now
    where seq <> (select count(*) from event where event.job = now.key and event.seq <= now.seq)
      or last_event is distinct from (select coalesce(max(position), 0) from event where event.job = now.key)
  ) then
    raise exception 'a job begins with its events' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create trigger jobs_begin_with_their_events
after insert on headway.job
referencing new table as now
for each statement execute function headway.jobs_begin_with_their_events();

create function headway.events_follow_each_other() returns trigger
language plpgsql set search_path = headway, pg_temp
as $$
begin
  if exists (
    select from added
    left join job on job.key = added.job
    where job.key is null or added.seq > job.seq or added.version > job.version
  ) then
    raise exception 'an event does not continue the history of its job'
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end
$$;

create trigger events_follow_each_other
after insert on headway.event
referencing new table as added
for each statement execute function headway.events_follow_each_other();

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

-- Ends the statement of a writer whose jobs, steps or batches are not as it read them: nothing of it is written.
create function headway.lost_race() returns bigint
language plpgsql
as $$
begin
  raise exception 'a job is no longer as it was read' using errcode = 'HW001';
end
$$;
