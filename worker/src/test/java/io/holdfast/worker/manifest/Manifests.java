package io.holdfast.worker.manifest;

import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.RunId;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Artifact.Digest;
import io.holdfast.model.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Manifests to test with. */
final class Manifests {
  static final BackupId BACKUP = new BackupId("0199d0e4-6a00-7000-8000-000000000001");
  static final JobId JOB = new JobId("0199d0e4-6a00-7000-8000-000000000002");
  static final RunId RUN = new RunId("0199d0e4-6a00-7000-8000-000000000003");
  static final RunId OTHER_RUN = new RunId("0199d0e4-6a00-7000-8000-000000000004");
  static final BackupLayout LAYOUT = new BackupLayout("orders", BACKUP);

  private Manifests() {}

  static Manifest of(RunId run, int attempt, List<Artifact> artifacts) {
    return of(run, attempt, artifacts, null, null);
  }

  /** Built on another one. */
  static Manifest incremental(RunId run, int attempt, List<Artifact> artifacts) {
    return of(
        run,
        attempt,
        artifacts,
        new BackupId("0199d0e4-6a00-7000-8000-000000000005"),
        "cc".repeat(32));
  }

  private static Manifest of(
      RunId run,
      int attempt,
      List<Artifact> artifacts,
      BackupId parent,
      String parentManifestSha256) {
    return new Manifest(
        Manifest.FORMAT,
        BACKUP,
        run,
        attempt,
        JOB,
        "orders",
        "PHYSICAL",
        "holdfast 0.1.0",
        Instant.parse("2026-11-21T03:00:00Z"),
        Instant.parse("2026-11-21T03:01:12.500Z"),
        72.5,
        new Manifest.Source(
            "pg-2", NodeRole.STANDBY, 4096L, 0.25, "18.1", 180001, "7400000000000000001", 10),
        new Manifest.Wal(Lsn.parse("2/3000028"), Lsn.parse("2/3000158"), 10, 16 * 1024 * 1024),
        CompressionSpec.zstd(),
        true,
        List.of(new Manifest.Database("orders", "UTF8", "C.UTF-8", "C.UTF-8", "app", null)),
        List.of(new Manifest.Tablespace(16500, "fast", "/srv/fast")),
        artifacts,
        artifacts.stream().mapToLong(artifact -> artifact.plain().bytes()).sum(),
        artifacts.stream().mapToLong(artifact -> artifact.stored().bytes()).sum(),
        parent,
        parentManifestSha256,
        null,
        new TreeMap<>(Map.of("zstd", "1.5.7")),
        new TreeMap<>(Map.of("reason", "nightly")),
        null);
  }

  static Artifact baseTar(RunId run, long storedBytes) {
    return new Artifact(
        Artifact.Kind.BASE_TAR,
        run + "/base.tar.zst",
        null,
        null,
        Codec.ZSTD,
        new Digest(10240, "aa".repeat(32)),
        new Digest(storedBytes, "bb".repeat(32)));
  }
}
