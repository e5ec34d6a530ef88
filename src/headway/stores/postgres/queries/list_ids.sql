select key, id from headway.job where key > %(after)t::bigint order by key limit %(limit)t::bigint
