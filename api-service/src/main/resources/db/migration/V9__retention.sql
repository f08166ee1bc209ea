-- How long what a cluster has is kept; null: as the defaults say.
alter table cluster add column retention jsonb;

-- A backup that expires keeps its row: what it was, and why it went.
alter table backup drop constraint backup_state_check;
alter table backup add constraint backup_state_check
  check (state in ('AVAILABLE', 'SUSPECT', 'EXPIRING', 'EXPIRED'));
alter table backup add column state_before text;
-- Whether a job before the one below may have begun to remove it.
alter table backup add column expiry_begun boolean not null default false;
alter table backup add column expiry_reason text;
alter table backup add column expiry_job uuid;
alter table backup add column expired_at timestamptz;
create index backup_expiring on backup (cluster) where state = 'EXPIRING';

-- What keeps a backup whatever the policy says. Lifted ones stay, for whoever asks later.
create table hold (
  id          uuid primary key,
  backup_id   uuid        not null references backup (id),
  kind        text        not null check (kind in ('LEGAL', 'USER')),
  reason      text        not null,
  ends_at     timestamptz,
  created_at  timestamptz not null,
  created_by  text        not null,
  lifted_at   timestamptz,
  lifted_by   text,
  lift_reason text
);
create index hold_by_backup on hold (backup_id);

-- WAL that was removed on purpose: it is missing, and no gap.
create table wal_expired (
  cluster           text        not null,
  system_identifier text        not null,
  timeline          integer     not null,
  from_lsn          bigint      not null,
  to_lsn            bigint      not null,
  job_id            uuid        not null,
  at                timestamptz not null,
  primary key (cluster, system_identifier, timeline, from_lsn, to_lsn)
);
