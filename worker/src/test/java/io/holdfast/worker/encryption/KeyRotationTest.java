package io.holdfast.worker.encryption;

import static io.holdfast.worker.failure.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.KeysRotated;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.wal.WalFileName;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.keys.Keyring;
import io.holdfast.worker.repository.filesystem.FilesystemRepository;
import io.holdfast.worker.wal.WalLayout;
import io.holdfast.worker.wal.WalObject;
import io.holdfast.worker.wal.WalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replacing a key-encryption key while the data stay as they are. */
class KeyRotationTest {
  private static final SourceSpec DUMP =
      new LogicalSourceSpec(null, List.of("shop"), null, null, null, null, null, null, 0, null);
  private static final byte[] HISTORY = "1\t0/3000000\tfailover\n".getBytes(StandardCharsets.UTF_8);

  private EncryptedCluster cluster;
  private Keys keys;
  private Worker both;
  private Worker oldOnly;
  private Worker newOnly;
  private Manifest before;

  @BeforeEach
  void backUp() throws IOException {
    cluster = new EncryptedCluster();
    keys = cluster.keys().envelope("old").envelope("new");
    both = cluster.worker(keys);
    oldOnly = cluster.worker(cluster.keys().envelopeFile("old", keys.file("old")));
    newOnly = cluster.worker(cluster.keys().envelopeFile("new", keys.file("new")));
    before = oldOnly.backUp(DUMP, spec("old"));
    WalStore archive = wal(oldOnly, spec("old"));
    assertThat(archive.put(WalFileName.history(2), history(archive)).outcome())
        .isEqualTo(WalStore.Outcome.STORED);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void bringsOldAndNewBackupsUnderTheNewKeyAndTouchesNoData() throws IOException {
    Map<String, String> data = data();
    Manifest after = both.backUp(DUMP, spec("new"));

    KeysRotated rotated = both.rotate("new");

    assertThat(rotated.wrapped()).isEqualTo(2);
    assertThat(rotated.dataKeys()).isEqualTo(3);
    assertThat(data()).containsAllEntriesOf(data);
    for (Manifest each : List.of(before, after)) {
      assertThat(newOnly.verify(each.backupId(), VerificationLevel.RESTORE).findings())
          .allSatisfy(finding -> assertThat(finding.outcome()).isEqualTo("OK"));
      assertRefused(
          ErrorCode.KEY_UNAVAILABLE,
          () -> oldOnly.verify(each.backupId(), VerificationLevel.STRUCTURE));
    }
    assertThat(wal(newOnly, null).get(WalFileName.history(2))).contains(HISTORY);
    assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> wal(oldOnly, null).get(WalFileName.history(2)));
    assertThat(forms()).hasSize(3).allMatch(form -> form.contains("\"key\" : \"new\""));
  }

  @Test
  void canBeDoneAgainAndCarriesOnWhereItDied() throws IOException {
    Path form = formFiles().getFirst();
    byte[] old = Files.readAllBytes(form);
    assertThat(both.rotate("new").wrapped()).isEqualTo(2);
    Files.write(form, old); // as if it had died before it removed this one

    assertThat(both.rotate("new").wrapped()).isZero();

    assertThat(form).doesNotExist();
    assertThat(newOnly.verify(before.backupId(), VerificationLevel.STRUCTURE)).isNotNull();
  }

  @Test
  void leavesEverythingReadableWhenItLacksOneOfTheKeys() throws IOException {
    assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> newOnly.rotate("new"));
    assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> oldOnly.rotate("new"));

    assertThat(oldOnly.verify(before.backupId(), VerificationLevel.STRUCTURE)).isNotNull();
    assertThat(forms()).hasSize(2).allMatch(form -> form.contains("\"key\" : \"old\""));
  }

  private static EncryptionSpec spec(String key) {
    return new EncryptionSpec.Envelope(new SecretRef(key));
  }

  private WalStore wal(Worker worker, EncryptionSpec spec) {
    return new WalStore(
        new FilesystemRepository(cluster.repository()),
        new WalLayout(EncryptedCluster.CLUSTER, "7"),
        new Seals(new Keyring(worker.credentials)),
        spec,
        Clock.systemUTC());
  }

  private WalObject.Encoded history(WalStore archive) throws IOException {
    return archive.encode(
        WalFileName.history(2), new ByteArrayInputStream(HISTORY), HISTORY.length, 1);
  }

  private Map<String, String> data() throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> all = Files.walk(cluster.repository())) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.toString().contains("/keys/")) {
          digests.put(file.toString(), Forgery.sha256(Files.readAllBytes(file)));
        }
      }
    }
    return digests;
  }

  private List<Path> formFiles() throws IOException {
    try (Stream<Path> all = Files.walk(cluster.repository())) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().contains("/keys/"))
          .sorted()
          .toList();
    }
  }

  private List<String> forms() throws IOException {
    return formFiles().stream()
        .map(
            file -> {
              try {
                return Files.readString(file);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .toList();
  }
}
