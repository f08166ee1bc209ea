package io.holdfast.worker.encryption;

import static io.holdfast.worker.failure.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.holdfast.embedded.gpg.GnuPg;
import io.holdfast.embedded.process.Command;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.SecretRef;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.PhysicalSourceSpec;
import io.holdfast.model.backup.SourceSpec;
import io.holdfast.model.encryption.EncryptionSpec;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.worker.encryption.EncryptedCluster.Worker;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encrypted backups of a real server, by workers with and without the keys, and by real gpg. */
@TestInstance(Lifecycle.PER_CLASS)
class EncryptedBackupTest {
  private static final String PASSPHRASE = "a canary sings";
  private static final EncryptionSpec ENVELOPE = new EncryptionSpec.Envelope(ref("kek"));
  private static final EncryptionSpec OPENPGP = openPgp("auditor");

  /** What is tried with every kind. */
  enum Kind {
    ENVELOPE_LOGICAL(ENVELOPE, logical(LogicalSourceSpec.DumpFormat.CUSTOM)),
    ENVELOPE_PLAIN(ENVELOPE, logical(LogicalSourceSpec.DumpFormat.PLAIN)),
    ENVELOPE_DIRECTORY(ENVELOPE, logical(LogicalSourceSpec.DumpFormat.DIRECTORY)),
    ENVELOPE_PHYSICAL(ENVELOPE, new PhysicalSourceSpec(null)),
    OPENPGP_LOGICAL(OPENPGP, logical(LogicalSourceSpec.DumpFormat.CUSTOM)),
    OPENPGP_PHYSICAL(OPENPGP, new PhysicalSourceSpec(null));

    private final EncryptionSpec encryption;
    private final SourceSpec source;

    Kind(EncryptionSpec encryption, SourceSpec source) {
      this.encryption = encryption;
      this.source = source;
    }
  }

  private EncryptedCluster cluster;
  private GnuPg gpg;
  private Worker writer;
  private Worker reader;
  private Manifest sealedForAuditor;

