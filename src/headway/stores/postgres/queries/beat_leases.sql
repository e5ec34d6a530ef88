-- Differs from SQLite, where each is a statement: here each would be a round trip. Rows in one order, whoever beats.
with
  quick as materialized (select set_config('synchronous_commit', 'off', true))
insert into headway.lease (id, ttl_ms, owner, beat)
select lease.id, lease.ttl_ms, lease.owner, 1
from quick, unnest(%(ids)b, %(ttls)b, %(owners)b) as lease (id, ttl_ms, owner)
order by lease.id
on conflict (id) do update
set ttl_ms = excluded.ttl_ms, owner = excluded.owner, beat = lease.beat + 1
returning 1
