-- The version that is there, and whether all that this Headway does not know of it was made for those before it as well.
select coalesce(max(number), 0), coalesce(bool_and(phase = 'pre') filter (where number > %(newest)t::integer), true)
from headway.migration
