-- Every row of a foreign log, file by file; the times are put in order when they are read, whatever they are kept as.
-- A file may be a number in one row and text in another: as text they stand together, and shorter ones first, as numbers.
-- Table and columns are given by the mapping, and stand here as quoted identifiers; null for a column that is not there.
select {id}, {file}, {step}, {status}, {at}, {message}, {detail} from {table}
order by length(trim(cast({file} as text))), trim(cast({file} as text))
