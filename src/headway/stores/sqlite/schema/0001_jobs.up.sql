-- One file holds jobs, their steps and their history. Keys inside are integers, ids outside are UUIDs.
-- A position counts every stored change of the whole store; it is never used again, whatever is deleted.

pragma application_id = 1213678681; -- "HWDY": how a file of ours is known

create table store (
  one integer primary key check (one = 1),
  epoch text not null check (length(epoch) = 12),
  spent integer not null default 0 check (spent >= 0), -- rows with positions up to here may have been deleted
  floor integer not null default 0 check (floor >= 0) -- events below were pruned
) strict;

insert into store (one, epoch) values (1, lower(hex(randomblob(6))));

create trigger a_store_never_goes_back
before update on store
when new.spent < old.spent or new.floor < old.floor or new.epoch <> old.epoch
begin
  select raise(abort, 'the position of a store went back');
end;

-- Alternatives are spelled out with `or`: for a list after `in` SQLite builds a table at every write, 10 µs each.
create table job (
  key integer primary key,
  id text not null unique check (length(id) = 36),
  kind text not null check (length(kind) between 1 and 100),
  created_at integer not null check (created_at >= 0),
  project text check (length(project) between 1 and 200),
  tenant text check (length(tenant) between 1 and 200),
  subject text check (length(subject) between 1 and 200),
  external_id text check (length(external_id) between 1 and 200),
  labels text not null check (length(labels) <= 4096 and json_valid(labels) and json_type(labels) = 'object'),
  parent_id text check (length(parent_id) = 36),
  parent_step text check (length(parent_step) between 1 and 100),
  mode text not null check (mode in ('weights', 'ranges')),
  open integer not null check (open in (0, 1)),
  status text not null check (
    status = 'pending' or status = 'running' or status = 'waiting'
    or status = 'succeeded' or status = 'failed' or status = 'cancelled'
  ),
  reason text,
  health text not null check (health in ('ok', 'lost')),
  attempt integer not null check (attempt >= 0),
  permille integer check (permille between 0 and 1000),
  plan_rev integer not null check (plan_rev >= 1),
  step text check (length(step) <= 100),
  message text check (length(message) <= 2000),
  current integer not null check (current >= 0),
  total integer check (total >= current),
  unit text check (length(unit) <= 100),
  result text check (result is null or (length(result) <= 65536 and json_valid(result))),
  error text check (length(error) <= 4000),
  started_at integer check (started_at >= 0),
  attempt_started_at integer check (attempt_started_at >= 0),
  finished_at integer check (finished_at >= 0),
  updated_at integer not null check (updated_at >= 0),
  last_progress_at integer check (last_progress_at >= 0),
  cancel_requested_at integer check (cancel_requested_at >= 0),
  due_at integer check (due_at >= 0),
  keep_steps integer not null check (keep_steps in (0, 1)),
  version integer not null check (version >= 1),
  seq integer not null default 0 check (seq between 0 and version),
  event_version integer not null check (event_version between 0 and version),
  last_event integer not null default 0 check (last_event >= seq), -- position of the newest event: head of the chain
  ticked integer check (ticked > last_event), -- position of a change after it that is no event
  last_producer text check (length(last_producer) between 1 and 200), -- whose batch was the last; its number is here,
  last_attempt integer, -- and in `producer` only when another one's batch follows
  last_batch integer check ((last_batch is null) = (last_producer is null)),
  constraint parent_step_needs_a_parent check (parent_step is null or parent_id is not null),
  constraint reason_fits_status check (
    case status
      when 'waiting' then reason is 'retry' or reason is 'child' or reason is 'input' or reason is 'schedule'
      when 'failed' then reason is 'error' or reason is 'timeout' or reason is 'lost' or reason is 'expired'
      else reason is null
    end
  ),
  constraint only_running_is_lost check (health = 'ok' or status = 'running'),
  constraint only_success_is_100 check ((coalesce(permille, 0) = 1000) = (status = 'succeeded')),
  constraint ended_has_its_time check (
    (finished_at is not null) = (status = 'succeeded' or status = 'failed' or status = 'cancelled')
  ),
  constraint attempts_have_begun check (
    (attempt > 0) = (started_at is not null) and (attempt > 0) = (attempt_started_at is not null)
  ),
  constraint pending_has_not_begun check (status <> 'pending' or attempt = 0),
  constraint running_has_begun check (status <> 'running' or attempt > 0),
  constraint only_waiting_is_due check (due_at is null or status = 'waiting'),
  constraint only_retry_keeps_steps check (keep_steps = 0 or (status = 'waiting' and reason = 'retry'))
) strict;

