package io.holdfast.worker.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.model.job.JobResult.Scanned;
import io.holdfast.model.job.JobSpec;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.scan.ArchiveFound;
import io.holdfast.model.scan.BackupFound;
import io.holdfast.model.scan.ClusterFound;
import io.holdfast.model.scan.Oddity;
import io.holdfast.model.scan.ScanPage;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.copy.TwoStores;
import io.holdfast.worker.manifest.BackupLayout;
import io.holdfast.worker.manifest.DeclarationLayout;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScanTest {
  private final TestAttempt told = new TestAttempt();
  private TwoStores stores;

  @BeforeEach
  void start() {
    stores = new TwoStores();
  }

  @AfterEach
  void stop() {
    stores.close();
  }

  @Test
  void findsBackupsArchivesAndTheNewestDeclaration() {
    Manifest full = stores.backUp(null, 4000);
    Manifest incremental = stores.backUp(full, 2000);
    stores.archive("000000010000000000000001", 1_048_576);
    stores.archive("000000010000000000000002", 1_048_576);
    stores.archive("000000010000000000000004", 1_048_576);
    declare("2026-11-21T04:05:06Z", "{\"old\":true}");
    declare("2026-11-22T04:05:06Z", "{\"old\":false}");

    Scanned scanned = scan();

    assertThat(found())
        .extracting(BackupFound::manifest)
        .containsExactlyInAnyOrder(full, incremental);
    assertThat(told.pages().stream().flatMap(page -> page.archives().stream()))
        .singleElement()
        .satisfies(
            archive -> {
              assertThat(archive.segments()).isEqualTo(3);
              assertThat(archive.ranges())
                  .containsExactly(
                      new ArchiveFound.Range(
                          1, "000000010000000000000001", "000000010000000000000002"),
                      new ArchiveFound.Range(
                          1, "000000010000000000000004", "000000010000000000000004"));
            });
    assertThat(told.pages().stream().flatMap(page -> page.clusters().stream()))
        .extracting(ClusterFound::declaration)
        .containsExactly("{\"old\":false}");
    assertThat(scanned.backups()).isEqualTo(2);
    assertThat(scanned.oddities()).isZero();
    assertThat(oddities()).isEmpty();
  }

  @Test
  void namesWhatNoManifestAccountsForAndWhatIsNotAsItSays() {
    Manifest whole = stores.backUp(null, 4000);
    Manifest damaged = stores.backUp(null, 4000, 500);
    Manifest gone = stores.backUp(null, 4000);
    Manifest edited = stores.backUp(null, 4000);
    BackupLayout place = layout(damaged);
    stores.overwrite(
        stores.first(), place.key(damaged.artifacts().getFirst().object()), new byte[3]);
    stores.delete(stores.first(), place.key(damaged.artifacts().get(1).object()));
    stores.delete(stores.first(), layout(gone).manifest());
    stores.overwrite(
        stores.first(), layout(edited).manifest(), "{}".getBytes(StandardCharsets.UTF_8));
    String stray = layout(whole).folder() + "0199d0e4-6a00-7000-8000-000000000009/base.tar.zst";
    stores.overwrite(stores.first(), stray, new byte[11]);
    stores.overwrite(stores.first(), "clusters/orders/odd.txt", new byte[5]);

    Scanned unused = scan();

    assertThat(oddities())
        .extracting(Oddity::kind, Oddity::key, Oddity::objects)
        .containsExactlyInAnyOrder(
            tuple(Oddity.Kind.CHANGED, place.key(damaged.artifacts().getFirst().object()), 1L),
            tuple(Oddity.Kind.CHANGED, place.key(damaged.artifacts().get(1).object()), 1L),
            tuple(Oddity.Kind.ORPHAN, layout(gone).folder(), 3L),
            tuple(Oddity.Kind.UNREADABLE, layout(edited).manifest(), 4L),
            tuple(Oddity.Kind.ORPHAN, stray.substring(0, stray.lastIndexOf('/') + 1), 1L),
            tuple(Oddity.Kind.ORPHAN, "clusters/", 1L));
  }

  @Test
  void changesNothing() {
    Manifest backup = stores.backUp(null, 4000);
    stores.delete(stores.first(), layout(backup).manifest());
    Map<String, String> before = stores.digests(stores.first());

    Scanned unused = scan();

    assertThat(stores.digests(stores.first())).isEqualTo(before);
  }

  @Test
  void anEmptyRepositoryHasNoPages() {
    Scanned scanned = scan();

    assertThat(scanned.pages()).isZero();
    assertThat(told.pages()).isEmpty();
  }

  private Scanned scan() {
    return new ScanJob(stores.repositories(), Clock.systemUTC())
        .run(new JobSpec.Scan(stores.first()), told);
  }

  private void declare(String at, String json) {
    stores.overwrite(
        stores.first(),
        DeclarationLayout.key(TwoStores.CLUSTER, Instant.parse(at)),
        json.getBytes(StandardCharsets.UTF_8));
  }

  private List<BackupFound> found() {
    return told.pages().stream().map(ScanPage::backups).flatMap(List::stream).toList();
  }

  private List<Oddity> oddities() {
    return told.pages().stream().map(ScanPage::oddities).flatMap(List::stream).toList();
  }

  private static BackupLayout layout(Manifest manifest) {
    return new BackupLayout(TwoStores.CLUSTER, manifest.backupId());
  }
}
