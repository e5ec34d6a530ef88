-- How many rows a foreign log has. Its name is given by the mapping, and stands here as a quoted identifier.
select count(*) from {table}
