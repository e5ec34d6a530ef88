-- Whose processes have written here: host and process id of each lease.
select distinct owner from headway.lease
