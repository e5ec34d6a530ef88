select key, created_at, id from job
where parent_id = :value and (created_at, id) < (:at, :id) and created_at > :after
order by created_at desc, id desc
limit :limit
