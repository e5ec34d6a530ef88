select key from job where id = ?
