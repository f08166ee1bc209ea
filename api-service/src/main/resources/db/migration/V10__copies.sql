-- Where else the backups of a cluster are to lie; null: nowhere.
alter table cluster add column copies jsonb;

-- A backup in a repository that is not its first.
create table backup_copy (
  backup_id       uuid        not null references backup (id),
  repository      text        not null,
  -- COPYING; VERIFIED: read back there, every digest compared; COPIED: there, and cannot be read
  -- at once; FAILED; MISSING: a scan did not find it.
  state           text        not null,
  job_id          uuid,
  asked_at        timestamptz not null,
  verified_at     timestamptz,
  stored_bytes    bigint,
  manifest_sha256 text,
  failures        integer     not null default 0,
  -- Not tried again before.
  next_at         timestamptz,
  problem         jsonb,
  primary key (backup_id, repository)
);
create index backup_copy_by_repository on backup_copy (repository);
create index backup_copy_under_way on backup_copy (job_id) where state = 'COPYING';

-- The archived WAL of a cluster in a repository that is not its first.
create table wal_copy (
  cluster     text        not null references cluster (name) on delete cascade,
  repository  text        not null,
  job_id      uuid,
  asked_at    timestamptz not null,
  -- The end of what was archived when the job was asked for.
  asked_lsn   bigint,
  copied_lsn  bigint,
  -- All that was archived by then is there.
  copied_at   timestamptz,
  failures    integer     not null default 0,
  next_at     timestamptz,
  problem     jsonb,
  primary key (cluster, repository)
);

-- Which repository a verification read.
alter table verification add column repository text;
