package io.holdfast.worker.repository.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.s3.EmbeddedS3;
import io.holdfast.embedded.s3.ServerCertificate;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.repository.S3RepositorySpec;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.rate.Waiter;
import io.holdfast.worker.repository.StagedObject;
import io.holdfast.worker.secret.S3Keys;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose certificate is signed by an authority of one's own. */
class S3OverTlsTest {
  @TempDir static Path folder;
  private static ServerCertificate certificate;
  private static EmbeddedS3 store;

  @BeforeAll
  static void startStore() throws IOException {
    certificate = ServerCertificate.in(folder);
    store =
        EmbeddedS3.start(
                Files.createDirectory(folder.resolve("store")), 0, "access", "key", certificate)
            .bucket("backups");
  }

  @AfterAll
  static void stopStore() {
    store.close();
  }

  @Test
  void storesAndReadsWithTheAuthorityThatItIsGiven() throws Exception {
    byte[] content = "over TLS".getBytes(UTF_8);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    try (S3Repository repository = open(certificate.authority())) {
      try (StagedObject staged = repository.stage("a/object", 0)) {
        staged.write(content);
        staged.commit(sha256);
      }
      try (InputStream stored = repository.open("a/object")) {
        assertThat(stored.readAllBytes()).isEqualTo(content);
      }
    }
  }

  @Test
  void saysInAProbeWhenTheCertificateOfTheStoreExpires() throws Exception {
    Instant expires;
    try (InputStream pem = Files.newInputStream(certificate.authority())) {
      expires =
          ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem))
              .getNotAfter()
              .toInstant();
    }
    try (S3Repository repository = open(certificate.authority())) {
      assertThat(repository.probe().certificateExpiresAt()).isEqualTo(expires);
    }
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor() {
    try (S3Repository repository = open(null)) {
      assertThatThrownBy(() -> repository.list(""))
          .isInstanceOfSatisfying(
              JobFailure.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_REFUSED);
                assertThat(e.hint()).contains("certificateAuthorityFile");
              });
    }
  }

  private static S3Repository open(Path authority) {
    return new S3Repository(
        new S3RepositorySpec("tls", store.endpoint(), null, "backups", "p", new SecretRef("keys")),
        new S3Keys("access", "key", authority),
        S3Settings.defaults(),
        Waiter.real(),
        Clock.systemUTC());
  }
}
