package io.holdfast.embedded;

import io.holdfast.embedded.postgres.Login;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The worker's credentials file, written. Names and values are quoted, so that none of them can
 * change the meaning of the YAML.
 */
public final class WorkerCredentials {
  private final Map<String, String> databases = new LinkedHashMap<>();
  private final Map<String, String> repositories = new LinkedHashMap<>();
  private final Map<String, String> archives = new LinkedHashMap<>();
  private final Map<String, String> envelopeKeys = new LinkedHashMap<>();
  private final Map<String, String> openPgpKeys = new LinkedHashMap<>();
  private final List<String> repositoryRoots = new ArrayList<>();
  private final List<String> restoreRoots = new ArrayList<>();

  /**
   * @param endpoints {@code host:port}, where this login may be sent
   */
  public WorkerCredentials database(String reference, Login login, List<String> endpoints) {
    databases.put(
        quoted(reference),
        "{ username: %s, password: %s, endpoints: %s }"
            .formatted(quoted(login.username()), quoted(login.password()), list(endpoints)));
    return this;
  }

  /**
   * @param endpoints URLs, where these keys may be used
   */
  public WorkerCredentials s3(
      String reference,
      String accessKey,
      String secretKey,
      List<String> endpoints,
      List<String> buckets) {
    repositories.put(
        quoted(reference),
        "{ accessKey: %s, secretKey: %s, endpoints: %s, buckets: %s }"
            .formatted(quoted(accessKey), quoted(secretKey), list(endpoints), list(buckets)));
    return this;
  }

  /** As {@link #s3}, for a store whose certificate the authority in a PEM file signed. */
  public WorkerCredentials s3OverTls(
      String reference,
      String accessKey,
      String secretKey,
      Path authority,
      List<String> endpoints,
      List<String> buckets) {
    repositories.put(
        quoted(reference),
        "{ accessKey: %s, secretKey: %s, certificateAuthorityFile: %s, endpoints: %s, buckets: %s }"
            .formatted(
                quoted(accessKey),
                quoted(secretKey),
                quoted(authority.toString()),
                list(endpoints),
                list(buckets)));
    return this;
  }

  /**
   * @param headerFile what curl reads at the server, with the token in it
   */
  public WorkerCredentials archive(String cluster, Path headerFile) {
    archives.put(quoted(cluster), "{ headerFile: %s }".formatted(quoted(headerFile.toString())));
    return this;
  }

  /**
   * @param dataDirectory of the server, whose WAL the worker reads there
   */
  public WorkerCredentials archive(String cluster, Path headerFile, Path dataDirectory) {
    archives.put(
        quoted(cluster),
        "{ headerFile: %s, dataDirectory: %s }"
            .formatted(quoted(headerFile.toString()), quoted(dataDirectory.toString())));
    return this;
  }

  /**
   * @param file with a key-encryption key: one line, 32 bytes in Base64
   */
  public WorkerCredentials envelopeKey(String name, Path file) {
    envelopeKeys.put(quoted(name), "{ file: %s }".formatted(quoted(file.toString())));
    return this;
  }

  /**
   * @param variable of the worker's environment, which holds a key-encryption key
   */
  public WorkerCredentials envelopeKeyFromEnvironment(String name, String variable) {
    envelopeKeys.put(quoted(name), "{ environment: %s }".formatted(quoted(variable)));
    return this;
  }

  /** Takes a key of either kind away. */
  public WorkerCredentials withoutKey(String name) {
    envelopeKeys.remove(quoted(name));
    openPgpKeys.remove(quoted(name));
    return this;
  }

  /**
   * @param secretFile null: the public half only
   * @param passphraseFile null: none
   * @param signs whether what it signed is believed
   */
  public WorkerCredentials openPgpKey(
      String name, Path publicFile, Path secretFile, Path passphraseFile, boolean signs) {
    openPgpKeys.put(
        quoted(name),
        "{ publicKeyFile: %s%s%s, signs: %s }"
            .formatted(
                quoted(publicFile.toString()),
                secretFile == null ? "" : ", secretKeyFile: " + quoted(secretFile.toString()),
                passphraseFile == null
                    ? ""
                    : ", passphraseFile: " + quoted(passphraseFile.toString()),
                signs));
    return this;
  }

  public WorkerCredentials repositoryRoot(Path root) {
    repositoryRoots.add(root.toString());
    return this;
  }

  public WorkerCredentials restoreRoot(Path root) {
    restoreRoots.add(root.toString());
    return this;
  }

  /** Replaces the file whole, mode 0600; a worker that watches it never sees half of it. */
  public void writeTo(Path file) {
    try {
      Path next = StackState.createPrivate(file.resolveSibling(file.getFileName() + ".new"));
      Files.writeString(next, yaml());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  private String yaml() {
    return section("databases", databases)
        + section("repositories", repositories)
        + section("archives", archives)
        + keys()
        + "roots:\n  repositories: "
        + list(repositoryRoots)
        + "\n  restores: "
        + list(restoreRoots)
        + "\n";
  }

  private static String section(String name, Map<String, String> entries) {
    if (entries.isEmpty()) {
      return name + ": {}\n";
    }
    StringBuilder text = new StringBuilder(name).append(":\n");
    entries.forEach(
        (key, value) -> text.append("  ").append(key).append(": ").append(value).append('\n'));
    return text.toString();
  }

  private String keys() {
    return envelopeKeys.isEmpty() && openPgpKeys.isEmpty()
        ? ""
        : "keys:\n  envelope: " + map(envelopeKeys) + "\n  openPgp: " + map(openPgpKeys) + "\n";
  }

  private static String map(Map<String, String> entries) {
    return "{"
        + String.join(
            ", ",
            entries.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList())
        + "}";
  }

  private static String list(List<String> values) {
    return "[" + String.join(", ", values.stream().map(WorkerCredentials::quoted).toList()) + "]";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
