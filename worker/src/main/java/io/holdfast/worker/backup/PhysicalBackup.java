package io.holdfast.worker.backup;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.Lsn;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Inventory;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.chain.BackupChain;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.source.physical.BaseBackup;
import io.holdfast.worker.source.physical.BaseBackup.Archive;
import io.holdfast.worker.source.physical.BaseBackupOptions;
import io.holdfast.worker.source.physical.ConfigurationFiles;
import io.holdfast.worker.stored.BaseArchives;
import io.holdfast.worker.tar.BackupManifestCheck;
import io.holdfast.worker.tar.FilesSeen;
import io.holdfast.worker.tar.TarInspector;
import io.holdfast.worker.transfer.Tap;
import io.holdfast.worker.transfer.TransferSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A base backup of the whole cluster: tablespaces, base, {@code backup_manifest}, configuration.
 * Its files are held against {@code backup_manifest} while they pass. When the server compresses
 * they are not, because decompressing costs the worker what compressing there was to save: the
 * manifest says so ({@code structureChecked} false), the job notes it, and a verification with
 * level {@code STRUCTURE} makes up for it.
 *
 * <p>With a parent it is an incremental one, PostgreSQL 17 and later: the pages that changed since,
 * as {@code INCREMENTAL.*} files that {@code backup_manifest} lists like any other.
 */
final class PhysicalBackup implements Method {
  /** What says that the parent or the node does not serve, and not that something failed. */
  private static final Set<ErrorCode> NOT_INCREMENTAL =
      EnumSet.of(
          ErrorCode.BACKUP_NOT_FOUND,
          ErrorCode.MANIFEST_UNREADABLE,
          ErrorCode.ARTIFACT_DAMAGED,
          ErrorCode.INVALID_SELECTION,
          ErrorCode.KEY_UNAVAILABLE,
          ErrorCode.KEY_REFUSED,
          ErrorCode.NOT_AUTHENTIC);

  private final BackupRooms rooms;
  private final PhysicalSourceSpec spec;
  private final List<Artifact> artifacts = new ArrayList<>();
  private final FilesSeen files = new FilesSeen();
  private final ByteArrayOutputStream backupManifest = new ByteArrayOutputStream();
  private BackupChain parent;

  PhysicalBackup(BackupRooms rooms, PhysicalSourceSpec spec) {
    this.rooms = rooms;
    this.spec = spec;
  }

  @Override
  public String name() {
    return "PHYSICAL";
  }

  @Override
  public Taken take(Run run) {
    run.attempt().phase("SELECTING", null);
    ChosenNode node = ChosenNode.choose(rooms, run.spec().cluster(), Set.of(), run.attempt());
    try (Meanwhile<ClusterFacts> before = facts(run, node)) {
      return take(run, node, before);
    }
  }

  private Meanwhile<ClusterFacts> facts(Run run, ChosenNode node) {
    return Meanwhile.begin(() -> ClusterFacts.read(rooms, node, run));
  }

  private Taken take(Run run, ChosenNode node, Meanwhile<ClusterFacts> before) {
    BaseBackupOptions options = options(run, null);
    ClusterFacts facts;
    Manifest.Wal wal;
    List<Manifest.Tablespace> tablespaces;
    try (BaseBackup backup = begin(run, node);
        Progress.Registration stop = run.attempt().closeOnStop(backup)) {
      facts = before.await();
      // The server's estimate leaves out the WAL, of which there is one segment at the least.
      long expectedBytes = backup.estimatedBytes() + facts.walSegmentBytes();
      boolean expected = !options.serverCompresses() && parent == null;
      run.attempt().phase("COPYING", expected ? expectedBytes : null);
      for (Optional<Archive> next = backup.next(); next.isPresent(); next = backup.next()) {
        artifacts.add(store(run, options, next.get(), expectedBytes));
      }
      Lsn stopLsn = backup.finish();
      wal =
          new Manifest.Wal(backup.startLsn(), stopLsn, backup.timeline(), facts.walSegmentBytes());
      tablespaces = facts.named(backup.tablespaces());
    } catch (IOException e) {
      throw new JobFailure(
          ErrorCode.SOURCE_FAILED, "closing the base backup failed", "Try again.", e);
    }
    if (options.serverCompresses()) {
      run.attempt()
          .note(
              "STRUCTURE_NOT_CHECKED",
              "the server compressed the archives, so their files were not held against"
                  + " backup_manifest; verify the backup with level STRUCTURE");
    } else {
      requireWhole(node, wal);
    }
    run.attempt().phase("RECORDING", null);
    try (Meanwhile<ClusterFacts> after = facts(run, node)) {
      artifacts.add(storeConfiguration(run, facts.configuration()));
      artifacts.add(storeInventory(run, facts.stillThere(after.await())));
    }
    return new Taken(
        node,
        wal,
        !options.serverCompresses(),
        facts.databases(),
        tablespaces,
        artifacts,
        Map.of(),
        Map.of(),
        parent);
  }

