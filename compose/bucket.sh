#!/usr/bin/env bash
# Makes the bucket, unless it is there.
set -euo pipefail
. /run/holdfast/keys
# Standard input, because everybody can read arguments.
status=$(curl -sS -K - -o /dev/null -w '%{http_code}' <<END
url = "http://s3:7070/backups"
request = "PUT"
aws-sigv4 = "aws:amz:us-east-1:s3"
user = "$ROOT_ACCESS_KEY_ID:$ROOT_SECRET_ACCESS_KEY"
END
)
case "$status" in
  200 | 409) ;;
  *)
    echo "the store answered $status to the request for the bucket" >&2
    exit 1
    ;;
esac
