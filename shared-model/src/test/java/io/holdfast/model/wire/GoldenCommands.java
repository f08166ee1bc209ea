package io.holdfast.model.wire;

import static io.holdfast.model.wire.GoldenValues.AT;
import static io.holdfast.model.wire.GoldenValues.BACKUP;
import static io.holdfast.model.wire.GoldenValues.JOB;
import static io.holdfast.model.wire.GoldenValues.WAL;

import io.holdfast.model.BackupId;
import io.holdfast.model.Lsn;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.Doomed;
import io.holdfast.model.job.FormerSystem;
import io.holdfast.model.job.HoldOnBackup;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.PortableDeclaration;
import io.holdfast.model.job.SizeBand;
import io.holdfast.model.job.Sweep;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.HoldNote;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import io.holdfast.model.restore.LogicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wal.ArchiveSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A command of every kind, by the name of its golden file. */
final class GoldenCommands {
  private static final S3RepositorySpec S3 =
      new S3RepositorySpec(
          "minio", "http://10.0.0.9:9000", null, "backups", "pg", new SecretRef("minio"));
  private static final FilesystemRepositorySpec DISK =
      new FilesystemRepositorySpec("disk", "/var/lib/holdfast/repositories/disk");
  private static final ClusterSpec CLUSTER =
      new ClusterSpec(
          "orders",
          List.of(new NodeSpec("pg-1", "10.0.0.1", 5432), new NodeSpec("pg-2", "10.0.0.2", 5432)),
          new SecretRef("orders-db"),
          null,
          null,
          null,
          "7341234567890123456");
  private static final ArchiveSpec ARCHIVE =
      new ArchiveSpec(ArchiveSpec.Mode.STREAM, 3, null, Duration.ofSeconds(10), false);

  private GoldenCommands() {}

