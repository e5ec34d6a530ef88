select version from job where id = ?
