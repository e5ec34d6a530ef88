insert into headway.migration (number, name, phase) values (%(number)t::integer, %(name)t, %(phase)t) returning number
