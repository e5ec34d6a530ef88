select id, key from headway.job where id = any(%(ids)b)
