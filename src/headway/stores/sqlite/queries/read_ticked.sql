-- The jobs whose newest change is no event, and lies after a position.
select key, ticked from job where ticked > :after order by ticked limit :limit