  static Map<String, JobCommand> all() {
    Map<String, JobCommand> all = new LinkedHashMap<>();
    all.put(
        "run-job-logical-backup",
        run(
            new JobSpec.Backup(
                BACKUP,
                CLUSTER,
                S3,
                new LogicalSourceSpec(
                    null, List.of("shop*"), null, null, null, null, null, null, 0, null),
                null,
                50_000_000L,
                new SizeBand(1000, 2000),
                Map.of("purpose", "nightly"))));
    all.put(
        "run-job-physical-backup",
        run(
            new JobSpec.Backup(
                BACKUP, CLUSTER, DISK, new PhysicalSourceSpec(null), null, null, null, null)));
    all.put(
        "run-job-logical-restore",
        run(
            new JobSpec.Restore(
                BACKUP,
                "orders",
                S3,
                new LogicalRestoreTarget(
                    CLUSTER, "pg-1", List.of("shop"), "shop2", null, null, null, true, null, 0),
                false)));
    all.put(
        "run-job-physical-restore",
        run(
            new JobSpec.Restore(
                BACKUP,
                "orders",
                DISK,
                new PhysicalRestoreTarget("/srv/restored", null, false, true, null),
                true)));
    all.put(
        "run-job-verify", run(new JobSpec.Verify(BACKUP, "orders", S3, VerificationLevel.RESTORE)));
    all.put("run-job-check", run(new JobSpec.Check(CLUSTER, S3)));
    all.put("run-job-probe", run(new JobSpec.Probe(DISK)));
    all.put(
        "run-job-probe-locked",
        run(
            new JobSpec.Probe(
                new S3RepositorySpec(
                    "vault",
                    "https://s3.example",
                    "eu-central-1",
                    "backups",
                    null,
                    new SecretRef("vault"),
                    null,
                    new ObjectLock(ObjectLock.Mode.COMPLIANCE, Duration.ofDays(30))))));
    all.put(
        "run-job-probe-store-encrypts",
        run(
            new JobSpec.Probe(
                new S3RepositorySpec(
                    "vault",
                    "https://s3.example",
                    "eu-central-1",
                    "backups",
                    null,
                    new SecretRef("vault"),
                    null,
                    null,
                    new ServerEncryption(ServerEncryption.Mode.KMS, "alias/backups")))));
    all.put(
        "run-job-recovery",
        run(
            new JobSpec.Restore(
                BACKUP,
                "orders",
                DISK,
                new PhysicalRestoreTarget(
                    "/srv/restored",
                    null,
                    new RecoveryTarget.Time(AT, false),
                    "current",
                    PhysicalRestoreTarget.EndAction.PAUSE,
                    true,
                    false,
                    5433),
                false)));
    all.put(
        "run-job-standby",
        run(
            new JobSpec.Restore(
                BACKUP,
                "orders",
                DISK,
                new PhysicalRestoreTarget(
                    "/srv/restored",
                    null,
                    new RecoveryTarget.Standby(CLUSTER, "pg_3"),
                    null,
                    null,
                    true,
                    false,
                    null),
                false)));
    all.put(
        "run-job-incremental-backup",
        run(
            new JobSpec.Backup(
                BACKUP,
                CLUSTER,
                DISK,
                new PhysicalSourceSpec(null, BACKUP, PhysicalSourceSpec.Otherwise.FULL),
                null,
                null,
                null,
                null)));
    all.put(
        "run-job-enveloped-backup",
        run(
            new JobSpec.Backup(
                BACKUP,
                CLUSTER.encrypted(new EncryptionSpec.Envelope(new SecretRef("orders-2026"))),
                DISK,
                new PhysicalSourceSpec(null),
                null,
                null,
                null,
                null)));
    all.put(
        "archive-cluster-openpgp",
        new JobCommand.ArchiveCluster(
            header(),
            4,
            CLUSTER.encrypted(
                new EncryptionSpec.OpenPgp(
                    List.of(new SecretRef("auditor"), new SecretRef("safe")),
                    new SecretRef("workers"))),
            DISK,
            ARCHIVE));
    all.put(
        "run-job-rotate-keys",
        run(new JobSpec.RotateKeys("orders", DISK, new SecretRef("orders-2026"))));
    all.put(
        "run-job-verify-known",
        run(
            new JobSpec.Verify(BACKUP, "orders", S3, VerificationLevel.RESTORE)
                .known(true, "ab".repeat(32))));
    all.put(
        "run-job-incremental-of-known",
        run(
            new JobSpec.Backup(
                BACKUP,
                CLUSTER,
                DISK,
                new PhysicalSourceSpec(
                    null, BACKUP, PhysicalSourceSpec.Otherwise.FULL, true, "ab".repeat(32)),
                null,
                null,
                null,
                null)));
    all.put(
        "run-job-reencrypt",
        run(
            new JobSpec.Reencrypt(
                new BackupId("01a1fc90-b1c2-7f6e-8d21-0a9b8c7d6e5f"),
                BACKUP,
                "ab".repeat(32),
                new BackupId("01a1fc90-b000-7f6e-8d21-0a9b8c7d6e5f"),
                "orders",
                DISK,
                new EncryptionSpec.Envelope(new SecretRef("orders-2026")))));
    all.put(
        "run-job-reencrypt-wal",
        run(
            new JobSpec.ReencryptWal(
                "orders",
                DISK,
                List.of(S3),
                new EncryptionSpec.Envelope(new SecretRef("orders-2026")))));
    all.put(
        "run-job-verify-encrypted",
        run(new JobSpec.Verify(BACKUP, "orders", S3, VerificationLevel.RESTORE).known(true, null)));
    all.put("run-job-restore-point", run(new JobSpec.RestorePoint(CLUSTER, DISK, "before-v2")));
    all.put(
        "run-job-drill",
        run(
            new JobSpec.Drill(
                BACKUP,
                "orders",
                DISK,
                new DrillSpec(
                    new RecoveryTarget.Position(Lsn.parse("2A/1F0000C8"), true),
                    "3",
                    true,
                    List.of(
                        new DrillSpec.Assertion(
                            "balanced", "shop", "select sum(amount) = 0 from ledger", null)),
                    null,
                    null))));
    all.put("run-job-copy", run(new JobSpec.Copy(BACKUP, "orders", DISK, S3.inClass("GLACIER"))));
    all.put(
        "run-job-copy-known",
        run(new JobSpec.Copy(BACKUP, "orders", DISK, S3).known(true, "ab".repeat(32))));
    all.put("run-job-copy-wal", run(new JobSpec.CopyWal("orders", DISK, S3)));
    all.put(
        "run-job-copy-wal-expired",
        run(
            new JobSpec.CopyWal(
                "orders", DISK, S3, List.of(WAL), List.of("7000000000000000001"), List.of(WAL))));
    all.put("run-job-scan", run(new JobSpec.Scan(S3)));
    all.put(
        "run-job-restore-with-copies",
        run(
            new JobSpec.Restore(
                BACKUP,
                "orders",
                DISK,
                new PhysicalRestoreTarget("/srv/restored", null, false, true, null),
                false,
                List.of(S3))));
    all.put(
        "run-job-drill-with-copies",
        run(
            new JobSpec.Drill(
                BACKUP,
                "orders",
                DISK,
                new DrillSpec(new RecoveryTarget.Latest(), null, true, List.of(), null, null),
                List.of(S3))));
    all.put(
        "run-job-backup-with-declaration",
        run(
            new JobSpec.Backup(
                BACKUP,
                CLUSTER,
                DISK,
                new PhysicalSourceSpec(null),
                null,
                null,
                null,
                null,
                new PortableDeclaration("{\"repository\":\"disk\"}", AT))));
    all.put(
        "run-job-expire",
        run(
            new JobSpec.Expire(
                "orders",
                DISK,
                List.of(new Doomed(BACKUP, "no tier needs it")),
                List.of(WAL),
                new Sweep(Duration.ofDays(7), List.of(BACKUP)),
                false)));
    all.put(
        "run-job-expire-former-system",
        run(
            new JobSpec.Expire(
                "orders",
                DISK,
                List.of(),
                List.of(),
                new Sweep(Duration.ofDays(7), List.of(), List.of(WAL)),
                true,
                List.of(new FormerSystem("7000000000000000001", "no backup of it stays")))));
    all.put(
        "run-job-legal-hold",
        run(new JobSpec.LegalHold("orders", S3, List.of(BACKUP), List.of(BACKUP))));
    all.put(
        "run-job-hold-with-notes",
        run(
            new JobSpec.LegalHold(
                "orders",
                S3,
                List.of(BACKUP),
                List.of(),
                List.of(
                    new HoldOnBackup(
                        BACKUP,
                        new HoldNote(
                            "01a1fc90-0000-706d-a22a-50bc7364c0ea",
                            "LEGAL",
                            "case 7",
                            null,
                            AT,
                            "hfk_1",
                            AT,
                            "hfk_2",
                            "settled"))),
                List.of(WAL),
                List.of(WAL))));
    all.put("archive-cluster", new JobCommand.ArchiveCluster(header(), 4, CLUSTER, DISK, ARCHIVE));
    all.put("observe-archive", new JobCommand.ObserveArchive(header(), CLUSTER, S3, ARCHIVE));
    all.put("cancel-job", new JobCommand.CancelJob(header(), JOB, 1, "not needed"));
    all.put("observe-topology", new JobCommand.ObserveTopology(header(), CLUSTER));
    return all;
  }

  private static JobCommand run(JobSpec spec) {
    return new JobCommand.RunJob(
        header(), JOB, 1, Duration.ofSeconds(30), AT.plusSeconds(3600), spec);
  }

  private static CommandHeader header() {
    return new CommandHeader(
        "7a5c9a4e-0000-4000-8000-000000000001", "inner", AT, AT.plusSeconds(300));
  }
}
