-- Batch 0 tells a producer and its lease, batch 1 is its first; no row changes if that one was stored already.
insert into producer (seq, lease, job, attempt, producer) values (?, ?, ?, ?, ?)
on conflict (job, attempt, producer) do update
set seq = max(seq, excluded.seq), lease = ifnull(excluded.lease, lease)
where excluded.seq = 0 or seq = 0
