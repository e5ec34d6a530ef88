-- Compare-and-set on version and attempt. `seq` is not here: events move it.
update job
set mode = ?, open = ?, status = ?, reason = ?, health = ?, attempt = ?, permille = ?, plan_rev = ?, step = ?,
  message = ?, current = ?, total = ?, unit = ?, result = ?, error = ?,
  started_at = ?, attempt_started_at = ?, finished_at = ?, updated_at = ?, last_progress_at = ?,
  cancel_requested_at = ?, due_at = ?, keep_steps = ?, version = ?, event_version = ?, ticked = ?,
  last_producer = ifnull(?, last_producer), last_attempt = ifnull(?, last_attempt), last_batch = ifnull(?, last_batch)
where key = ? and id = ? and version = ? and attempt = ?
