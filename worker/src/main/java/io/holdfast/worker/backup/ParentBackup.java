package io.holdfast.worker.backup;

import io.holdfast.model.BackupId;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.manifest.BackupLayout;
import java.util.Objects;

/** The backup that an incremental one is to build on, before the server is asked. */
final class ParentBackup {
  private ParentBackup() {}

  /**
   * @return it with everything that it builds on itself
   * @throws JobFailure as {@link BackupChain#readParent}; INVALID_SELECTION when it is no base
   *     backup of the node's system; KEY_UNAVAILABLE when this worker may not decrypt it
   */
  static BackupChain read(Run run, BackupId parent, ChosenNode node) {
    BackupChain chain =
        BackupChain.readParent(
            run.repository(),
            run.manifests(),
            new BackupLayout(run.layout().cluster(), parent),
            run.transfer(),
            run.attempt());
    requireFits(chain.asked().manifest(), node);
    chain.asked().seal().requireReadable(); // the server is sent its backup_manifest
    return chain;
  }

  /** What the server would find out too, but in words that name the backup. */
  private static void requireFits(Manifest parent, ChosenNode node) {
    if (!parent.method().equals("PHYSICAL")) {
      throw cannotBuildOn(parent, "it is a logical one");
    }
    if (!Objects.equals(parent.source().systemIdentifier(), node.seen().systemIdentifier())) {
      throw cannotBuildOn(
          parent,
          "it is of system "
              + parent.source().systemIdentifier()
              + ", and node '"
              + node.node().name()
              + "' is of "
              + node.seen().systemIdentifier());
    }
  }

  private static JobFailure cannotBuildOn(Manifest parent, String because) {
    return new JobFailure(
        ErrorCode.INVALID_SELECTION,
        "nothing can build on backup " + parent.backupId() + ": " + because,
        "Name a base backup of the same cluster as parent, or take a full backup.");
  }
}
