-- What people declare, who may do so, and the record of what was done.
create table repository (
  name           text primary key,
  pool           text        not null,
  spec           jsonb       not null,
  version        bigint      not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  updated_by     text        not null,
  probe_state    text        not null,
  probe_job_id   text,
  probe_at       timestamptz,
  probe_findings jsonb,
  capabilities   jsonb
);

create table cluster (
  name              text primary key,
  pool              text        not null,
  repository        text        not null references repository (name),
  spec              jsonb       not null,
  max_running_jobs  integer,
  labels            jsonb       not null,
  -- Pinned when the cluster is first reached; never part of "spec".
  system_identifier text,
  version           bigint      not null,
  created_at        timestamptz not null,
  updated_at        timestamptz not null,
  updated_by        text        not null
);
create index cluster_repository on cluster (repository);

-- Apart from "cluster", because it changes all the time and a declaration does not.
create table topology (
  cluster     text primary key references cluster (name) on delete cascade,
  asked_at    timestamptz,
  observed_at timestamptz,
  nodes       jsonb
);

create table api_key (
  id           text primary key,
  name         text        not null,
  -- SHA-256 of the whole key. The key holds 256 random bits, so a slow hash would add nothing.
  hash         bytea       not null,
  roles        text[]      not null,
  -- null: every cluster.
  clusters     text[],
  created_at   timestamptz not null,
  created_by   text        not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  revoked_by   text,
  last_used_at timestamptz
);

create table audit (
  id        bigint generated always as identity primary key,
  kind      text        not null check (kind in ('ACCESS', 'CHANGE')),
  at        timestamptz not null,
  key_id    text,
  method    text        not null,
  operation text,
  target    text        not null,
  -- null for a CHANGE: it is written with the change itself, before there is an answer.
  status    integer,
  trace_id  text        not null
);
create index audit_by_key on audit (key_id, id desc);
create index audit_by_time on audit (at);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is append-only';
end $$;
create trigger audit_append_only before update or delete on audit
  for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_is_append_only();
