-- How the WAL of a cluster is archived; null: it is not.
alter table cluster add column archive jsonb;

-- What workers were last told about a cluster's archive, by pool. A row outlives its cluster: the
-- revision must grow also when a cluster is declared again, and a worker that was away must still
-- hear that there is nothing to archive any more.
create table archive_announcement (
  cluster      text        not null,
  pool         text        not null,
  revision     bigint      not null,
  spec         jsonb       not null,
  repository   jsonb       not null,
  -- null: not archived any more.
  archive      jsonb,
  changed_at   timestamptz not null,
  announced_at timestamptz,
  observe_asked_at timestamptz,
  primary key (cluster, pool)
);
