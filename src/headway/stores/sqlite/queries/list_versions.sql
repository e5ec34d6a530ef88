select job.id, job.version
from json_each(?) as wanted
cross join job on job.id = wanted.value
