select key, finished_at, id from headway.job
where parent_id = %(value)t and finished_at is not null and (finished_at, id) < (%(at)t::bigint, %(id)t)
order by finished_at desc, id desc
limit %(limit)t::bigint
