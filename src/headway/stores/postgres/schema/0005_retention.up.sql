-- pre
-- History goes a month at a time: when no job that was inserted in it is left, its partition is dropped as a whole.

-- Drops the partitions of months that ended before `moment` and whose jobs are all gone; answers their names. Cursors from
-- before what was dropped have expired: who comes with one is sent everything anew. For the owner of the tables.
create function headway.drop_empty_months(moment timestamptz default now()) returns setof text
language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  part text;
  month timestamptz;
  newest bigint;
begin
  for part in
    select child.relname
    from pg_inherits
    join pg_class as child on child.oid = inhrelid
    where inhparent = 'headway.event'::regclass and child.relname ~ '^event_\d{4}_\d{2}$'
    order by child.relname
  loop
    month := to_timestamp(right(part, 7), 'YYYY_MM') at time zone current_setting('TimeZone') at time zone 'UTC';
    continue when month + interval '1 month' > date_trunc('month', moment, 'UTC');
    continue when exists (
      select from headway.job
      where key >= headway.key_at(month) and key < headway.key_at(month + interval '1 month')
    );
    execute format('select max(position) from headway.%I', part) into newest;
    update headway.store set floor = greatest(floor, newest) where newest is not null;
    execute format('drop table headway.%I', part);
    return next part;
  end loop;
end
$$;
