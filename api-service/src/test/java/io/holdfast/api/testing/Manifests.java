package io.holdfast.api.testing;

import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.RunId;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Encryption;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wire.Wire;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Manifests as a worker would report them. */
public final class Manifests {
  private Manifests() {}

  public static Manifest of(JobCommand.RunJob run, String method, long plainBytes) {
    JobSpec.Backup spec = (JobSpec.Backup) run.spec();
    return of(spec.backupId(), run.jobId(), spec.cluster().name(), method, plainBytes);
  }

  /** A base backup whose WAL lies between two positions of timeline 1. */
  public static Manifest physical(
      JobCommand.RunJob run, String start, String stop, Instant finishedAt) {
    JobSpec.Backup spec = (JobSpec.Backup) run.spec();
    return of(
        spec.backupId(),
        run.jobId(),
        spec.cluster().name(),
        "PHYSICAL",
        4096,
        new Manifest.Wal(Lsn.parse(start), Lsn.parse(stop), 1, 0x100000),
        ((PhysicalSourceSpec) spec.source()).parent(),
        finishedAt);
  }

  /** The same, encrypted. */
  public static Manifest encrypted(Manifest manifest) {
    String encryption = Wire.text(Encryption.envelope("00000000-0000-4000-8000-000000000001"));
    return Wire.read(
        Wire.text(manifest).replaceFirst("\\{", "{\"encryption\":" + encryption + ","),
        Manifest.class);
  }

  private static Manifest of(
      BackupId backupId, JobId jobId, String cluster, String method, long plainBytes) {
    return of(backupId, jobId, cluster, method, plainBytes, null, null, Instant.now());
  }

  private static Manifest of(
      BackupId backupId,
      JobId jobId,
      String cluster,
      String method,
      long plainBytes,
      Manifest.Wal wal,
      BackupId parent,
      Instant now) {
    String sha = "0".repeat(64);
    return new Manifest(
        Manifest.FORMAT,
        backupId,
        RunId.next(Clock.systemUTC()),
        1,
        jobId,
        cluster,
        method,
        "holdfast 0.1.0",
        now.minusSeconds(3),
        now,
        3.0,
        new Manifest.Source("pg-2", NodeRole.STANDBY, 0L, 0.0, "15.18", 150018, "7", 1),
        wal,
        CompressionSpec.zstd(),
        true,
        List.of(new Manifest.Database("orders", "UTF8", "C", "C", "postgres", null)),
        List.of(),
        List.of(
            new Artifact(
                Artifact.Kind.DUMP_CUSTOM,
                "run/dumps/0001-orders.dump.zst",
                "orders",
                null,
                Codec.ZSTD,
                new Artifact.Digest(plainBytes, sha),
                new Artifact.Digest(plainBytes / 4, sha))),
        plainBytes,
        plainBytes / 4,
        parent,
        parent == null ? null : sha,
        null,
        Map.of("pg_dump", "15.18"),
        Map.of(),
        null);
  }
}
