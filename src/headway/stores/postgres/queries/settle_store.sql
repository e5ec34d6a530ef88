-- From now on positions are counted so that new ones come after all that are here. A second writer finds it done.
update headway.store
set system = headway.system(),
  base = greatest(
    base,
    greatest(
      (select coalesce(max(position), 0) from headway.event),
      (select coalesce(max(position), 0) from headway.tick)
    ) / 1048576 + 1 - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  )
where system <> headway.system()
returning 1
