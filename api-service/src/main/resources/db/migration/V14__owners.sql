-- Whose files a declaration is from. One that a person declared alone has no row.
create table declaration_owner (
  -- As in the API: the one thing that tells every declaration from every other.
  path       text primary key,
  kind       text not null,
  name       text not null,
  -- What it belongs to, for kinds that belong to something.
  cluster    text,
  repository text,
  owner      text not null
);
create index declaration_owner_by_owner on declaration_owner (owner);

-- Whoever deletes a declaration: one of the same name that a person makes later is not the owner's.
create function forget_declaration_owner() returns trigger language plpgsql as $$
begin
  delete from declaration_owner where kind = tg_argv[0] and name = old.name;
  return old;
end $$;
create trigger cluster_owner after delete on cluster
  for each row execute function forget_declaration_owner('Cluster');
create trigger repository_owner after delete on repository
  for each row execute function forget_declaration_owner('Repository');
