select version from headway.job where id = %(id)t
