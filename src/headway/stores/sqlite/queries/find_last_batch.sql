select producer.seq from producer
join job on job.key = producer.job
where job.id = ? and producer.attempt = ? and producer.producer = ?
