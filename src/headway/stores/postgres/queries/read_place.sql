-- The last place that this transaction has taken already: what it writes now comes after it. Others' places lie higher,
-- where this transaction began before theirs.
with span as materialized (
  select (pg_current_xact_id()::text::bigint + headway.base()) << 20 as first
)
select greatest(
  (select max(position) from headway.event where position > span.first and position < span.first + 1048576),
  (select max(position) from headway.tick where position > span.first and position < span.first + 1048576),
  span.first
) - span.first
from span
