select step.key >> 11 as job, step.key & 2047 as position, step.*
from json_each(?) as wanted
join step on step.key between wanted.value << 11 and wanted.value << 11 | 2047
order by step.key
