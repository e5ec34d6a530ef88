-- How far the children of each live parent are, by the parent's step, where one of them changed after a position.
select
  child.parent_id,
  child.parent_step,
  count(*) as total,
  sum(child.finished_at is not null) as settled,
  sum(iif(child.finished_at is not null, 1000, coalesce(child.permille, 0))) / count(*) as permille
from job as parent
cross join job as child on child.parent_id = parent.id -- in this order: live parents are few
where parent.status in ('pending', 'running', 'waiting') and child.parent_step is not null
group by child.parent_id, child.parent_step
having max(max(child.last_event, coalesce(child.ticked, 0))) > :after
order by child.parent_id, child.parent_step
