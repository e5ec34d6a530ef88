-- Of these jobs, those that are still as they were read, their producers too: who lost a race is not among them.
select change.id
from unnest(%(key)b, %(id)b, %(was_version)b, %(was_attempt)b) as change (key, id, version, attempt)
join headway.job on job.key = change.key and job.id = change.id
  and job.version = change.version and job.attempt = change.attempt
