-- What was last seen of a cluster's archive, and what follows from it.
create table archive_state (
  cluster           text primary key references cluster (name) on delete cascade,
  first_observed_at timestamptz not null,
  observed_at       timestamptz not null,
  observation       jsonb       not null,
  -- Holes of the last observation: one that is seen twice is a gap.
  holes             jsonb       not null,
  -- Alarms that stand.
  conditions        jsonb       not null,
  slot_idle_since   timestamptz,
  lag_bytes         bigint,
  -- Every commit before it is archived; null: nobody knows yet.
  safe_until        timestamptz,
  slot_used         double precision
);

-- Where a primary was when: every commit before "at" lies before "lsn".
create table wal_mark (
  cluster  text        not null references cluster (name) on delete cascade,
  timeline integer     not null,
  lsn      bigint      not null,
  at       timestamptz not null,
  primary key (cluster, timeline, lsn)
);

create table wal_gap (
  id              uuid primary key,
  cluster         text        not null references cluster (name) on delete cascade,
  timeline        integer     not null,
  from_lsn        bigint      not null,
  to_lsn          bigint      not null,
  since           timestamptz not null,
  acknowledged_by text,
  acknowledged_at timestamptz,
  reason          text,
  -- A base backup behind it: what is after the gap can be reached again.
  superseded_by   uuid,
  closed_at       timestamptz
);
create index wal_gap_by_cluster on wal_gap (cluster, id desc);
create index wal_gap_open on wal_gap (cluster) where closed_at is null;

create table cluster_event (
  id       bigint generated always as identity primary key,
  cluster  text        not null references cluster (name) on delete cascade,
  type     text        not null,
  code     text,
  at       timestamptz not null,
  message  text        not null,
  details  jsonb       not null,
  -- Of the worker's event; a second delivery is known by it.
  event_id text unique
);
create index cluster_event_by_cluster on cluster_event (cluster, id desc);
