-- Ids are hexadecimal digits and hyphens: `g` comes after them all.
select id from headway.job
where id >= %(beginning)t and id < %(beginning)t || 'g'
order by id
limit %(limit)t::bigint
