select key, id from job where key > ? order by key limit ?
