-- What the role may not do of all that readers and writers do. `writes`: only who reports needs it.
select writes, format('%s on %s', need.privilege, need.place)
from (
  values
    (false, 'select', 'store'), (false, 'select', 'migration'), (false, 'select', 'job'), (false, 'select', 'step'),
    (false, 'select', 'event'), (false, 'select', 'tick'), (false, 'select', 'producer'), (false, 'select', 'lease'),
    (true, 'insert', 'job'), (true, 'update', 'job'), (true, 'insert', 'step'), (true, 'update', 'step'),
    (true, 'delete', 'step'), (true, 'insert', 'event'), (true, 'insert', 'tick'), (true, 'update', 'tick'),
    (true, 'insert', 'producer'), (true, 'update', 'producer'), (true, 'insert', 'lease'), (true, 'update', 'lease'),
    (true, 'delete', 'lease'), (true, 'select', 'unbroken')
) as need (writes, privilege, place)
where not has_table_privilege('headway.' || need.place, need.privilege)
union all
select true, 'execute on ' || name
from (values ('settle()'), ('make_room()')) as called (name)
where not has_function_privilege('headway.' || name, 'execute')
