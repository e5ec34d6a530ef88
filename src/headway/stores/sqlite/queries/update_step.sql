-- Name, position, group and weight never change.
update step
set low = ?, high = ?, status = ?, attempt = ?, current = ?, total = ?, unit = ?, permille = ?, message = ?,
  error = ?, started_at = ?, finished_at = ?, version = ?
where key = ? | (? << 11)
