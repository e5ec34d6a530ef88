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

-- What a row may hold is said by functions (0006_integrity). Differs from SQLite, where CHECKs say it: PostgreSQL reads every
-- CHECK of a table anew for each statement that writes to it, 5 µs each, a quarter of a millisecond for these; a function is
-- read once in a session.
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

-- Ends the statement of a writer whose jobs, steps or batches are not as it read them: nothing of it is written.
create function headway.lost_race() returns bigint
language plpgsql
as $$
begin
  raise exception 'a job is no longer as it was read' using errcode = 'HW001';
end
$$;
