-- So that one file is found without reading them all.
create index log_file on log (trim(cast(file as text)))
