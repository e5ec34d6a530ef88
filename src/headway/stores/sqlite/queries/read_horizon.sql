select
  epoch,
  max(
    spent,
    ifnull((select max(position) from event), 0),
    ifnull((select max(ticked) from job where ticked is not null), 0)
  ) as position,
  floor
from store
