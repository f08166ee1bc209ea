package io.holdfast.worker.expire;

import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.RunId;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.Seal;
import io.holdfast.worker.manifest.BackupFolders;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.ManifestStore;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.repository.Repository.ObjectStat;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.wal.WalLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Small backups and WAL of cluster {@code orders}, as workers leave them in a repository. */
final class Shelf {
  static final String CLUSTER = "orders";
  static final String SYSTEM = "7";
  static final SegmentSize SIZE = new SegmentSize(1024 * 1024);

  private final Repository repository;

  Shelf(Repository repository) {
    this.repository = repository;
  }

  /**
   * @param segment in which it was taken
   * @param parent null: a full one
   */
  BackupId backup(int segment, BackupId parent, Instant at) {
    Clock clock = Clock.fixed(at, ZoneOffset.UTC);
    ManifestStore manifests = new ManifestStore(repository, clock);
    BackupLayout layout = new BackupLayout(CLUSTER, BackupId.next(clock));
    RunId run = RunId.next(clock);
    JobId job = JobId.next(clock);
    manifests.claim(layout, job, 1, run, "worker-1", parent);
    byte[] content = ("base of " + layout.backupId()).getBytes(StandardCharsets.UTF_8);
    String sha256 = store(layout.baseTar(run, Codec.ZSTD), content);
    Artifact base =
        new Artifact(
            Artifact.Kind.BASE_TAR,
            layout.object(layout.baseTar(run, Codec.ZSTD)),
            null,
            null,
            Codec.ZSTD,
            new Artifact.Digest(content.length, sha256),
            new Artifact.Digest(content.length, sha256));
    Manifest committed =
        manifests.commit(
            new Manifest(
                Manifest.FORMAT,
                layout.backupId(),
                run,
                1,
                job,
                CLUSTER,
                "PHYSICAL",
                "holdfast test",
                at,
                at,
                0,
                new Manifest.Source("pg-1", NodeRole.PRIMARY, 0L, 0.0, "17.2", 170002, SYSTEM, 1),
                new Manifest.Wal(lsn(segment, 40), lsn(segment, 400), 1, SIZE.bytes()),
                CompressionSpec.zstd(),
                true,
                List.of(),
                List.of(),
                List.of(base),
                content.length,
                content.length,
                parent,
                parent == null ? null : "ab".repeat(32),
                null,
                Map.of(),
                Map.of(),
                null),
            Seal.none());
    return committed.backupId();
  }

  /** What an attempt left that began and did not end. */
  BackupId unfinished(BackupId parent, Instant at) {
    Clock clock = Clock.fixed(at, ZoneOffset.UTC);
    BackupLayout layout = new BackupLayout(CLUSTER, BackupId.next(clock));
    RunId run = RunId.next(clock);
    new ManifestStore(repository, clock)
        .claim(layout, JobId.next(clock), 1, run, "worker-1", parent);
    store(layout.baseTar(run, Codec.ZSTD), new byte[100]);
    return layout.backupId();
  }

  /** Segments of timeline 1, and the history of timeline 2. */
  void wal(int from, int to) {
    WalLayout layout = new WalLayout(CLUSTER, SYSTEM);
    for (int number = from; number < to; number++) {
      store(layout.key(WalFileName.segment(1, number, SIZE)), new byte[10]);
    }
    store(layout.key(WalFileName.history(2)), new byte[10]);
  }

  /** Numbers of the segments that are there. */
  List<Long> segments() {
    return repository.list(new WalLayout(CLUSTER, SYSTEM).folder()).stream()
        .flatMap(object -> WalLayout.file(object.key()).stream())
        .filter(file -> file.kind() == WalFileName.Kind.SEGMENT)
        .map(file -> file.number(SIZE))
        .toList();
  }

  /** Ids of the backups that exist; an error unless every object of each is there. */
  List<BackupId> existing() {
    BackupFolders folders = BackupFolders.list(repository, CLUSTER);
    List<BackupId> existing = folders.ids().stream().filter(folders::exists).toList();
    for (BackupId id : existing) {
      if (!folders.whole(folders.manifest(id))) {
        throw new AssertionError("backup " + id + " exists and is not whole");
      }
    }
    return existing;
  }

  /** Every key below the folders of backups. */
  List<String> keys() {
    return repository.list(BackupLayout.backups(CLUSTER)).stream().map(ObjectStat::key).toList();
  }

  static Lsn lsn(int segment, int offset) {
    return new Lsn((long) segment * SIZE.bytes() + offset);
  }

  private String store(String key, byte[] content) {
    String sha256 = sha256(content);
    try (StagedObject staged = repository.stage(key, content.length)) {
      staged.write(content);
      staged.commit(sha256);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sha256;
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
