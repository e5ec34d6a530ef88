-- The steps of one job.
select key & 2047 as position, * from step where key between :job << 11 and :job << 11 | 2047 order by key
