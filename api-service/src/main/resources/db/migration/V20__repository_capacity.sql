-- How much may lie there, as somebody declared it; no part of "spec", which workers are sent.
alter table repository add column capacity_bytes bigint;
