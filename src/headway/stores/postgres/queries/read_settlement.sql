-- Whether this is another database than the one that the store was last written in, and whether it may be written here.
select
  system <> headway.system(),
  has_function_privilege('headway.settle()', 'execute') and current_setting('transaction_read_only') = 'off'
from headway.store
