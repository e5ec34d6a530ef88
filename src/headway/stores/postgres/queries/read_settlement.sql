-- Whether this is another database than the one that the store was last written in, and whether it may be written here.
select
  system <> headway.system(),
  has_table_privilege('headway.store', 'update') and current_setting('transaction_read_only') = 'off'
from headway.store
