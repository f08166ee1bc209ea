-- What a plan asks of each backup, so that manifests are not taken apart each time.
alter table backup
  add column system_identifier text
    generated always as (manifest #>> '{source,systemIdentifier}') stored,
  add column wal_timeline text generated always as (manifest #>> '{wal,timeline}') stored,
  add column wal_start text generated always as (manifest #>> '{wal,startLsn}') stored,
  add column wal_stop text generated always as (manifest #>> '{wal,stopLsn}') stored,
  -- What it holds was in doubt when it was taken, and so is each copy of it.
  add column doubtful boolean not null default false;
update backup b set doubtful = true
  where coalesce(b.state_before, b.state) = 'SUSPECT' and b.suspect_reason not like 'a scan %'
    and not exists (
      select 1 from verification v where v.backup_id = b.id and v.outcome = 'FAILED');

-- Copies expire like backups: EXPIRING, EXPIRED. NOT_NEEDED: its retention would not keep it.
alter table backup_copy
  add column state_before text,
  add column expiry_begun boolean not null default false,
  add column expiry_reason text,
  add column expiry_job uuid,
  add column expired_at timestamptz;
create index backup_copy_expiring on backup_copy (expiry_job) where state = 'EXPIRING';

-- From which repository WAL was removed.
alter table wal_expired add column repository text;
update wal_expired w set repository =
  coalesce((select c.repository from cluster c where c.name = w.cluster), '');
alter table wal_expired alter column repository set not null;
alter table wal_expired drop constraint wal_expired_pkey;
alter table wal_expired add primary key
  (cluster, repository, system_identifier, timeline, from_lsn, to_lsn);

-- Jobs that are not over, for whoever decides what they need.
create index job_open_by_cluster on job (cluster) where finished_at is null;
create index job_open_by_source on job ((spec ->> 'sourceCluster')) where finished_at is null;
