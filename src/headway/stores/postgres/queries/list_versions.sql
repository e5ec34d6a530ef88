select id, version from headway.job where id = any(%(ids)b)
