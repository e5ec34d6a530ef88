-- Whether a job is still as it was read.
select 1 from job where key = ? and id = ? and version = ? and attempt = ?
