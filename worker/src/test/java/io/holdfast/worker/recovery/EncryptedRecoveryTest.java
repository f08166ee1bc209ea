package io.holdfast.worker.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Restored;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.restore.RecoveryTarget;
import io.holdfast.worker.encryption.Keys;
import io.holdfast.worker.failure.JobFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A point in time out of an encrypted base backup and encrypted WAL. */
class EncryptedRecoveryTest {
  @ParameterizedTest
  @ValueSource(strings = {"ENVELOPE", "OPENPGP"})
  void recoversWithTheKeysAndNotWithout(String kind) throws Exception {
    try (GnuPg gpg = new GnuPg();
        ArchivedCluster cluster = ArchivedCluster.start(PostgresInstall.newest(), 0, 1)) {
      gpg.generate("auditor", "", "never");
      gpg.generate("signer", "", "never");
      Path files = Files.createTempDirectory(cluster.folder(), "keys");
      Keys all =
          new Keys(files)
              .envelope("kek")
              .secret("auditor", gpg, "", false)
              .secret("signer", gpg, "", true);
      EncryptionSpec encryption =
          kind.equals("ENVELOPE")
              ? new EncryptionSpec.Envelope(new SecretRef("kek"))
              : new EncryptionSpec.OpenPgp(
                  List.of(new SecretRef("auditor")), new SecretRef("signer"));
      cluster.encrypt(encryption, all);
      Manifest backup = cluster.backUp();
      Commit first = cluster.commit(1);
      cluster.archive();
      cluster.commit(2);
      cluster.archive();

      Restored early = cluster.restore(backup, new RecoveryTarget.Time(first.after(), true));
      Restored latest = cluster.restore(backup, new RecoveryTarget.Latest());

      assertThat(cluster.ledger(early)).isEqualTo("1");
      assertThat(cluster.ledger(latest)).isEqualTo("1,2");

      cluster.keys(new Keys(Files.createTempDirectory(cluster.folder(), "keys")));
      assertRefused(cluster, backup, ErrorCode.KEY_UNAVAILABLE, ErrorCode.NOT_AUTHENTIC);

      // Who may write to the repository puts WAL of his own in the place of ours.
      cluster.encrypt(null, all);
      try (Stream<Path> archive = Files.walk(cluster.folder().resolve("repositories/disk"))) {
        for (Path object : archive.filter(each -> each.toString().endsWith(".zst")).toList()) {
          Files.delete(object);
        }
      }
      cluster.files().putAgain();
      assertRefused(cluster, backup, ErrorCode.NOT_AUTHENTIC);
    }
  }

  private static void assertRefused(ArchivedCluster cluster, Manifest backup, ErrorCode... codes) {
    assertThatThrownBy(() -> cluster.restore(backup, new RecoveryTarget.Latest()))
        .isInstanceOfSatisfying(JobFailure.class, e -> assertThat(e.code()).isIn((Object[]) codes));
  }
}