  /** As a full one instead of an incremental one only where the request says so. */
  private BaseBackup begin(Run run, ChosenNode node) {
    if (spec.parent() != null) {
      try {
        return beginIncremental(run, node);
      } catch (JobFailure refusal) {
        if (spec.otherwise() != Otherwise.FULL || !NOT_INCREMENTAL.contains(refusal.code())) {
          throw refusal;
        }
        run.attempt()
            .note("FULL_INSTEAD", "a full backup is taken instead: " + refusal.getMessage());
      }
    }
    return begin(run, node, null);
  }

  private BaseBackup beginIncremental(Run run, ChosenNode node) {
    run.attempt().phase("READING_PARENT", null);
    BackupChain chain = ParentBackup.read(run, spec.parent(), node);
    chain.requireKnown(spec.parentEncrypted(), spec.parentManifestSha256());
    BaseArchives archives = new BaseArchives(chain.asked());
    BaseBackup backup = begin(run, node, () -> archives.bytes(Artifact.Kind.BACKUP_MANIFEST));
    parent = chain;
    return backup;
  }

  private static BaseBackup begin(Run run, ChosenNode node, Supplier<byte[]> parentManifest) {
    run.attempt().phase("CHECKPOINTING", null);
    return BaseBackup.begin(
        node.server(), options(run, parentManifest), node.seen().systemIdentifier(), run.attempt());
  }

  private static BaseBackupOptions options(Run run, Supplier<byte[]> parentManifest) {
    PhysicalSourceSpec physical = (PhysicalSourceSpec) run.spec().source();
    return new BaseBackupOptions(
        "holdfast " + run.spec().backupId(),
        physical.checkpoint(),
        run.compression(),
        parentManifest);
  }

  /**
   * @param expectedBytes plain bytes of all archives
   */
  private Artifact store(Run run, BaseBackupOptions options, Archive archive, long expectedBytes) {
    var codec = run.compression().codec();
    if (archive.isManifest()) {
      TransferSummary stored =
          run.transfer()
              .store(
                  archive.source(),
                  run.layout().backupManifest(run.id(), codec),
                  run.compression(),
                  0,
                  List.of(new Collector(backupManifest)));
      return run.artifact(Artifact.Kind.BACKUP_MANIFEST, null, null, stored);
    }
    Long oid = archive.tablespaceOid();
    String key =
        oid == null
            ? run.layout().baseTar(run.id(), codec)
            : run.layout().tablespaceTar(run.id(), oid, codec);
    Tap inspector =
        oid == null ? TarInspector.ofBase(files) : TarInspector.ofTablespace(oid, files);
    TransferSummary stored =
        options.serverCompresses()
            ? run.transfer().storeCompressed(archive.source(), key, codec, expectedBytes)
            : run.transfer()
                .store(archive.source(), key, run.compression(), expectedBytes, List.of(inspector));
    Artifact.Kind kind = oid == null ? Artifact.Kind.BASE_TAR : Artifact.Kind.TABLESPACE_TAR;
    return run.artifact(kind, null, oid, stored);
  }

  private void requireWhole(ChosenNode node, Manifest.Wal wal) {
    List<String> findings =
        BackupManifestCheck.compare(
            backupManifest.toByteArray(),
            files,
            node.seen().systemIdentifier(),
            wal.segmentSizeBytes());
    if (!findings.isEmpty()) {
      throw new JobFailure(
          ErrorCode.SOURCE_FAILED,
          "what node '"
              + node.node().name()
              + "' sent is not what its backup_manifest lists: "
              + String.join("; ", findings),
          "Look at the server's log and disks.");
    }
  }

  private Artifact storeConfiguration(Run run, ConfigurationFiles.Taken configuration) {
    if (!configuration.filesRead()) {
      run.attempt()
          .note(
              "CONFIGURATION_EFFECTIVE_ONLY",
              "the backup role may not read the configuration files; the settings in effect are"
                  + " kept instead. Files inside the data directory are part of the base backup.");
    }
    TransferSummary stored =
        run.transfer()
            .store(
                configuration.tar(),
                run.layout().configTar(run.id(), run.compression().codec()),
                run.compression());
    return run.artifact(Artifact.Kind.CONFIG_TAR, null, null, stored);
  }

  private Artifact storeInventory(Run run, Inventory inventory) {
    TransferSummary stored =
        run.transfer()
            .store(
                Wire.document(inventory),
                run.layout().inventory(run.id(), run.compression().codec()),
                run.compression());
    return run.artifact(Artifact.Kind.INVENTORY, null, null, stored);
  }

  /** Keeps the bytes of a small stream. */
  private record Collector(ByteArrayOutputStream into) implements Tap {
    @Override
    public void bytes(byte[] buffer, int offset, int length) {
      into.write(buffer, offset, length);
    }

    @Override
    public void end() {}
  }
}
