-- A place of our own for a log that is no table, so that it can be read file by file.
create table log (id, file, step, status, at, message, detail)
