-- One row of a log that is no table.
insert into log values (?, ?, ?, ?, ?, ?, ?)
