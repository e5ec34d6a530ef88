insert into step (
  name, key, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
  started_at, finished_at, version
)
values (?, ? | (? << 11), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
