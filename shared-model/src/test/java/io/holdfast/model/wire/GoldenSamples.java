package io.holdfast.model.wire;

import io.holdfast.model.BackupId;
import io.holdfast.model.JobId;
import io.holdfast.model.Lsn;
import io.holdfast.model.Problem;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.NodeSpec;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand;
import io.holdfast.model.drill.DrillSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.repository.FilesystemRepositorySpec;
import io.holdfast.model.repository.ObjectLock;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.model.repository.ServerEncryption;
import io.holdfast.model.restore.LogicalRestoreTarget;
import io.holdfast.model.restore.PhysicalRestoreTarget;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wal.TimelineHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One value of every kind that travels, by the name of its golden file. */
final class GoldenSamples {
  private static final Instant AT = Instant.parse("2026-11-21T04:05:06.789Z");
  private static final JobId JOB = new JobId("01a1fc90-9e4c-706d-a22a-50bc7364c0ea");
  private static final BackupId BACKUP = new BackupId("01a1fc90-a296-79a1-b9a2-9b81d1acafe1");
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
  private static final JobSpec.WalRange WAL =
      new JobSpec.WalRange(
          "7341234567890123456", 1, 16_777_216, Lsn.parse("0/1000000"), Lsn.parse("2A/1E000000"));
  private static final NodeObservation SEEN =
      new NodeObservation(
          "pg-2",
          NodeRole.STANDBY,
          null,
          "15.18",
          150018,
          "7341234567890123456",
          3,
          Lsn.parse("2A/1F0000C8"),
          0L,
          0.0,
          "streaming",
          false,
          0.0,
          30.0,
          false);
  private static final Topology TOPOLOGY =
      new Topology(
          "orders", AT, List.of(NodeObservation.unreachable("pg-1", "connection refused"), SEEN));

  private GoldenSamples() {}

