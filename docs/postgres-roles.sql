-- Least rights in PostgreSQL: one role that owns the tables, one for workers, one that only looks.
--
--   psql -d jobs -f docs/postgres-roles.sql       after `headway migrate`, and again after each later one
--
-- The owner is whoever ran `headway migrate`: it needs the right to create a schema in the database, and nobody else ever
-- changes tables. Give each program a login of its own in one of the two roles:
--
--   create role renderer login password '…' in role headway_worker;
--   create role dashboard login password '…' in role headway_hub;

begin;

do $$
begin
  if to_regrole('headway_worker') is null then
    create role headway_worker;
  end if;
  if to_regrole('headway_hub') is null then
    create role headway_hub;
  end if;
end
$$;

grant usage on schema headway to headway_worker, headway_hub;

-- Who looks: lists, snapshots, histories and streams. Nothing can be asked of jobs under this role, nor leases be judged.
grant select on all tables in schema headway to headway_worker, headway_hub;

-- Who reports: workers, and a server that takes requests, judges leases and rolls up children. History only grows.
grant insert, update on headway.job, headway.tick, headway.producer to headway_worker;
grant insert, update, delete on headway.step, headway.lease to headway_worker;
grant insert on headway.event to headway_worker;
grant usage on sequence headway.job_count to headway_worker;

-- These two act with the owner's rights: a partition for the next month, positions after a restore or a crash.
revoke execute on function headway.make_room(), headway.settle() from public;
grant execute on function headway.make_room(), headway.settle() to headway_worker;

commit;
