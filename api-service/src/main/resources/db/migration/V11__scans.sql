-- What manifest.json was when it was first seen whole; null: nobody has looked.
alter table backup add column manifest_sha256 text;

-- Scans of repositories and what they found. Old ones go; nothing depends on them.
create table repository_scan (
  job_id      uuid primary key,
  repository  text        not null,
  state       text        not null,
  asked_at    timestamptz not null,
  listed_at   timestamptz,
  finished_at timestamptz,
  objects     bigint,
  bytes       bigint,
  backups     integer,
  archives    jsonb       not null,
  clusters    jsonb       not null,
  problem     jsonb
);
create index repository_scan_by_repository on repository_scan (repository, job_id desc);

create table scan_finding (
  id        bigint generated always as identity primary key,
  job_id    uuid not null references repository_scan (job_id) on delete cascade,
  kind      text not null,
  cluster   text,
  backup_id uuid,
  key       text,
  objects   bigint,
  bytes     bigint,
  detail    text not null
);
create index scan_finding_by_job on scan_finding (job_id, id);

-- Which backups a running scan has seen; emptied when it ends.
create table scan_seen (
  job_id    uuid not null references repository_scan (job_id) on delete cascade,
  backup_id uuid not null,
  primary key (job_id, backup_id)
);
