-- Back to an empty database: every job is gone.

drop table lease;
drop table producer;
drop table event;
drop table step;
drop table job;
drop table store;

pragma application_id = 0;
pragma user_version = 0;
