delete from lease where id = ?
