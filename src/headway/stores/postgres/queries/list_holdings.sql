-- Each live lease of each running job; a job whose named leases are all gone comes once, without one.
with
  holder as materialized (
    select distinct job.id, job.attempt, producer.lease
    from headway.job
    join headway.producer on producer.job = job.key and producer.attempt = job.attempt
    where job.status = 'running' and producer.lease is not null
  )
select holder.id, holder.attempt, lease.id, lease.ttl_ms, lease.owner, lease.beat
from holder join headway.lease on lease.id = holder.lease
union all
select holder.id, holder.attempt, null, null, null, null
from holder
group by holder.id, holder.attempt
having not bool_or(holder.lease in (select id from headway.lease))
order by 1, 3