create unique index job_external on job (kind, external_id, coalesce(tenant, '')) where external_id is not null;
create index job_created on job (created_at, id);
create index job_status on job (status, created_at, id);
create index job_kind on job (kind, created_at, id);
create index job_project on job (project, created_at, id) where project is not null;
create index job_tenant on job (tenant, created_at, id) where tenant is not null;
create index job_subject on job (subject, created_at, id) where subject is not null;
create index job_parent on job (parent_id, created_at, id) where parent_id is not null;
create index job_finished on job (finished_at, id) where finished_at is not null;
create index job_kind_finished on job (kind, finished_at, id) where finished_at is not null;
create index job_project_finished on job (project, finished_at, id)
where finished_at is not null and project is not null;
-- A change is found through its event; only what ticked after its last event needs this: a transition writes no index.
create index job_ticked on job (ticked) where ticked is not null;

create table step (
  key integer primary key, -- job << 11 | position: the steps of a job lie side by side
  name text not null check (length(name) between 1 and 100),
  "group" text not null check (length("group") between 1 and 100),
  weight real not null check (weight >= 0),
  low real not null,
  high real not null,
  status text not null check (
    status = 'pending' or status = 'running' or status = 'succeeded' or status = 'failed' or status = 'skipped'
  ),
  attempt integer not null check (attempt >= 0),
  current integer not null check (current >= 0),
  total integer check (total >= current),
  unit text check (length(unit) <= 100),
  permille integer check (permille between 0 and 1000),
  message text check (length(message) <= 2000),
  error text check (length(error) <= 4000),
  started_at integer check (started_at >= 0),
  finished_at integer check (finished_at >= 0),
  version integer not null check (version >= 0),
  constraint has_a_position check (key & 2047 between 1 and 2000),
  constraint success_is_100 check (status <> 'succeeded' or coalesce(permille, 0) = 1000),
  constraint settled_has_its_time check (
    (finished_at is not null) = (status = 'succeeded' or status = 'failed' or status = 'skipped')
  ),
  constraint running_has_begun check (status <> 'running' or (attempt > 0 and started_at is not null))
) strict;

-- History is appended at the end of the table, in the order of the store. The events of one job are a chain:
-- each names the one before it, the job names the last. The chain, and not an index over every row, keeps
-- (job, seq) unique and dense: an event goes in only where the chain ends, and the chain grows only by an event.
create table event (
  position integer primary key check (position > 0),
  job integer not null,
  seq integer not null check (seq >= 1),
  previous integer not null check (previous < position), -- position of the job's event before; 0 for its first
  version integer not null check (version >= seq),
  type text not null check (length(type) between 1 and 100),
  attempt integer not null check (attempt >= 0),
  at integer not null check (at >= 0),
  recorded_at integer not null check (recorded_at >= 0),
  step text check (length(step) <= 100),
  message text check (length(message) <= 2000),
  detail text check (detail is null or (length(detail) <= 65536 and json_valid(detail))),
  patch text not null, -- JSON: every value of the job and its steps that changed since the event before
  constraint the_first_follows_none check ((previous = 0) = (seq = 1))
) strict;

-- Where to step into a long chain: at most 15 links from any event.
create unique index event_anchor on event (job, seq) where seq % 16 = 0;

create trigger events_follow_each_other
before insert on event
when not exists (select 1 from job where key = new.job and seq = new.seq - 1 and last_event = new.previous)
begin
  select raise(abort, 'an event does not continue the history of its job');
end;

create trigger events_move_their_job
after insert on event
begin
  update job set seq = new.seq, last_event = new.position where key = new.job;
end;

create trigger only_events_move_a_job
before update of seq, last_event on job
when not exists (
  select 1 from event
  where position = new.last_event and job = new.key and seq = new.seq
    and previous = old.last_event and seq = old.seq + 1
)
begin
  select raise(abort, 'the history of a job grows only by its events');
end;

create trigger events_never_change
before update on event
begin
  select raise(abort, 'events never change');
end;

-- The next position comes after the newest of all rows, and so after those that are gone.

create trigger positions_of_deleted_events_are_spent
before delete on event
when old.position > (select spent from store)
begin
  update store set spent = old.position;
end;

create trigger positions_of_deleted_jobs_are_spent
before delete on job
when old.ticked > (select spent from store)
begin
  update store set spent = old.ticked;
end;

create table producer ( -- each producer of an attempt: its lease, and its last batch unless that is in job.last_batch
  job integer not null,
  attempt integer not null check (attempt >= 0),
  producer text not null check (length(producer) between 1 and 200),
  seq integer not null check (seq >= 0),
  lease text check (length(lease) between 1 and 200),
  primary key (job, attempt, producer)
) strict, without rowid;

create table lease ( -- one worker process; `beat` counts on while it lives
  id text primary key check (length(id) between 1 and 200),
  ttl_ms integer not null check (ttl_ms > 0),
  owner text not null check (length(owner) <= 200),
  beat integer not null check (beat >= 1)
) strict, without rowid;

pragma user_version = 1;
