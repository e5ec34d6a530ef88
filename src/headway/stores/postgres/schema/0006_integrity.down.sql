drop trigger refuse_impossible_facts on headway.job;
drop trigger refuse_impossible_life on headway.job;
drop trigger refuse_impossible_progress on headway.job;
drop trigger refuse_impossible_step on headway.step;
drop trigger refuse_impossible_event on headway.event;
drop trigger jobs_move_by_their_events on headway.job;
drop trigger jobs_begin_with_their_events on headway.job;
drop trigger events_continue_their_job on headway.event;
drop trigger events_never_change on headway.event;
drop trigger a_store_never_goes_back on headway.store;
drop trigger a_new_base_is_durable on headway.store;

drop function
  headway.refuse_impossible_facts(),
  headway.refuse_impossible_life(),
  headway.refuse_impossible_progress(),
  headway.refuse_impossible_step(),
  headway.refuse_impossible_event(),
  headway.jobs_move_by_their_events(),
  headway.events_continue_their_job(),
  headway.events_never_change(),
  headway.a_store_never_goes_back(),
  headway.be_durable();
