select id from headway.job
where kind = %(kind)t and external_id = %(external_id)t and coalesce(tenant, '') = coalesce(%(tenant)t, '')
