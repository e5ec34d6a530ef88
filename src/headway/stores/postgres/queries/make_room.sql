-- A month begins for which nobody has made a partition yet.
select headway.make_room()
