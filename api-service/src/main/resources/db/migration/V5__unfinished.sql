-- What the metrics count: few rows beside all that is over.
create index job_unfinished on job (pool, state, created_at) where finished_at is null;
