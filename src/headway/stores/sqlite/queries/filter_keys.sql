-- Of these jobs, those that a query admits; a condition that is null admits all.
select key from job
where key in (select value from json_each(:keys))
  and (:jobs is null or id in (select value from json_each(:jobs)))
  and (:kinds is null or kind in (select value from json_each(:kinds)))
  and (:projects is null or project in (select value from json_each(:projects)))
  and (:subjects is null or subject in (select value from json_each(:subjects)))
  and (:parent is null or parent_id = :parent)
  and (:tenant is null or tenant = :tenant)
  and (:statuses is null or status in (select value from json_each(:statuses)))
  and (:step is null or step = :step)
  and (:health is null or health = :health)
  and (:quiet_since is null or (status = 'running' and coalesce(last_progress_at, 0) <= :quiet_since))
  and (
    :label is null
    or exists (
      select 1 from json_each(labels) as label, json_each(json_array(json(:label_value))) as wanted
      where label.key = :label and label.value is wanted.value
        and (label.type in ('true', 'false')) = (wanted.type in ('true', 'false')) -- SQLite's true is 1
    )
  )
