package io.holdfast.model.wire;

import static io.holdfast.model.wire.GoldenValues.AT;
import static io.holdfast.model.wire.GoldenValues.BACKUP;
import static io.holdfast.model.wire.GoldenValues.JOB;
import static io.holdfast.model.wire.GoldenValues.WAL;

import io.holdfast.model.Lsn;
import io.holdfast.model.Problem;
import io.holdfast.model.cluster.NodeObservation;
import io.holdfast.model.cluster.NodeRole;
import io.holdfast.model.cluster.Selection;
import io.holdfast.model.cluster.Topology;
import io.holdfast.model.event.HoldfastEvent;
import io.holdfast.model.event.JobEvent;
import io.holdfast.model.event.WorkerEvent;
import io.holdfast.model.job.JobResult;
import io.holdfast.model.manifest.ContentEntry;
import io.holdfast.model.repository.Capabilities;
import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.model.wal.ArchiveObservation;
import io.holdfast.model.wal.TimelineHistory;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An event of every kind, by the name of its golden file. */
final class GoldenEvents {
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

  private GoldenEvents() {}

  static Map<String, HoldfastEvent> all() {
    Map<String, HoldfastEvent> all = new LinkedHashMap<>();
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
                new Capabilities(true, true, true, true, null, null, null),
                List.of(new JobResult.Finding("writable", "OK", "it can be written", null)))));
    all.put(
        "succeeded-probed-over-tls",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.Probed(
                new Capabilities(true, true, true, true, true, true, AT), List.of())));
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
    all.put(
        "succeeded-wal-reencrypted",
        new JobEvent.Succeeded(
            event(7),
            new JobResult.WalReencrypted(
                "orders",
                12,
                3,
                1000,
                List.of(new JobResult.Finding("wal", "OK", "all are under new keys", null)))));
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

  private static JobEvent.Header event(long sequence) {
    return new JobEvent.Header(
        "e-" + sequence, JOB, 1, sequence, "worker-1", AT, Duration.ofSeconds(30));
  }
}
