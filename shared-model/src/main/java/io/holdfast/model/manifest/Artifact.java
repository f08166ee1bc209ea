package io.holdfast.model.manifest;

import io.holdfast.model.Codec;

/**
 * One stored object of a backup.
 *
 * @param kind see {@link Kind}
 * @param object key relative to the folder of {@code manifest.json}, {@code <runId>/...}
 * @param database for dumps; null otherwise
 * @param tablespaceOid for tablespace tars; null otherwise
 * @param plain before compression; null when the server compressed and the worker did not look
 * @param stored as it lies in the repository
 */
public record Artifact(
    Kind kind,
    String object,
    String database,
    Long tablespaceOid,
    Codec codec,
    Digest plain,
    Digest stored) {

  public enum Kind {
    /** {@code pg_dump -Fc}. */
    DUMP_CUSTOM,
    /** Plain SQL. */
    DUMP_PLAIN,
    /** A tar of {@code pg_dump -Fd}. */
    DUMP_DIRECTORY,
    /** {@code pg_dumpall --globals-only}. */
    GLOBALS,
    /** {@code base.tar}: the data directory and the WAL to start it. */
    BASE_TAR,
    /** One tablespace. */
    TABLESPACE_TAR,
    /** PostgreSQL's own {@code backup_manifest}. */
    BACKUP_MANIFEST,
    /** A tar of the effective configuration files. */
    CONFIG_TAR,
    /** {@link Inventory} as JSON: what a restore is compared with. */
    INVENTORY
  }

  /**
   * @param sha256 lower-case hexadecimal
   */
  public record Digest(long bytes, String sha256) {}
}
