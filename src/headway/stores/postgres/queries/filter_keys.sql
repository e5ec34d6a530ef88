-- Of these jobs, those that a query admits; a condition that is null admits all.
select key from headway.job
where key = any(%(keys)b)
  and (%(jobs)b::text[] is null or id = any(%(jobs)b))
  and (%(kinds)b::text[] is null or kind = any(%(kinds)b))
  and (%(projects)b::text[] is null or project = any(%(projects)b))
  and (%(subjects)b::text[] is null or subject = any(%(subjects)b))
  and (%(parent)t::text is null or parent_id = %(parent)t)
  and (%(tenant)t::text is null or tenant = %(tenant)t)
  and (%(statuses)b::text[] is null or status = any(%(statuses)b))
  and (%(step)t::text is null or step = %(step)t)
  and (%(health)t::text is null or health = %(health)t)
  and (
    %(quiet_since)t::bigint is null
    or (status = 'running' and coalesce(last_progress_at, 0) <= %(quiet_since)t::bigint)
  )
  and (%(label)t::text is null or labels::jsonb -> %(label)t = %(label_value)t::jsonb)
