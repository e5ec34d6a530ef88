-- The transaction that has been open for longest, of those that keep cursors from moving on (those that wrote something),
-- and how it is ended. Of other roles it is seen only by a member of pg_read_all_stats, unless it is a prepared one.
select opened, whose, ended
from (
  select
    xact_start as opened,
    format('%s (%s)', coalesce(nullif(application_name, ''), 'a program'), usename) as whose,
    format('select pg_terminate_backend(%s)', pid) as ended
  from pg_stat_activity
  where backend_xid is not null and xact_start is not null and pid <> pg_backend_pid()
  union all
  select prepared, format('a prepared transaction (%s)', owner), format('rollback prepared %L', gid)
  from pg_prepared_xacts
) as transaction
order by opened
limit 1
