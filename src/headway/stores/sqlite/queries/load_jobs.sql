select * from job where key in (select value from json_each(?))
