-- Forty thousand jobs over twenty months, three events each; the newest two hundred are live.
set headway.flush = 'on'; -- the rows are what they should be: triggers need not look at each

do $$
declare
  month timestamptz;
begin
  for ahead in 2..18 loop
    month := date_trunc('month', now(), 'UTC') + ahead * interval '1 month';
    execute format(
      'create table headway.%I partition of headway.event for values from (%s) to (%s)',
      'event_' || to_char(month at time zone 'UTC', 'YYYY_MM'),
      headway.key_at(month), headway.key_at(month + interval '1 month')
    );
  end loop;
end
$$;

create temporary table seeded as
select
  number,
  headway.key_at(
    date_trunc('month', now(), 'UTC') + ((number - 1) / 2000 - 1) * interval '1 month'
    + (number - 1) % 2000 * interval '20 minutes'
  ) + number as key,
  (number::bigint << 21) as position,
  case
    when number <= 39800 then (array['succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled'])[1 + number % 5]
    else (array['running', 'pending', 'waiting', 'running'])[1 + number % 4]
  end as status
from generate_series(1, 40000) as number;

insert into headway.job (
  key, id, kind, created_at, project, tenant, subject, external_id, labels, parent_id, parent_step, mode, open, status,
  reason, health, attempt, permille, plan_rev, current, started_at, attempt_started_at, finished_at, updated_at,
  keep_steps, version, event_version, seq, last_event, ticked
)
select
  key, 'aaaaaaaa-0000-7000-8000-' || lpad(to_hex(number), 12, '0'), 'kind ' || number % 20, 1000 + number,
  'project ' || number % 200, 'tenant ' || number % 20, 'subject ' || number % 5000, 'external ' || number,
  '{"ref": "main"}',
  case when number % 40 = 0 then 'aaaaaaaa-0000-7000-8000-' || lpad(to_hex(40000 - number / 400), 12, '0') end,
  case when number % 40 = 0 then 'files' end,
  'weights', false, status,
  case status when 'failed' then 'error' when 'waiting' then 'input' end, 'ok',
  case when status in ('pending', 'cancelled') then 0 else 1 end,
  case when status = 'succeeded' then 1000 end, 1, 0,
  case when status not in ('pending', 'cancelled') then 1000 + number end,
  case when status not in ('pending', 'cancelled') then 1000 + number end,
  case when status in ('succeeded', 'failed', 'cancelled') then 2000 + number end, 2000 + number, false,
  case when status = 'running' then 4 else 3 end, 3, 3, position + 3,
  case when status = 'running' then position + 4 end
from seeded;

insert into headway.tick (job, position) select key, position + 4 from seeded where status = 'running' or number % 2 = 0;

insert into headway.step (job, position, name, "group", weight, low, high, status, attempt, current, version)
select key, place, 'step ' || place, 'main', 1, 0, 1, 'pending', 0, 0, 1
from seeded, generate_series(1, 3) as place;

insert into headway.event (job, seq, position, version, type, attempt, at, recorded_at, patch)
select key, seq, position + seq, seq, 'noted', 1, 1000, 1000, '{"job": {}}'
from seeded, generate_series(1, 3) as seq;

insert into headway.producer (job, attempt, producer, seq, lease)
select key, 1, 'p', 1, 'lease ' || number % 50 from seeded where status not in ('pending', 'cancelled');

insert into headway.lease (id, ttl_ms, owner, beat)
select 'lease ' || number, 1000, 'host', 1 from generate_series(0, 49) as number;

analyze headway.job, headway.step, headway.event, headway.tick, headway.producer, headway.lease;
