-- Whether history has its partitions: for the jobs of this month, and of the next.
select bool_and(to_regclass('headway.event_' || to_char(month, 'YYYY_MM')) is not null)
from (values (now() at time zone 'UTC'), ((now() + interval '1 month') at time zone 'UTC')) as ahead (month)
