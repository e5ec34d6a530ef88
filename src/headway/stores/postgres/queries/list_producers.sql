-- The producers of the present attempt of these jobs; the number of the one that wrote last is in the row of its job.
select
  job.id, producer.producer,
  case
    when job.last_producer = producer.producer and job.last_attempt = producer.attempt then job.last_batch
    else producer.seq
  end,
  producer.attempt, producer.lease
from headway.job
join headway.producer on producer.job = job.key and producer.attempt = job.attempt
where job.id = any(%(ids)b)
order by job.id, producer.producer collate "C"
