-- Everybody's events after a position, in the order of the store.
select event.*, job.id as job_id
from event cross join job on job.key = event.job -- in this order: events are read where they lie
where event.position > :after
order by event.position
limit :limit
