select key, created_at, id from headway.job
where (created_at, id) < (%(at)t::bigint, %(id)t) and created_at > %(after)t::bigint
order by created_at desc, id desc
limit %(limit)t::bigint
