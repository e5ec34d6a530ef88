-- A commit that notifies holds a lock that all notifying commits of the cluster need. This one writes nothing else, so it
-- does not wait for the disk, whatever synchronous_commit says.
select pg_notify('headway', $1)
