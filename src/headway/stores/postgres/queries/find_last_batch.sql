-- The newest number is in the job's row, those of its other producers in theirs.
select case
  when job.last_producer = producer.producer and job.last_attempt = producer.attempt then job.last_batch
  else producer.seq
end
from headway.producer
join headway.job on job.key = producer.job
where job.id = %(id)t and producer.attempt = %(attempt)t::bigint and producer.producer = %(producer)t
