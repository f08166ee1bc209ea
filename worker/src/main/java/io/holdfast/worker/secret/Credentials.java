package io.holdfast.worker.secret;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Resolves references by the worker's credentials file. The file is read for each question, so that
 * a rotated password or a withdrawn permission holds at once. Thread-safe.
 */
public final class Credentials {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String HEADER = "Authorization: Bearer ";
  private static final int SHORTEST_TOKEN = 20;

  private final Path file;
  // Of the same text the same follows: a busy server asks for every segment of its WAL.
  private volatile Parsed parsed;

  private record Parsed(byte[] text, CredentialsFile content) {
    @Override
    public String toString() {
      return "Parsed[redacted]";
    }
  }

  public Credentials(Path file) {
    this.file = file;
  }

  /**
   * The login that {@code ref} stands for.
   *
   * @param endpoint {@code host:port} it is about to be sent to
   * @throws JobFailure CREDENTIALS_UNKNOWN, or COMMAND_REFUSED when the login is not meant for that
   *     endpoint
   */
  public Login database(SecretRef ref, String endpoint) {
    CredentialsFile.DatabaseEntry entry = read().databases().get(ref.name());
    if (entry == null) {
      throw unknown("database login", ref);
    }
    requireListed("endpoint", endpoint, entry.endpoints(), ref);
    return new Login(entry.username(), secret(ref, entry.password(), entry.passwordFile(), false));
  }

  /** As {@link #database}, for the bucket of an S3 server. */
  public S3Keys s3(SecretRef ref, String endpoint, String bucket) {
    CredentialsFile.S3Entry entry = read().repositories().get(ref.name());
    if (entry == null) {
      throw unknown("repository keys", ref);
    }
    requireListed("endpoint", endpoint, entry.endpoints(), ref);
    requireListed("bucket", bucket, entry.buckets(), ref);
    String authority = entry.certificateAuthorityFile();
    return new S3Keys(
        entry.accessKey(),
        secret(ref, entry.secretKey(), entry.secretKeyFile(), true),
        authority == null ? null : Path.of(authority));
  }

  /**
   * The token that pushes of a cluster's WAL must carry; empty when this worker may not archive
   * that cluster.
   *
   * @throws JobFailure CREDENTIALS_UNKNOWN when the header file cannot be read or is none
   */
  public Optional<String> archiveToken(String cluster) {
    CredentialsFile.ArchiveEntry entry = read().archives().get(cluster);
    if (entry == null) {
      return Optional.empty();
    }
    try {
      String line = Files.readString(Path.of(entry.headerFile())).strip();
      if (line.startsWith(HEADER) && line.length() >= HEADER.length() + SHORTEST_TOKEN) {
        return Optional.of(line.substring(HEADER.length()));
      }
    } catch (IOException unreadable) {
      // Told below, without the cause: a reader needs no more than the name.
    }
    throw new JobFailure(
        ErrorCode.CREDENTIALS_UNKNOWN,
        "the header file of archive '"
            + cluster
            + "' cannot be read or is not one line '"
            + HEADER
            + "<token>' with a token of at least "
            + SHORTEST_TOKEN
            + " characters",
        "Look at archives." + cluster + ".headerFile in the worker's credentials file.");
  }

  /** Where a cluster's server on this host has its data, if its WAL may be read there. */
  public Optional<Path> archiveDataDirectory(String cluster) {
    return Optional.ofNullable(read().archives().get(cluster))
        .map(CredentialsFile.ArchiveEntry::dataDirectory)
        .map(Path::of);
  }

  /**
   * Where a key-encryption key is kept.
   *
   * @throws JobFailure KEY_UNAVAILABLE when this worker has none of that name, or is not told where
   */
  public EnvelopeKey envelopeKey(SecretRef ref) {
    EnvelopeKey key = read().keys().envelope().get(ref.name());
    if (key == null) {
      throw keyless("key-encryption key", "envelope", ref);
    }
    if (key.given() != 1) {
      throw new JobFailure(
          ErrorCode.KEY_UNAVAILABLE,
          "the credentials file gives " + key.given() + " places for key '" + ref + "'",
          "Give exactly one in keys.envelope." + ref + " of the worker's credentials file.");
    }
    return key;
  }

