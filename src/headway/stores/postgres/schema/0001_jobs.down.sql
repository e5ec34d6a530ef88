-- Back to an empty database: every job is gone. What others made of these tables refuses it: nothing cascades.

drop table headway.lease, headway.producer, headway.tick, headway.event, headway.step, headway.job;
drop table headway.store, headway.unbroken, headway.migration;

do $$
begin
  execute (
    select 'drop function ' || string_agg(oid::regprocedure::text, ', ')
    from pg_proc
    where pronamespace = 'headway'::regnamespace
  );
end
$$;

drop sequence headway.job_count;
drop schema headway;
