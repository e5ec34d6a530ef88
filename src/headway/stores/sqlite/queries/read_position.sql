-- The store's position: the newest change that is stored, or was. The last row of two indexes is all that is read.
select max(
  spent,
  ifnull((select max(position) from event), 0),
  ifnull((select max(ticked) from job where ticked is not null), 0)
)
from store
