-- The schema refuses a row that does not continue the job's history, and moves the job's `seq` by one that does.
insert into event (
  position, job, previous, seq, version, type, attempt, at, recorded_at, step, message, detail, patch
)
values (?, ?, (select last_event from job where key = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
