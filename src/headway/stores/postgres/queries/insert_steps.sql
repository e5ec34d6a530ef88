-- Differs from SQLite, where each is a statement: here each would be a round trip.
insert into headway.step (
  job, name, position, "group", weight, low, high, status, attempt, current, total, unit, permille, message, error,
  started_at, finished_at, version
)
select * from unnest(
  %(step_job)b, %(step_name)b, %(step_position)b, %(step_group)b, %(step_weight)b, %(step_low)b, %(step_high)b,
  %(step_status)b, %(step_attempt)b, %(step_current)b, %(step_total)b, %(step_unit)b, %(step_permille)b,
  %(step_message)b, %(step_error)b, %(step_started_at)b, %(step_finished_at)b, %(step_version)b
)
returning 1
