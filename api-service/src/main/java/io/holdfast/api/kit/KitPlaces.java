package io.holdfast.api.kit;

import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.RepositorySpec;
import io.holdfast.model.repository.S3RepositorySpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a repository is, in words, and the commands that fetch a folder of it. */
final class KitPlaces {
  /** With {@code curl} 7.75 or later; keys hold nothing that an URL would have to escape. */
  private static final String FETCH_S3 =
      """
      : "${AWS_ACCESS_KEY_ID:?}" "${AWS_SECRET_ACCESS_KEY:?}" "${REPO:?an empty directory to copy to}"
      s3() {
        curl --silent --show-error --fail --retry 5 --aws-sigv4 "aws:amz:$REGION:s3" \\
          --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' \\
          --config <(printf 'user = "%s:%s"\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY") "$@"
      }
      # Copies everything below a folder of the repository to the same place below $REPO.
      fetch() {
        local after= prefix page key got
        prefix=$(printf '%s' "$PREFIX$1/" | sed 's,/,%2F,g')
        while :; do
          page=$(s3 "$ENDPOINT/$BUCKET?list-type=2&prefix=$prefix${after:+&start-after=$after}")
          got=
          while read -r key; do
            [ -n "$key" ] || continue
            got=yes
            mkdir -p "$REPO/$(dirname "${key#"$PREFIX"}")"
            s3 --output "$REPO/${key#"$PREFIX"}" "$ENDPOINT/$BUCKET/$key"
            after=$(printf '%s' "$key" | sed 's,/,%2F,g')
          done < <(printf '%s\\n' "$page" | sed 's/<Key>/\\n<Key>/g' | sed -n 's,^<Key>\\([^<]*\\)</Key>.*,\\1,p')
          [ -n "$got" ] || break
        done
      }
      """;

  private KitPlaces() {}

  static Map<String, String> facts(RepositorySpec repository) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Repository", repository.name());
    switch (repository) {
      case S3RepositorySpec s3 -> {
        facts.put("Kind", "S3");
        facts.put("Endpoint", s3.endpoint());
        facts.put("Region", s3.region());
        facts.put("Bucket", s3.bucket());
        facts.put("Prefix", s3.prefix().isEmpty() ? "(none)" : s3.prefix());
        facts.put(
            "Access keys",
            "'" + s3.credentialsRef().name() + "' in the credentials file of the workers");
      }
      case FilesystemRepositorySpec directory -> {
        facts.put("Kind", "a directory on the hosts of the workers");
        facts.put("Path", directory.path());
      }
    }
    return facts;
  }

  static String commands(RepositorySpec repository) {
    return switch (repository) {
      case S3RepositorySpec s3 ->
          "ENDPOINT="
              + quoted(s3.endpoint())
              + " REGION="
              + quoted(s3.region())
              + " BUCKET="
              + quoted(s3.bucket())
              + " PREFIX="
              + quoted(s3.prefix().isEmpty() ? "" : s3.prefix() + "/")
              + "\n"
              + FETCH_S3;
      case FilesystemRepositorySpec directory ->
          "REPO=" + quoted(directory.path()) + "\nfetch() { test -d \"$REPO/$1\"; }\n";
    };
  }

  /** As one word of a shell, whatever is in it. */
  static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
