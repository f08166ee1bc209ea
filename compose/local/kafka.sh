#!/usr/bin/env bash
# Configured as the official image is: KAFKA_NODE_ID is node.id, and so on.
set -euo pipefail
properties=/tmp/server.properties
env | sed -n 's/^KAFKA_//p' | while IFS='=' read -r name value; do
  printf '%s=%s\n' "$(printf '%s' "$name" | tr 'A-Z_' 'a-z.')" "$value"
done >"$properties"
java -cp '/opt/parts/*' kafka.tools.StorageTool format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$properties"
exec java -Xmx512m -XX:+UseSerialGC -cp '/opt/parts/*' kafka.Kafka "$properties"
