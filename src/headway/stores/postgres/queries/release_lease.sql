delete from headway.lease where id = %(id)t returning 1
