-- One migrates at a time; who waited sees what the other one did. Then: a table that is in use is waited for so long and no
-- longer, for whoever comes after would wait behind this, while a step itself may take what it takes.
select
  pg_advisory_xact_lock(1213678681), -- "HWDY", as a SQLite file of ours says
  set_config('lock_timeout', %(lock)t, true),
  set_config('statement_timeout', '0', true)
