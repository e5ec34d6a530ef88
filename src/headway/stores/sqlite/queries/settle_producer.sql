-- Another producer writes now: the number of the last one, kept in the job's row so far, goes to its own row.
update producer set seq = max(seq, (select last_batch from job where key = :job))
where (job, attempt, producer) = (select key, last_attempt, last_producer from job where key = :job)
