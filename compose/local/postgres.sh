#!/usr/bin/env bash
# Makes the cluster the first time, as the official image does, and runs it.
set -euo pipefail
export PGDATA=${PGDATA:-/var/lib/postgresql/data/pgdata}
if [ "$(id -u)" = 0 ]; then
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  initdb --username="$user" --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  # Set up without a port, so that nobody takes the server for ready.
  pg_ctl start --wait --silent --options="-c listen_addresses=''"
  [ "${POSTGRES_DB:-postgres}" = postgres ] || createdb --username="$user" "$POSTGRES_DB"
  for script in /docker-entrypoint-initdb.d/*.sh; do
    [ ! -e "$script" ] || bash "$script"
  done
  pg_ctl stop --wait --silent
fi
exec "$@" -c listen_addresses='*'
