-- The producers of the present attempt of these jobs; the number of the one that wrote last is in the row of its job.
select
  job.id, producer.producer,
  max(
    producer.seq,
    iif(job.last_producer = producer.producer and job.last_attempt = producer.attempt, job.last_batch, 0)
  ),
  producer.attempt, producer.lease
from json_each(?) as wanted
join job on job.id = wanted.value
join producer on producer.job = job.key and producer.attempt = job.attempt
order by job.id, producer.producer
