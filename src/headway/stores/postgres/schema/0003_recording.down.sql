drop function
  headway.tell, headway.tick, headway.let_go, headway.hold, headway.permille_of, headway.next_job_phase,
  headway.next_phase, headway.refuse;
drop type headway.draft;
