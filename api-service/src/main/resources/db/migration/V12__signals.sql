-- What an incremental backup builds on, and which type it is: in the manifest too, but asked of all
-- backups at once.
alter table backup add column parent uuid
  generated always as (cast(manifest ->> 'parent' as uuid)) stored;
alter table backup add column type text
  generated always as (case when method = 'LOGICAL' then 'LOGICAL'
                            when manifest ->> 'parent' is null then 'PHYSICAL'
                            else 'INCREMENTAL' end) stored;

-- Whether a backup is good, and so is everything below it. A loop, which no honest catalog has, is
-- not restorable.
create function backup_restorable(wanted uuid) returns boolean language plpgsql stable as $$
declare
  member uuid := wanted;
  below uuid;
begin
  for step in 1..1000 loop
    select b.parent into below from backup b where b.id = member and b.state = 'AVAILABLE';
    if not found then
      return false;
    end if;
    if below is null then
      return true;
    end if;
    member := below;
  end loop;
  return false;
end $$;

create index backup_newest on backup (cluster, type, finished_at desc) where state = 'AVAILABLE';
create index backup_dumps on backup (cluster, selection_hash, finished_at desc)
  where state = 'AVAILABLE' and type = 'LOGICAL';
create index backup_present on backup (cluster, state, repository, finished_at)
  include (id, stored_bytes) where state <> 'EXPIRED';
create index backup_proven on backup (cluster, verified_level, verified_at desc)
  where verified_at is not null;

-- How jobs ended: the last of each cluster and kind, and those that ended lately.
create index job_over on job (cluster, kind, state, finished_at desc)
  where finished_at is not null;
create index job_over_since on job (finished_at) where finished_at is not null;

-- To which moments the archive leads, and by which backup; null: to none.
alter table archive_state add column restorable_from timestamptz;
alter table archive_state add column restorable_until timestamptz;
alter table archive_state add column restorable_by uuid;

-- How much may be lost while WAL is not archived, ISO 8601; null: the default holds.
alter table cluster add column recovery_point_objective text;

-- Lists that ask for what is rare among a million.
create index job_by_kind on job (kind, id desc);
create index job_failed on job (id desc) where state = 'FAILED';
