select
  seq, version, type, attempt, at, recorded_at, step, message, detail::text, patch
from headway.event
where job = (select key from headway.job where id = %(id)t)
  and seq > %(after)t::bigint and seq <= %(after)t::bigint + %(limit)t::bigint
order by seq