  static Map<String, JobCommand> commands() {
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
                new JobSpec.SizeBand(1000, 2000),
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
        "run-job-verify-encrypted",
        run(new JobSpec.Verify(BACKUP, "orders", S3, VerificationLevel.RESTORE).encrypted(true)));
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
    all.put("run-job-copy-wal", run(new JobSpec.CopyWal("orders", DISK, S3)));
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
                new JobSpec.Declaration("{\"repository\":\"disk\"}", AT))));
    all.put(
        "run-job-expire",
        run(
            new JobSpec.Expire(
                "orders",
                DISK,
                List.of(new JobSpec.Doomed(BACKUP, "no tier needs it")),
                List.of(WAL),
                new JobSpec.Sweep(Duration.ofDays(7), List.of(BACKUP)),
                false)));
    all.put(
        "run-job-legal-hold",
        run(new JobSpec.LegalHold("orders", S3, List.of(BACKUP), List.of(BACKUP))));
    all.put("archive-cluster", new JobCommand.ArchiveCluster(header(), 4, CLUSTER, DISK, ARCHIVE));
    all.put("observe-archive", new JobCommand.ObserveArchive(header(), CLUSTER, S3, ARCHIVE));
    all.put("cancel-job", new JobCommand.CancelJob(header(), JOB, 1, "not needed"));
    all.put("observe-topology", new JobCommand.ObserveTopology(header(), CLUSTER));
    return all;
  }

  static Map<String, io.holdfast.model.event.HoldfastEvent> events() {
    Map<String, io.holdfast.model.event.HoldfastEvent> all = new LinkedHashMap<>();
    all.put("accepted", new JobEvent.Accepted(event(1)));
    all.put("started", new JobEvent.Started(event(2)));
    all.put(
        "node-selected",
        new JobEvent.NodeSelected(
            event(3),
            new Selection(
                "pg-2",
                "standby 'pg-2' has the least lag",
                List.of(new Selection.Verdict(true, "CHOSEN", "has the least lag", SEEN))),
            TOPOLOGY));
    all.put("progressed", new JobEvent.Progressed(event(4), "DUMPING shop", 10, null, 5));
    all.put("noted", new JobEvent.Noted(event(5), "RECOVERY_CONFLICT", "dumped again elsewhere"));
    all.put(
        "contents-listed",
        new JobEvent.ContentsListed(
            event(6), "shop", 1, List.of(new ContentEntry("TABLE", "public", "invoices", "me"))));
    all.put(
        "succeeded",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.Probed(
                new Capabilities(true, true, true, true, null, null),
                List.of(new JobResult.Finding("writable", "OK", "it can be written", null)))));
    all.put(
        "repository-scanned",
        new JobEvent.RepositoryScanned(
            event(6),
            new ScanPage(
                1,
                List.of(),
                List.of(
                    new ArchiveFound(
                        "orders",
                        "7341234567890123456",
                        2,
                        4096,
                        List.of(
                            new ArchiveFound.Range(
                                2, "000000020000002A0000001E", "000000020000002A0000001F")))),
                List.of(
                    new ClusterFound(
                        "orders",
                        "clusters/orders/declarations/20261121T040506Z.json",
                        "{\"repository\":\"disk\"}")),
                List.of(
                    new Oddity(
                        Oddity.Kind.ORPHAN,
                        "orders",
                        BACKUP.value(),
                        "clusters/orders/backups/" + BACKUP + "/",
                        3,
                        1000,
                        "no manifest names them")))));
    all.put(
        "succeeded-copied",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.Copied(
                BACKUP,
                "minio",
                List.of(new JobResult.CopiedBackup(BACKUP, 1000, "ab".repeat(32))),
                3,
                900,
                true)));
    all.put(
        "succeeded-wal-copied",
        new JobEvent.Succeeded(
            event(7), new JobResult.WalCopied("orders", "minio", AT, 2, 4096, 40, List.of())));
    all.put(
        "succeeded-scanned",
        new JobEvent.Succeeded(event(7), new JobResult.Scanned("minio", AT, 1, 9, 4096, 1, 1, 1)));
    all.put(
        "held",
        new JobEvent.Succeeded(event(7), new JobResult.Held(List.of(BACKUP), List.of(BACKUP), 12)));
    all.put(
        "expired",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.Expired(
                false,
                List.of(BACKUP),
                List.of(new JobResult.Kept(BACKUP, "backup X builds on it")),
                List.of(WAL),
                12,
                3456,
                List.of(new JobResult.Finding("backups", "OK", "1 backup is gone", null)))));
    all.put(
        "failed",
        new JobEvent.Failed(event(7), new Problem("SOURCE_FAILED", "it broke", "mend it", true)));
    all.put(
        "succeeded-keys-rotated",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.KeysRotated(
                "orders",
                "orders-2026",
                2,
                3,
                List.of(new JobResult.Finding("keys", "OK", "all are wrapped", null)))));
    all.put("cancelled", new JobEvent.Cancelled(event(7), "not needed"));
    all.put(
        "command-refused",
        new WorkerEvent.CommandRefused(
            "e-1",
            "worker-1",
            AT,
            "inner",
            JOB,
            1,
            false,
            new Problem("COMMAND_REFUSED", "not signed", "look", false)));
    all.put("topology-observed", new WorkerEvent.TopologyObserved("e-2", "worker-1", AT, TOPOLOGY));
    all.put(
        "archive-observed",
        new WorkerEvent.ArchiveObserved(
            "e-4",
            "worker-1",
            AT,
            new ArchiveObservation(
                "orders",
                AT,
                "7341234567890123456",
                16_777_216,
                List.of(
                    new ArchiveObservation.Timeline(
                        2,
                        new TimelineHistory(
                            2, List.of(new TimelineHistory.Ancestor(1, Lsn.parse("2A/1E000000")))),
                        List.of(
                            new ArchiveObservation.Range(
                                Lsn.parse("2A/1E000000"), Lsn.parse("2A/1F000000"))))),
                AT,
                new ArchiveObservation.Primary(
                    "pg-1",
                    2,
                    Lsn.parse("2A/1F0000C8"),
                    Lsn.parse("2A/1F000000"),
                    false,
                    1.5,
                    new ArchiveObservation.Settings("on", 60, "replica")),
                new ArchiveObservation.Slot(
                    "holdfast_orders", "pg-1", true, "reserved", 200L, 1_073_741_824L),
                null)));
    all.put(
        "wal-refused",
        new WorkerEvent.WalRefused(
            "e-5",
            "worker-1",
            AT,
            "orders",
            "000000020000002A0000001F",
            "SPLIT_BRAIN",
            "it is archived already, with other content",
            "clusters/orders/wal/conflict"));
    all.put(
        "heartbeat",
        new WorkerEvent.Heartbeat(
            "e-3", "worker-1", AT, "inner", "0.1.0", List.of(15, 18), List.of(JOB)));
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

  private static JobEvent.Header event(long sequence) {
    return new JobEvent.Header(
        "e-" + sequence, JOB, 1, sequence, "worker-1", AT, Duration.ofSeconds(30));
  }
}
