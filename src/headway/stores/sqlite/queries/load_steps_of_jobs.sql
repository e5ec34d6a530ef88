-- `cross join` keeps the order: from the few wanted jobs to their steps, and never a scan of all steps.
select step.key >> 11 as job, step.key & 2047 as position, step.*
from json_each(?) as wanted
cross join step on step.key between wanted.value << 11 and wanted.value << 11 | 2047
order by step.key
