-- A row per manifest. The repository decides what exists; this is what was heard of it.
create table backup (
  id             uuid primary key,
  cluster        text        not null,
  method         text        not null,
  state          text        not null check (state in ('AVAILABLE', 'SUSPECT')),
  suspect_reason text,
  repository     text        not null,
  job_id         uuid        not null,
  started_at     timestamptz not null,
  finished_at    timestamptz not null,
  plain_bytes    bigint      not null,
  stored_bytes   bigint      not null,
  manifest       jsonb       not null,
  selection_hash text        not null,
  verified_level text,
  verified_at    timestamptz
);
create index backup_by_cluster on backup (cluster, id desc);
create index backup_history on backup (cluster, selection_hash, finished_at desc)
  where state = 'AVAILABLE';

-- The table of contents of logical backups, arrived page by page before the manifest.
create table backup_content (
  backup_id   uuid    not null,
  database    text    not null,
  page        integer not null,
  item        integer not null,
  type        text    not null,
  schema_name text,
  name        text,
  owner       text,
  primary key (backup_id, database, page, item)
);

create table verification (
  job_id     uuid primary key,
  backup_id  uuid        not null,
  level      text        not null,
  outcome    text        not null check (outcome in ('PASSED', 'FAILED')),
  at         timestamptz not null,
  bytes_read bigint,
  findings   jsonb       not null,
  problem    jsonb
);
create index verification_by_backup on verification (backup_id, at desc);
