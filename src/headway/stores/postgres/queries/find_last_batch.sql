-- Differs from SQLite, which keeps the newest number in the job's row.
select producer.seq
from headway.producer
join headway.job on job.key = producer.job
where job.id = %(id)t and producer.attempt = %(attempt)t::int and producer.producer = %(producer)t
