#!/bin/bash
# Copies the demo primary the first time, and follows it from then on.
set -euo pipefail
umask 077
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # What an interrupted copy left is no server.
  rm -rf "$PGDATA"
  PGPASSWORD=$(cat /run/holdfast/backup) pg_basebackup --host=demo-primary --username=holdfast \
    --pgdata="$PGDATA" --write-recovery-conf --checkpoint=fast
fi
exec postgres -c listen_addresses='*' -c hot_standby_feedback=on
