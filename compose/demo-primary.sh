#!/bin/bash
# Runs once, in the new demo primary: the login that backups use, and some rows.
set -euo pipefail
# psql quotes what is a variable; the environment is not shown to everybody, as arguments are.
BACKUP_PASSWORD=$(cat /run/holdfast/backup) psql -v ON_ERROR_STOP=1 --username postgres <<'END'
\getenv password BACKUP_PASSWORD
create role holdfast login replication bypassrls password :'password';
grant pg_read_all_data, pg_monitor to holdfast;
grant execute on function pg_create_restore_point(text), pg_switch_wal() to holdfast;
create database shop;
\connect shop
create table item (id bigint primary key, label text not null);
insert into item select i, md5(i::text) from generate_series(1, 10000) i;
END
echo 'host replication holdfast all scram-sha-256' >>"$PGDATA/pg_hba.conf"
