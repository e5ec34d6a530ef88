-- How far the children of each live parent are, by the parent's step, where one of them changed after a position.
select
  child.parent_id,
  child.parent_step,
  count(*) as total,
  count(child.finished_at) as settled,
  sum(case when child.finished_at is not null then 1000 else coalesce(child.permille, 0) end) / count(*) as permille
from headway.job as parent
join headway.job as child on child.parent_id = parent.id
where parent.status in ('pending', 'running', 'waiting') and child.parent_step is not null
group by child.parent_id, child.parent_step
having max(greatest(child.last_event, child.ticked)) > %(after)t::bigint
order by child.parent_id, child.parent_step collate "C"
