-- Ids are hexadecimal digits and hyphens: `g` comes after them all.
select id from job where id >= :beginning and id < :beginning || 'g' order by id limit :limit
