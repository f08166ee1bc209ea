#!/usr/bin/env bash
set -euo pipefail
. /run/holdfast/keys
umask 077
cat >/tmp/s3.properties <<END
s3proxy.endpoint=http://0.0.0.0:7070
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=$ROOT_ACCESS_KEY_ID
s3proxy.credential=$ROOT_SECRET_ACCESS_KEY
s3proxy.v4-max-non-chunked-request-size=268435456
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=/data
END
exec java -Xmx768m -XX:+UseSerialGC -cp '/opt/parts/*' org.gaul.s3proxy.Main --properties /tmp/s3.properties
