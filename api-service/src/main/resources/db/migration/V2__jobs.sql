-- Jobs: what was asked, every attempt, and everything that was heard about them.
create table job (
  id                  uuid primary key,
  kind                text        not null,
  state               text        not null
    check (state in ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED')),
  cluster             text,
  pool                text        not null,
  exclusive           boolean     not null,
  spec                jsonb       not null,
  triggered_by        text        not null,
  labels              jsonb       not null,
  created_at          timestamptz not null,
  started_at          timestamptz,
  finished_at         timestamptz,
  deadline_at         timestamptz,
  attempt             integer     not null,
  max_attempts        integer     not null,
  dispatched_at       timestamptz,
  not_before          timestamptz,
  lost_not_before     timestamptz,
  cancel_requested_at timestamptz,
  worker              text,
  phase               text,
  bytes_done          bigint,
  bytes_total         bigint,
  rate_per_second     bigint,
  problem             jsonb,
  result              jsonb,
  selection           jsonb,
  last_sequence       bigint      not null default 0,
  check ((finished_at is not null) = (state in ('SUCCEEDED', 'FAILED', 'CANCELLED')))
);
-- The queue in front of the pools, first in first out, per cluster.
create index job_waiting on job (cluster, id) where state = 'QUEUED' and dispatched_at is null;
-- What occupies a cluster: admission counts these.
create index job_occupying on job (cluster)
  where state = 'RUNNING' or (state = 'QUEUED' and dispatched_at is not null);
create index job_lease on job (lost_not_before) where state = 'RUNNING';
create index job_deadline on job (deadline_at)
  where deadline_at is not null and finished_at is null;
create index job_by_cluster on job (cluster, id desc);

create table job_attempt (
  job_id        uuid        not null references job (id) on delete cascade
                deferrable initially deferred,
  attempt       integer     not null,
  dispatched_at timestamptz not null,
  accepted_at   timestamptz,
  started_at    timestamptz,
  ended_at      timestamptz,
  worker        text,
  node          text,
  outcome       text,
  problem       jsonb,
  primary key (job_id, attempt)
);

-- The stored history. "sequence" is per job and given under the job's row lock, so a reader that
-- has seen n misses nothing by asking for what is greater than n.
create table job_event (
  job_id      uuid        not null references job (id) on delete cascade
                deferrable initially deferred,
  sequence    bigint      not null,
  event_id    text unique,
  type        text        not null,
  attempt     integer     not null,
  stale       boolean     not null,
  at          timestamptz not null,
  received_at timestamptz not null,
  worker      text,
  body        jsonb       not null,
  primary key (job_id, sequence)
);

-- Commands on their way to a pool. Selected by status, never by position: the order of the
-- sequence is not the order of commits.
create table outbox (
  id         bigserial primary key,
  command_id uuid        not null unique,
  topic      text        not null,
  record_key text        not null,
  command    jsonb       not null,
  job_id     uuid,
  attempt    integer,
  status     text        not null check (status in ('PENDING', 'SENT', 'WITHDRAWN')),
  created_at timestamptz not null,
  sent_at    timestamptz,
  expires_at timestamptz
);
create index outbox_pending on outbox (id) where status = 'PENDING';
create index outbox_job on outbox (job_id, attempt) where job_id is not null;
create index outbox_sent on outbox (sent_at) where status <> 'PENDING';

create table idempotency_key (
  caller       text        not null,
  route        text        not null,
  key          text        not null,
  request_hash text        not null,
  job_id       uuid        not null,
  created_at   timestamptz not null,
  primary key (caller, route, key)
);
create index idempotency_key_age on idempotency_key (created_at);

-- Workers as their heartbeats show them.
create table worker (
  id        text primary key,
  pool      text        not null,
  version   text,
  tools     jsonb       not null,
  running   jsonb       not null,
  last_seen timestamptz not null
);

-- Commands that a worker would not touch. Kept for people: an unsigned one is an alarm.
create table refused_command (
  event_id    text primary key,
  worker      text        not null,
  pool        text,
  authentic   boolean     not null,
  job_id      uuid,
  attempt     integer,
  problem     jsonb       not null,
  at          timestamptz not null,
  received_at timestamptz not null
);
