-- From now on positions come after all that anybody may have seen. A second writer finds it done.
select headway.settle()
