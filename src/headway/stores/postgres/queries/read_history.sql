-- Differs from SQLite, where a chain is walked: here `(job, seq)` leads to the one partition that keeps them.
select
  seq, version, type, attempt, at, recorded_at, step, message, detail::text, patch
from headway.event
where job = (select key from headway.job where id = %(id)t)
  and seq > %(after)t::bigint and seq <= %(until)t::bigint
order by seq
