drop table headway.transition;
