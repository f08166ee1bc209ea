#!/usr/bin/env bash
# Makes every secret of the Compose system, each once, and hands each service those that it needs:
# the API signs commands and workers only check them, so the private key is in the API's folder and
# nowhere else. Nothing is printed. The folder itself is closed; what lies below it is readable,
# because containers run under accounts that this machine does not know.
set -euo pipefail
umask 022
folder=${1:?usage: secrets.sh <folder>}
own=$folder/own
mkdir -p "$own"
chmod 0700 "$folder" "$own"

# whole <file>: standard input becomes the file, or the file stays as it was.
whole() {
  cat >"$1.new"
  mv "$1.new" "$1"
}

# once <name> <command...>: what the command says, the first time; the same from then on.
once() {
  local file=$own/$1
  shift
  [ -s "$file" ] || "$@" | whole "$file"
  cat "$file"
}

# 256 random bits without any character that needs quoting.
random_text() { openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'; }
random_id() { openssl rand 15 | base32 | tr 'A-Z' 'a-z' | cut -c 1-12 | tr -d '\n'; }
admin_key() { printf 'hfk_%s_%s' "$(random_id)" "$(random_text)"; }
key_id() { printf 'compose-%s' "$(random_id)"; }
private_key() { openssl genpkey -algorithm ed25519 -outform DER | base64 -w 0; }
public_key() { base64 -d "$own/signing-private" | openssl pkey -inform DER -pubout -outform DER | base64 -w 0; }

catalog=$(once catalog random_text)
superuser=$(once demo-superuser random_text)
backup=$(once demo-backup random_text)
s3=$(once s3 random_text)
grafana=$(once grafana random_text)
admin=$(once admin-key admin_key)
key=$(once signing-key-id key_id)
private=$(once signing-private private_key)
public=$(public_key)

mkdir -p "$folder"/{api,notifications,worker,catalog,demo,s3,grafana}

whole "$folder/api/application.properties" <<END
holdfast.bootstrap-admin-key=$admin
holdfast.signing.key-id=$key
holdfast.signing.private-key=$private
quarkus.datasource.username=holdfast
quarkus.datasource.password=$catalog
END
whole "$folder/worker/application.properties" <<END
holdfast.worker.trusted-keys.$key=$public
END
# Once only: from then on the file is yours, for the logins of your own clusters.
[ -e "$folder/worker/credentials.yaml" ] || whole "$folder/worker/credentials.yaml" <<END
databases:
  demo: { username: holdfast, password: "$backup", endpoints: ["demo-primary:5432", "demo-standby:5432"] }
repositories:
  s3: { accessKey: holdfast, secretKey: "$s3", endpoints: ["http://s3:7070"], buckets: ["backups"] }
roots:
  repositories: ["/var/lib/holdfast/repositories"]
  restores: ["/var/lib/holdfast/restores"]
END
whole "$folder/catalog/password" <<<"$catalog"
whole "$folder/demo/superuser" <<<"$superuser"
whole "$folder/demo/backup" <<<"$backup"
whole "$folder/s3/keys" <<END
ROOT_ACCESS_KEY_ID=holdfast
ROOT_SECRET_ACCESS_KEY=$s3
END
whole "$folder/grafana/password" <<<"$grafana"
