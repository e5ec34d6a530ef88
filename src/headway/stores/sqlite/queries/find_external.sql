select id from job
where kind = :kind and external_id = :external_id and coalesce(tenant, '') = coalesce(:tenant, '')
