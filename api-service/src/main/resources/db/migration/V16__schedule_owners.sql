-- A schedule has a name within its cluster or repository, and goes with it.
create function forget_schedule_owner() returns trigger language plpgsql as $$
begin
  delete from declaration_owner
    where kind = 'Schedule' and name = old.name
      and cluster is not distinct from old.cluster
      and repository is not distinct from old.repository;
  return old;
end $$;
create trigger schedule_owner after delete on schedule
  for each row execute function forget_schedule_owner();