  /**
   * An OpenPGP key.
   *
   * @throws JobFailure KEY_UNAVAILABLE when this worker has none of that name
   */
  public OpenPgpKey openPgpKey(SecretRef ref) {
    OpenPgpKey key = read().keys().openPgp().get(ref.name());
    if (key == null) {
      throw keyless("OpenPGP key", "openPgp", ref);
    }
    return key;
  }

  /** Every OpenPGP key of this worker by name. */
  public Map<String, OpenPgpKey> openPgpKeys() {
    return Map.copyOf(read().keys().openPgp());
  }

  private static JobFailure keyless(String what, String section, SecretRef ref) {
    return new JobFailure(
        ErrorCode.KEY_UNAVAILABLE,
        "this worker's credentials file has no " + what + " '" + ref + "'",
        "Add it to keys." + section + ", or use a worker that has it.");
  }

  /** Whether a filesystem repository may lie there: below an allowed root, links followed. */
  public boolean allowsRepositoryPath(Path path) {
    return new AllowedRoots(read().roots().repositories()).contain(path);
  }

  /** Below which filesystem repositories may lie, as they are written in the file. */
  public List<String> repositoryRoots() {
    return read().roots().repositories();
  }

  /** Whether a physical restore may write there: below an allowed root, links followed. */
  public boolean allowsRestorePath(Path path) {
    return new AllowedRoots(read().roots().restores()).contain(path);
  }

  /**
   * Reads the file and throws it away: for a check at start-up.
   *
   * @throws JobFailure CREDENTIALS_UNKNOWN with the line that is wrong
   */
  public void validate() {
    read();
  }

  private CredentialsFile read() {
    try {
      byte[] text = Files.readAllBytes(file);
      Parsed known = parsed;
      if (known == null || !Arrays.equals(known.text(), text)) {
        CredentialsFile content = YAML.readValue(text, CredentialsFile.class);
        known =
            new Parsed(
                text,
                content == null ? new CredentialsFile(null, null, null, null, null) : content);
        parsed = known;
      }
      return known.content();
    } catch (JsonProcessingException e) {
      // Neither the message nor the cause: both may quote the line, and the line may be a password.
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new JobFailure(
          ErrorCode.CREDENTIALS_UNKNOWN,
          "the worker's credentials file is not valid near line " + line,
          "compare it with the example in the documentation; unknown keys are an error");
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.CREDENTIALS_UNKNOWN,
          "the worker's credentials file cannot be read",
          "check holdfast.worker.credentials-file and the file's permissions",
          e);
    }
  }

  private static String secret(SecretRef ref, String inline, String path, boolean required) {
    if (inline != null || (path == null && !required)) {
      return inline;
    }
    if (path == null) {
      throw unreadable(ref, null);
    }
    try {
      return Files.readString(Path.of(path)).stripTrailing();
    } catch (IOException e) {
      throw unreadable(ref, e);
    }
  }

  private static JobFailure unreadable(SecretRef ref, IOException cause) {
    return new JobFailure(
        ErrorCode.CREDENTIALS_UNKNOWN,
        "the secret of '" + ref + "' is missing or its file cannot be read",
        "give it a value or a readable file in the worker's credentials file",
        cause);
  }

  private static JobFailure unknown(String what, SecretRef ref) {
    return new JobFailure(
        ErrorCode.CREDENTIALS_UNKNOWN,
        "this worker's credentials file has no " + what + " '" + ref + "'",
        "add it on every worker of the pool");
  }

  private static void requireListed(
      String what, String value, List<String> allowed, SecretRef ref) {
    if (!allowed.contains(value)) {
      throw new JobFailure(
          ErrorCode.COMMAND_REFUSED,
          what + " '" + value + "' is not among those that '" + ref + "' may be sent to",
          "add it to '" + ref + "' in the worker's credentials file if it is yours");
    }
  }
}
