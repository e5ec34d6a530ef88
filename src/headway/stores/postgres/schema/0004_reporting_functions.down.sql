-- What was reported stays: it is like what others report.
drop function
  headway.error_job_progress, headway.complete_job_progress, headway.update_job_progress, headway.answer,
  headway.end_job, headway.end_steps, headway.start_step, headway.update_job, headway.counts_of,
  headway.find_stage, headway.check_numbers, headway.check_text, headway.resume, headway.begin_report, headway.fence;
drop type headway.report_answer;
