-- Named points in the WAL. They outlive the declaration of their cluster, as its backups do.
create table restore_point (
  job_id     uuid primary key,
  cluster    text        not null,
  name       text        not null,
  node       text        not null,
  timeline   integer     not null,
  lsn        bigint      not null,
  at         timestamptz not null
);
create index restore_point_by_cluster on restore_point (cluster, job_id desc);
create index restore_point_by_name on restore_point (cluster, name);
