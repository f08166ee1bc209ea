-- The trace that a job belongs to, and where in it its command was made; null: made before there was
-- one to name.
alter table job add column trace_parent text;
alter table outbox add column trace_parent text;
