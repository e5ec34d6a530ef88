-- What can be seen now: the snapshot tells it, and no table need be read for it.
select epoch || '.' || headway.system(), pg_current_snapshot()::text, base, floor from headway.store
