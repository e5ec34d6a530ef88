select key, finished_at, id from job
where id in (select value from json_each(:value)) and finished_at is not null and (finished_at, id) < (:at, :id)
order by finished_at desc, id desc
limit :limit
