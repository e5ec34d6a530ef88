insert into lease (id, ttl_ms, owner, beat) values (?, ?, ?, 1)
on conflict (id) do update set ttl_ms = excluded.ttl_ms, owner = excluded.owner, beat = beat + 1
