-- How the server is doing, as far as every role may see it.
select
  current_setting('server_version') as version,
  current_user as role,
  current_setting('synchronous_commit') as synchronous_commit,
  current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as survives_crashes,
  current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer as most,
  (select sum(numbackends)::integer from pg_stat_database) as connected,
  pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
  (select count(*)::integer from pg_stat_replication) as standbys,
  (select count(*)::integer from pg_replication_slots where not active) as idle_slots,
  pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees_all,
  (extract(epoch from clock_timestamp()) * 1000000)::bigint as clock
