package io.holdfast.worker.stored;

import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.target.logical.StoredDump;
import java.util.List;

/** The dumps of a logical backup, each with what is known of its database. */
public final class StoredDumps {
  private StoredDumps() {}

  /** In the order they were taken. */
  public static List<StoredDump> of(StoredBackup backup) {
    return backup.manifest().artifacts().stream()
        .filter(artifact -> artifact.database() != null)
        .map(
            artifact ->
                new StoredDump(
                    artifact.kind(),
                    database(backup, artifact),
                    artifact.plain().bytes(),
                    () -> backup.open(artifact)))
        .toList();
  }

  /** The artifact of one database's dump. */
  public static Artifact artifact(StoredBackup backup, StoredDump dump) {
    return backup.manifest().artifacts().stream()
        .filter(artifact -> dump.database().name().equals(artifact.database()))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest.Database database(StoredBackup backup, Artifact artifact) {
    return backup.manifest().databases().stream()
        .filter(database -> database.name().equals(artifact.database()))
        .findFirst()
        .orElseThrow();
  }
}
