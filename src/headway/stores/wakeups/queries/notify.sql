-- A commit that notifies holds a lock that all notifying commits of the cluster need. There is nothing to be kept, so it
-- does not wait for the disk. Only for this transaction: behind a pooler the session may be somebody else's the next time.
select set_config('synchronous_commit', 'off', true), pg_notify('headway', $1)
