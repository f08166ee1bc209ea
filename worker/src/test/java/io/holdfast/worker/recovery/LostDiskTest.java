package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.Lsn;
import io.holdfast.model.cluster.ClusterSpec;
import io.holdfast.model.command.CommandHeader;
import io.holdfast.model.command.JobCommand.ArchiveCluster;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.model.wal.ArchiveSpec;
import io.holdfast.model.wal.ArchiveSpec.Mode;
import io.holdfast.model.wal.SegmentSize;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.model.wire.Wire;
import io.holdfast.worker.encryption.Seals;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.Repository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalStore;
import io.holdfast.worker.wal.archive.Declarations;
import io.holdfast.worker.wal.archive.OpenArchives;
import io.holdfast.worker.wal.stream.Streams;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The primary and its disk are gone in the middle of a segment, which a worker had streamed. */
class LostDiskTest {
  @Test
  void bringsBackTheLastCommitsOfTheUnfinishedSegment() throws Exception {
    try (ArchivedCluster cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 16)) {
      PostgresServer primary = cluster.primary();
      primary.set(Map.of("max_slot_wal_keep_size", "1GB"));
      primary.execute("select pg_reload_conf()");
      WalLayout layout = cluster.layout();
      SegmentSize size = cluster.size();
      Declarations declarations = declarations(cluster);
      Manifest backup;
      Commit last;
      try (Repository repository = cluster.repositories().open(cluster.repository());
          OpenArchives archives = archives(cluster, declarations);
          Streams streams = streams(cluster, declarations, archives)) {
        streams.adjust();
        backup = cluster.backUp();
        Commit whole = cluster.commit(1);
        primary.execute("select pg_switch_wal()");
        WalStore store = new WalStore(repository, layout);
        await()
            .atMost(Duration.ofSeconds(40))
            .until(() -> store.has(WalFileName.segment(1, size.number(whole.end()), size)));
        Commit unused = cluster.commit(2);
        last = cluster.commit(3);
        awaitStored(store, last.end(), size);
        primary.kill();
        assertThat(store.has(WalFileName.segment(1, size.number(last.end()), size))).isFalse();
      }
      Folders.delete(primary.data());

      Restored restored = cluster.restore(backup, new RecoveryTarget.Latest());

      assertThat(cluster.ledger(restored)).isEqualTo("1,2,3");
      assertThat(Lsn.parse(restored.details().get("reachedLsn")))
          .isGreaterThanOrEqualTo(last.end());
    }
  }

  private static void awaitStored(WalStore store, Lsn end, SegmentSize size) {
    WalFileName segment = WalFileName.segment(1, size.number(end), size);
    long bytes = end.bytesSince(size.start(size.number(end)));
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> store.growing(segment).map(part -> part.length).orElse(0) >= bytes);
  }

  private static Streams streams(
      ArchivedCluster cluster, Declarations declarations, OpenArchives archives) {
    return new Streams(
        declarations,
        archives,
        cluster.nodes()::probe,
        cluster.credentials(),
        Clock.systemUTC(),
        Waiter.real());
  }

  private static OpenArchives archives(ArchivedCluster cluster, Declarations declarations) {
    return new OpenArchives(
        declarations,
        cluster.repositories(),
        new Seals(new Keyring(cluster.credentials())),
        cluster.nodes()::probe,
        (name, wal, code, detail, kept) -> {
          throw new AssertionError(code + " " + wal + ": " + detail);
        });
  }

  private static Declarations declarations(ArchivedCluster cluster) {
    Declarations declarations =
        Declarations.open(cluster.folder().resolve("state"), signed -> true);
    ClusterSpec known = cluster.spec();
    ClusterSpec spec =
        new ClusterSpec(
            known.name(),
            known.nodes(),
            known.credentialsRef(),
            known.sslMode(),
            known.maintenanceDatabase(),
            known.standbyPolicy(),
            cluster.layout().systemIdentifier());
    boolean unused =
        declarations.take(
            new Declarations.Signed(
                Wire.bytes(
                    new ArchiveCluster(
                        new CommandHeader("c", "default", null, null),
                        1,
                        spec,
                        cluster.repository(),
                        new ArchiveSpec(Mode.STREAM, 0, null, Duration.ofSeconds(1), false))),
                null,
                null));
    return declarations;
  }
}