  @BeforeAll
  void start() throws IOException {
    cluster = new EncryptedCluster();
    gpg = new GnuPg();
    gpg.generate("auditor", PASSPHRASE, "never");
    gpg.generate("signer", "", "never");
    Keys shared = cluster.keys().envelope("kek");
    writer =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("kek", shared.file("kek"))
                .recipient("auditor", gpg)
                .secret("signer", gpg, "", true));
    reader =
        cluster.worker(
            cluster
                .keys()
                .envelopeFile("kek", shared.file("kek"))
                .secret("auditor", gpg, PASSPHRASE, false)
                .believed("signer", gpg));
    sealedForAuditor = writer.backUp(new PhysicalSourceSpec(null), OPENPGP);
  }

  @AfterAll
  void stop() {
    gpg.close();
    cluster.close();
  }

  @ParameterizedTest
  @EnumSource
  void comesBackFromEveryKind(Kind kind) throws IOException {
    Manifest manifest = writer.backUp(kind.source, kind.encryption);

    assertThat(reader.verify(manifest.backupId(), VerificationLevel.RESTORE).findings())
        .extracting(Finding::outcome)
        .containsOnly("OK");
    assertNothingReadable(manifest);
    if (kind.source instanceof PhysicalSourceSpec) {
      assertThat(reader.restore(manifest, kind.name().toLowerCase(Locale.ROOT)).dryRun()).isFalse();
    }
  }

  /** Neither tar, nor dump, nor zstd: every artifact is ciphertext from its first bytes on. */
  private void assertNothingReadable(Manifest manifest) throws IOException {
    assertThat(manifest.encryption()).isNotNull();
    for (Artifact artifact : manifest.artifacts()) {
      byte[] stored = Files.readAllBytes(object(manifest, artifact));
      String text = new String(stored, StandardCharsets.ISO_8859_1);
      assertThat(artifact.object()).endsWith(".zst" + suffix(manifest));
      assertThat(text).doesNotContain("\u0028\u00b5\u002f\u00fd", "PGDMP", "CREATE", "shop");
    }
  }

  private static String suffix(Manifest manifest) {
    return switch (manifest.encryption().type()) {
      case OPENPGP -> ".gpg";
      case ENVELOPE -> ".sealed";
    };
  }

  @Test
  void gpgAndZstdReadEveryArtifactOfAnOpenPgpBackup() throws Exception {
    Manifest manifest = writer.backUp(logical(LogicalSourceSpec.DumpFormat.CUSTOM), OPENPGP);

    for (Artifact artifact : manifest.artifacts()) {
      Path compressed = Files.createTempFile(cluster.folder, "gpg", ".zst");
      gpg.decrypt(object(manifest, artifact), PASSPHRASE, compressed);
      Path plain = Path.of(compressed + ".plain");
      String unused =
          Command.of("zstd", "-dq", compressed.toString(), "-o", plain.toString())
              .run(Duration.ofMinutes(1));
      assertThat(sha256(plain)).isEqualTo(artifact.plain().sha256());
    }
    Path folder = cluster.backup(manifest.backupId());
    gpg.verify(
        folder.resolve(manifest.runId() + "/manifest.json.sig"), folder.resolve("manifest.json"));
  }

  @Test
  void aWorkerWithPublicKeysBacksUpAndCannotRead() {
    Manifest manifest = sealedForAuditor;

    assertThat(writer.verify(manifest.backupId(), VerificationLevel.CHECKSUM).findings())
        .extracting(Finding::outcome)
        .containsOnly("OK");
    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> writer.verify(manifest.backupId(), VerificationLevel.STRUCTURE));
    assertRefused(ErrorCode.KEY_UNAVAILABLE, () -> writer.restore(manifest, "unreadable"));
    assertThat(cluster.folder.resolve("restores/unreadable")).doesNotExist();
  }

  @Test
  void aPlainDumpWithATableInATablespaceIsProvenByARestore() {
    cluster.postgres.primary().execute("CREATE DATABASE spread");
    cluster
        .postgres
        .primary()
        .executeIn("spread", "CREATE TABLE far TABLESPACE side AS SELECT generate_series(1, 9) i");
    Manifest manifest =
        writer.backUp(
            new LogicalSourceSpec(
                LogicalSourceSpec.DumpFormat.PLAIN,
                List.of("spread"),
                null,
                null,
                null,
                null,
                null,
                null,
                0,
                null),
            ENVELOPE);

    assertThat(reader.verify(manifest.backupId(), VerificationLevel.RESTORE).findings())
        .extracting(Finding::outcome)
        .containsOnly("OK");
  }

  @Test
  void aWorkerWithoutTheKeyComparesStoredBytesAndNothingElse() {
    Manifest manifest = writer.backUp(logical(LogicalSourceSpec.DumpFormat.CUSTOM), ENVELOPE);
    Worker keyless = cluster.worker(cluster.keys());

    assertThat(keyless.verify(manifest.backupId(), VerificationLevel.CHECKSUM).findings())
        .extracting(Finding::check, Finding::outcome)
        .contains(tuple("authenticity", "WARNING"), tuple("checksum", "OK"));
    assertRefused(
        ErrorCode.KEY_UNAVAILABLE,
        () -> keyless.verify(manifest.backupId(), VerificationLevel.STRUCTURE));
  }

  @Test
  void anotherKeyOfTheSameNameIsRefused() {
    Manifest manifest = writer.backUp(logical(LogicalSourceSpec.DumpFormat.CUSTOM), ENVELOPE);
    Worker other = cluster.worker(cluster.keys().envelope("kek"));

    assertRefused(
        ErrorCode.KEY_REFUSED, () -> other.verify(manifest.backupId(), VerificationLevel.CHECKSUM));
    assertRefused(
        ErrorCode.KEY_REFUSED,
        () -> other.verify(manifest.backupId(), VerificationLevel.STRUCTURE));
  }

  @Test
  void whatCannotBeReadAgainIsNotWritten() throws IOException {
    gpg.generate("revoked", "", "never");
    gpg.revoke("revoked");
    gpg.generateExpired("expired");
    Keys keys =
        cluster
            .keys()
            .envelopeFile("gone", cluster.folder.resolve("nowhere.key"))
            .envelopeFile("short", Files.writeString(cluster.folder.resolve("short"), "AAAA"))
            .recipient("auditor", gpg)
            .recipient("revoked", gpg)
            .recipient("expired", gpg)
            .secret("signer", gpg, "", true);
    Worker worker = cluster.worker(keys);
    Worker locked =
        cluster.worker(
            cluster
                .keys()
                .recipient("auditor", gpg)
                .secret("signer", gpg, "", true)
                .passphrase("signer", "another one"));
    Set<Path> before = files();

    assertNotBegun(worker, ErrorCode.KEY_UNAVAILABLE, envelope("gone"));
    assertNotBegun(worker, ErrorCode.KEY_UNAVAILABLE, envelope("short"));
    assertNotBegun(worker, ErrorCode.KEY_UNAVAILABLE, envelope("never-heard-of"));
    assertNotBegun(worker, ErrorCode.KEY_UNAVAILABLE, openPgp("never-heard-of"));
    assertNotBegun(worker, ErrorCode.KEY_REFUSED, openPgp("revoked"));
    assertNotBegun(worker, ErrorCode.KEY_REFUSED, openPgp("auditor", "expired"));
    assertNotBegun(
        worker,
        ErrorCode.KEY_UNAVAILABLE,
        new EncryptionSpec.OpenPgp(List.of(ref("auditor")), ref("auditor")));

    assertThat(files()).isEqualTo(before);
    assertThat(locked.backUp(logical(LogicalSourceSpec.DumpFormat.CUSTOM), openPgp("auditor")))
        .as("a key without a passphrase opens with any")
        .isNotNull();
  }

  private void assertNotBegun(Worker worker, ErrorCode code, EncryptionSpec encryption) {
    assertRefused(code, () -> worker.backUp(new PhysicalSourceSpec(null), encryption));
  }

  @Test
  void aWrongPassphraseIsFoundBeforeAnythingIsRead() {
    Manifest manifest = sealedForAuditor;
    Worker wrong =
        cluster.worker(
            cluster
                .keys()
                .secret("auditor", gpg, PASSPHRASE, false)
                .passphrase("auditor", "a canary croaks")
                .believed("signer", gpg));

    assertThatThrownBy(() -> wrong.restore(manifest, "locked"))
        .hasMessageNotContaining("canary")
        .isInstanceOfSatisfying(
            JobFailure.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_REFUSED));
  }

  @ParameterizedTest
  @EnumSource(names = {"ENVELOPE_LOGICAL", "OPENPGP_LOGICAL"})
  void aManifestThatWasEditedAndDigestedAnewIsRefused(Kind kind) throws IOException {
    Manifest manifest = writer.backUp(kind.source, kind.encryption);

    Forgery.edit(
        cluster.backup(manifest.backupId()),
        text -> text.replace("\"structureChecked\" : true", "\"structureChecked\" : false"));

    for (VerificationLevel level : VerificationLevel.values()) {
      assertRefused(ErrorCode.NOT_AUTHENTIC, () -> reader.verify(manifest.backupId(), level));
    }
  }

  @Test
  void aManifestSignedByNobodyWhoIsBelievedIsRefused() {
    gpg.generate("stranger", "", "never");
    Worker stranger =
        cluster.worker(cluster.keys().recipient("auditor", gpg).secret("stranger", gpg, "", true));
    Manifest manifest =
        stranger.backUp(
            logical(LogicalSourceSpec.DumpFormat.CUSTOM),
            new EncryptionSpec.OpenPgp(List.of(ref("auditor")), ref("stranger")));

    assertRefused(
        ErrorCode.NOT_AUTHENTIC,
        () -> reader.verify(manifest.backupId(), VerificationLevel.CHECKSUM));
  }

  private Path object(Manifest manifest, Artifact artifact) {
    return cluster.backup(manifest.backupId()).resolve(artifact.object());
  }

  private Set<Path> files() throws IOException {
    if (!Files.exists(cluster.repository())) {
      return Set.of();
    }
    try (Stream<Path> all = Files.walk(cluster.repository())) {
      return all.collect(Collectors.toSet());
    }
  }

  private static SourceSpec logical(LogicalSourceSpec.DumpFormat format) {
    return new LogicalSourceSpec(
        format, List.of("shop"), null, null, null, null, null, null, 0, null);
  }

  private static EncryptionSpec envelope(String key) {
    return new EncryptionSpec.Envelope(ref(key));
  }

  private static EncryptionSpec openPgp(String... recipients) {
    return new EncryptionSpec.OpenPgp(
        Stream.of(recipients).map(EncryptedBackupTest::ref).toList(), ref("signer"));
  }

  private static SecretRef ref(String name) {
    return new SecretRef(name);
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
