-- So that one file is found without reading them all.
create index log_file on log (cast(file as text))
