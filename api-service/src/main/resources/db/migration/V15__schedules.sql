-- What is to run when, by itself.
create table schedule (
  id            bigint generated always as identity primary key,
  cluster       text references cluster (name) on delete cascade,
  repository    text references repository (name) on delete cascade,
  name          text        not null,
  kind          text        not null,
  external      boolean     not null,
  paused        boolean     not null,
  spec          jsonb       not null,
  -- Every due time up to here has its row.
  planned_until timestamptz not null,
  -- When there is something to decide or to plan; null: never again.
  act_at        timestamptz,
  missed_runs   bigint      not null default 0,
  last_run_at   timestamptz,
  -- What the newest run that became a job became.
  last_job_id   uuid,
  version       bigint      not null,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  updated_by    text        not null,
  check ((cluster is null) <> (repository is null))
);
create unique index schedule_of_cluster on schedule (cluster, name) where cluster is not null;
create unique index schedule_of_repository on schedule (repository, name)
  where repository is not null;
create index schedule_act on schedule (act_at) where act_at is not null;

-- A due time has one row, whoever writes it: no two replicas fire one twice.
create table schedule_run (
  schedule_id bigint      not null references schedule (id) on delete cascade,
  due_at      timestamptz not null,
  start_at    timestamptz not null,
  deadline_at timestamptz not null,
  state       text        not null check (state in ('EXPECTED', 'JOB', 'MISSED', 'SKIPPED')),
  code        text,
  reason      text,
  job_id      uuid,
  decided_at  timestamptz,
  retry_at    timestamptz,
  primary key (schedule_id, due_at),
  check ((state = 'EXPECTED') = (decided_at is null)),
  check ((state = 'JOB') = (job_id is not null))
);
create index schedule_run_open on schedule_run (schedule_id, due_at) where state = 'EXPECTED';
create index schedule_run_old on schedule_run (decided_at) where decided_at is not null;
