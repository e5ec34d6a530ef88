select * from job where id = ?
