-- Requests to leave a leaked key behind; what became of their jobs, the jobs say.
create table reencryption (
  id         uuid primary key,
  cluster    text        not null,
  leaked_key text        not null,
  created_by text        not null,
  created_at timestamptz not null,
  plan       jsonb       not null
);
create index reencryption_by_cluster on reencryption (cluster, id desc);
