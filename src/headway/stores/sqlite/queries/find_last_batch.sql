select max(
  producer.seq,
  iif(job.last_producer = producer.producer and job.last_attempt = producer.attempt, job.last_batch, 0)
)
from producer
join job on job.key = producer.job
where job.id = ? and producer.attempt = ? and producer.producer = ?
