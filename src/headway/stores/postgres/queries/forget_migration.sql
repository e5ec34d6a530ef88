delete from headway.migration where number = %(number)t::integer returning number
