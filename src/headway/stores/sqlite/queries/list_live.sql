select key from job where status in ('pending', 'running', 'waiting') order by created_at, id
