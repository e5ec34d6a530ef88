select key, created_at, id from job
where tenant = :value and (created_at, id) < (:at, :id) and created_at > :after
order by created_at desc, id desc
limit :limit
