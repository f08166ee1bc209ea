#!/bin/sh
# Applies every *.yaml below this folder as one. With "plan", or nothing, it changes nothing and
# prints what would be done; with "apply" it does it, and forgets what these files no longer name
# (its backups stay).
#
#   HOLDFAST_URL    such as https://holdfast.internal
#   HOLDFAST_TOKEN  an API key with the role admin, or a token of the CI platform
set -eu
cd "$(dirname "$0")"
case "${1:-plan}" in
  plan) dry_run=true ;;
  apply) dry_run=false ;;
  *) echo "usage: $0 [plan|apply]" >&2; exit 2 ;;
esac
# The token comes by a file descriptor: every user of the machine can read arguments.
find . -name '*.yaml' | sort | xargs cat |
  curl --silent --show-error --fail-with-body --retry 3 --retry-connrefused --config /dev/fd/3 \
    --header 'Content-Type: application/yaml' --data-binary @- \
    "${HOLDFAST_URL:?}/api/v1/apply?owner=gitops&prune=true&dryRun=$dry_run" 3<<EOF
header = "Authorization: Bearer ${HOLDFAST_TOKEN:?}"
EOF
echo
