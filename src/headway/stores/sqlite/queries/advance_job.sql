-- `update_job` for a change that leaves all else as it was: half the price, and nearly every change is one.
update job
set step = ?, message = ?, current = ?, total = ?, unit = ?, permille = ?, updated_at = ?, last_progress_at = ?,
  version = ?, event_version = ?, ticked = ?,
  last_producer = ifnull(?, last_producer), last_attempt = ifnull(?, last_attempt), last_batch = ifnull(?, last_batch)
where key = ? and id = ? and version = ? and attempt = ?
