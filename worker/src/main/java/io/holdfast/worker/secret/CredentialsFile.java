package io.holdfast.worker.secret;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;

/** The credentials file as it is written; strict, so that a misspelt key is found at once. */
record CredentialsFile(
    Map<String, DatabaseEntry> databases,
    Map<String, S3Entry> repositories,
    Map<String, ArchiveEntry> archives,
    Keys keys,
    Roots roots) {
  CredentialsFile {
    databases = databases == null ? Map.of() : databases;
    repositories = repositories == null ? Map.of() : repositories;
    archives = archives == null ? Map.of() : archives;
    keys = keys == null ? new Keys(null, null) : keys;
    roots = roots == null ? new Roots(null, null) : roots;
  }

  record DatabaseEntry(
      @JsonProperty(required = true) String username,
      String password,
      String passwordFile,
      @JsonProperty(required = true) List<String> endpoints) {
    @Override
    public String toString() {
      return "DatabaseEntry[" + username + "]";
    }
  }

  record S3Entry(
      @JsonProperty(required = true) String accessKey,
      String secretKey,
      String secretKeyFile,
      String certificateAuthorityFile,
      @JsonProperty(required = true) List<String> endpoints,
      @JsonProperty(required = true) List<String> buckets) {
    @Override
    public String toString() {
      return "S3Entry[redacted]";
    }
  }

  /**
   * @param headerFile one line, {@code Authorization: Bearer <token>}: the file that curl reads at
   *     the server
   * @param dataDirectory of the server on this host, where its WAL may be read; null: nowhere
   */
  record ArchiveEntry(@JsonProperty(required = true) String headerFile, String dataDirectory) {}

  record Keys(Map<String, EnvelopeKey> envelope, Map<String, OpenPgpKey> openPgp) {
    Keys {
      envelope = envelope == null ? Map.of() : envelope;
      openPgp = openPgp == null ? Map.of() : openPgp;
    }
  }

  record Roots(List<String> repositories, List<String> restores) {
    Roots {
      repositories = repositories == null ? List.of() : repositories;
      restores = restores == null ? List.of() : restores;
    }
  }
}
