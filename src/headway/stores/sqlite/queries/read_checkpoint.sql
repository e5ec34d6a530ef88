-- The newest event at or before a position.
select event.*, job.id as job_id
from event join job on job.key = event.job
where event.position <= ?
order by event.position desc
limit 1
