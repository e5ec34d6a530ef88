delete from headway.step where job = %(job)t::bigint returning 1
