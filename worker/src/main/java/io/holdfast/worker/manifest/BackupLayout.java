package io.holdfast.worker.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.ResourceName;
import io.holdfast.model.RunId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Every key of one backup, in one place. Keys in a manifest are relative to {@link #folder}; all
 * others are relative to the root of the repository.
 */
public record BackupLayout(String cluster, BackupId backupId) {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int LONGEST_NAME = 63;
  static final String MANIFEST = "manifest.json";
  static final String TOMBSTONE = "expired.json";

  public BackupLayout {
    cluster = ResourceName.check("cluster name", cluster);
  }

  /** The folder of every backup of a cluster. */
  public static String backups(String cluster) {
    return "clusters/" + ResourceName.check("cluster name", cluster) + "/backups/";
  }

  /** Where expirations of a cluster's backups leave their marks; they are swept later. */
  public static String expirations(String cluster) {
    return "clusters/" + ResourceName.check("cluster name", cluster) + "/expirations/";
  }

  public String folder() {
    return backups(cluster) + backupId + "/";
  }

  public String manifest() {
    return folder() + MANIFEST;
  }

  /** Beside a manifest that was removed; who finds it knows that the rest is on its way out. */
  public String tombstone() {
    return folder() + TOMBSTONE;
  }

  public String claims() {
    return folder() + "claims/";
  }

  public String claim(int attempt) {
    return claims() + String.format(Locale.ROOT, "%04d.json", attempt);
  }

  /** What keeps the backup whatever the policy says, and what lifted that. */
  public String holds() {
    return folder() + "holds/";
  }

  /**
   * @param lifted whether it says that the hold was lifted; the other one stays beside it
   */
  public String hold(String holdId, boolean lifted) {
    return holds() + holdId + (lifted ? ".lifted" : "") + ".json";
  }

  public String run(RunId run) {
    return folder() + run + "/";
  }

  public String sha256Sums(RunId run) {
    return run(run) + "SHA256SUMS";
  }

  /**
   * @param object as {@link io.holdfast.model.manifest.Artifact#object} says
   */
  public String key(String object) {
    return folder() + object;
  }

  /**
   * @param key below {@link #folder}
   * @return as {@link io.holdfast.model.manifest.Artifact#object} wants it
   */
  public String object(String key) {
    if (!key.startsWith(folder())) {
      throw new IllegalArgumentException(key + " is not below " + folder());
    }
    return key.substring(folder().length());
  }

  /**
   * @param number the dump's number within the backup, from 1; makes the key unique whatever the
   *     database is called
   */
  public String customDump(RunId run, int number, String database, Codec codec) {
    return dumps(run, number) + "-" + fileName(database) + ".dump" + codec.suffix();
  }

  /** A tar of a directory dump. */
  public String directoryDump(RunId run, int number, String database, Codec codec) {
    return dumps(run, number) + "-" + fileName(database) + ".dir.tar" + codec.suffix();
  }

  /**
   * {@code {database}_{type}_{timestamp}.sql.gz} in a folder with the dump's number.
   *
   * @param type {@code full}, {@code schema} or {@code data}
   */
  public String plainDump(
      RunId run, int number, String database, String type, Instant at, Codec codec) {
    return dumps(run, number)
        + "/"
        + fileName(database)
        + "_"
        + type
        + "_"
        + TIMESTAMP.format(at)
        + ".sql"
        + codec.suffix();
  }

  private String dumps(RunId run, int number) {
    return run(run) + "dumps/" + String.format(Locale.ROOT, "%04d", number);
  }

  public String globals(RunId run, Codec codec) {
    return run(run) + "globals.sql" + codec.suffix();
  }

  public String baseTar(RunId run, Codec codec) {
    return run(run) + "base.tar" + codec.suffix();
  }

  public String tablespaceTar(RunId run, long oid, Codec codec) {
    return run(run) + oid + ".tar" + codec.suffix();
  }

  public String backupManifest(RunId run, Codec codec) {
    return run(run) + "backup_manifest" + codec.suffix();
  }

  public String configTar(RunId run, Codec codec) {
    return run(run) + "config.tar" + codec.suffix();
  }

  public String inventory(RunId run, Codec codec) {
    return run(run) + "inventory.json" + codec.suffix();
  }

  /** A database's name as far as a file name can say it; the manifest has the whole one. */
  static String fileName(String database) {
    String safe = database.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[.-]", "_");
    return safe.isEmpty() ? "_" : safe.substring(0, Math.min(safe.length(), LONGEST_NAME));
  }
}
