package io.holdfast.worker.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.model.BackupId;
import io.holdfast.model.Codec;
import io.holdfast.model.CompressionSpec;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.PhysicalSourceSpec.Otherwise;
import io.holdfast.model.job.JobResult.Finding;
import io.holdfast.model.job.VerificationLevel;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Manifest;
import io.holdfast.model.manifest.Manifest.Tablespace;
import io.holdfast.worker.attempt.TestAttempt;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.server.ThrowAwayServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A full backup and three incrementals, taken while clients write, from every major that can. The
 * last one is taken when they have stopped, so that its copy must equal the source.
 */
@ParameterizedClass(name = "{0}")
@RequiresPostgres(value = 17, program = "pg_combinebackup")
@MethodSource("io.holdfast.embedded.postgres.PostgresInstall#allIncremental")
class IncrementalChainTest {
  private static Stage stage;
  private static final List<Manifest> CHAIN = new ArrayList<>();
  private static long acknowledgedBeforeSecond;
  private static List<String> source;

  private final PostgresInstall install;

  IncrementalChainTest(PostgresInstall install) {
    this.install = install;
  }

  @BeforeParameterizedClassInvocation
  static void takeAChain(PostgresInstall install) throws Exception {
    CHAIN.clear();
    stage = new Stage(install, 0);
    var primary = stage.postgres.primary();
    Ledger.create(primary);
    primary.execute(
        "CREATE TABLE doomed AS SELECT generate_series(1, 5000) AS i",
        "CREATE TABLE emptied AS SELECT generate_series(1, 5000) AS i");
    stage.createTablespace("early");
    primary.execute("CREATE TABLE goes TABLESPACE early AS SELECT generate_series(1, 3000) AS i");
    try (Ledger ledger = Ledger.writeTo(primary)) {
      CHAIN.add(take(null, CompressionSpec.zstd()));
      stage.createTablespace("later");
      primary.execute(
          "DROP TABLE doomed, goes",
          "CHECKPOINT",
          "DROP TABLESPACE early",
          "CREATE TABLE comes TABLESPACE later AS SELECT generate_series(1, 3000) AS i",
          "CREATE TABLE late AS SELECT i, md5(i::text) FROM generate_series(1, 5000) i",
          "CREATE TABLE late_aside TABLESPACE side AS SELECT generate_series(1, 3000) AS i");
      CHAIN.add(
          take(last(), new CompressionSpec(Codec.GZIP, 1, null, CompressionSpec.Where.SERVER)));
      primary.execute("TRUNCATE emptied", "VACUUM FULL late", "DELETE FROM late_aside WHERE i > 9");
      acknowledgedBeforeSecond = ledger.acknowledged();
      CHAIN.add(take(last(), CompressionSpec.zstd()));
    }
    try (Connection connection = primary.connect("postgres")) {
      source = Ledger.fingerprint(connection);
    }
    CHAIN.add(take(last(), new CompressionSpec(Codec.LZ4, null, null, null)));
  }

  private static BackupId last() {
    return CHAIN.getLast().backupId();
  }

  private static Manifest take(BackupId parent, CompressionSpec compression) {
    return stage.backUp(new TestAttempt(), parent, Otherwise.FAIL, compression, null).manifest();
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  @Test
  void eachMemberIsBoundToItsParentAndStoresWhatChanged() throws IOException {
    assertThat(CHAIN.getFirst().parent()).isNull();
    assertThat(CHAIN.getFirst().parentManifestSha256()).isNull();
    for (int i = 1; i < CHAIN.size(); i++) {
      Manifest parent = CHAIN.get(i - 1);
      assertThat(CHAIN.get(i).parent()).isEqualTo(parent.backupId());
      assertThat(CHAIN.get(i).parentManifestSha256())
          .isEqualTo(Stage.sha256(manifestOf(parent.backupId())));
    }
    assertThat(CHAIN.getLast().plainBytes()).isLessThan(CHAIN.getFirst().plainBytes());
    assertThat(CHAIN.getLast().structureChecked()).isTrue();
    assertThat(CHAIN.getFirst().tablespaces()).extracting("name").contains("side", "early");
    assertThat(CHAIN.getLast().tablespaces()).extracting("name").contains("side", "later");
  }

  @Test
  void theLastEqualsItsSource() throws Exception {
    Path space = stage.target("copy=space");
    Map<String, String> spaces = new HashMap<>(spaces("copy"));
    spaces.put(location(), space.toString());
    stage.restore(last(), "copy", spaces, false);

    try (ThrowAwayServer server = open("copy");
        Connection connection = server.connect("postgres")) {
      assertThat(Ledger.fingerprint(connection)).isEqualTo(source);
      assertThat(Ledger.entriesThatAddUp(connection)).isPositive();
    }
    assertThat(space).isDirectoryContaining(path -> path.getFileName().toString().contains("PG_"));
    assertThat(hidden()).isEmpty();
  }

  @Test
  void oneThatWasTakenUnderLoadHasEveryCommitBeforeIt() throws Exception {
    var restored = stage.restore(CHAIN.get(2).backupId(), "loaded", spaces("loaded"), false);

    assertThat(restored.steps()).anyMatch(step -> step.startsWith("combine " + first() + " + "));
    try (ThrowAwayServer server = open("loaded");
        Connection connection = server.connect("postgres")) {
      assertThat(Ledger.entriesThatAddUp(connection))
          .isGreaterThanOrEqualTo(acknowledgedBeforeSecond);
    }
  }

  @Test
  void isVerifiedAtEveryLevel() {
    assertThat(stage.verify(last(), VerificationLevel.RESTORE).findings())
        .extracting(Finding::check, Finding::outcome)
        .contains(
            org.assertj.core.groups.Tuple.tuple("chain", "OK"),
            org.assertj.core.groups.Tuple.tuple("checksum", "OK"),
            org.assertj.core.groups.Tuple.tuple("structure", "OK"),
            org.assertj.core.groups.Tuple.tuple("restore", "OK"));
    assertThat(stage.verify(CHAIN.get(1).backupId(), VerificationLevel.STRUCTURE).findings())
        .as("compressed by the server")
        .extracting(Finding::outcome)
        .containsOnly("OK");
  }

  @Test
  void aMissingMemberIsRefusedByNameBeforeAByteIsCopied() throws Exception {
    Path manifest = stage.backup(CHAIN.get(1).backupId()).resolve("manifest.json");
    Path away = Files.move(manifest, stage.folder.resolve("away"));
    try {
      assertRefused("missing", ErrorCode.BACKUP_NOT_FOUND);
    } finally {
      Files.move(away, manifest);
    }
  }

  @Test
  void aMemberWithoutAnObjectIsRefusedByName() throws Exception {
    Manifest member = CHAIN.get(1);
    Path object = stage.backup(member.backupId()).resolve(baseTar(member));
    Path away = Files.move(object, stage.folder.resolve("away"));
    try {
      assertRefused("cut", ErrorCode.ARTIFACT_DAMAGED);
    } finally {
      Files.move(away, object);
    }
  }

  /**
   * Another incremental on the same parent takes its place, and says in every way that it is it.
   */
  @Test
  void aSwappedMemberIsRefusedByName() throws Exception {
    BackupId id = CHAIN.get(1).backupId();
    Path original = stage.backup(id);
    Path kept = stage.folder.resolve("kept");
    BackupId sibling = stage.backUp(first());
    Files.move(original, kept);
    try {
      Files.move(stage.backup(sibling), original);
      stage.forge(id, manifest -> manifest.replace(sibling.value(), id.value()));

      assertRefused("swapped", ErrorCode.ARTIFACT_DAMAGED);
    } finally {
      Files.move(original, stage.folder.resolve("forged"));
      Files.move(kept, original);
    }
  }

  private void assertRefused(String target, ErrorCode code) throws IOException {
    Map<String, String> spaces = spaces(target);
    for (BackupId id : List.of(CHAIN.get(2).backupId(), last())) {
      assertThatThrownBy(() -> stage.restore(id, target, spaces, false))
          .isInstanceOfSatisfying(
              JobFailure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(code);
                assertThat(failure)
                    .hasMessageStartingWith(
                        "backup "
                            + CHAIN.get(2).backupId()
                            + " builds on backup "
                            + CHAIN.get(1).backupId());
              });
    }
    assertThatThrownBy(() -> stage.verify(last(), VerificationLevel.CHECKSUM))
        .isInstanceOf(JobFailure.class);
    assertThatThrownBy(() -> stage.backUp(last())).isInstanceOf(JobFailure.class);
    assertThat(stage.target(target)).doesNotExist();
    assertThat(hidden()).isEmpty();
  }

  @Test
  void isNotPublishedWhenItsParentVanishesMeanwhile() throws Exception {
    BackupId parent = stage.backUp(first());
    TestAttempt robbed =
        new TestAttempt(
            phase -> {
              if (phase.equals("COMMITTING")) {
                delete(stage.backup(parent).resolve("manifest.json"));
              }
            });
    long before = backups();

    assertThatThrownBy(() -> stage.backUp(robbed, parent, Otherwise.FULL))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.BACKUP_NOT_FOUND));

    assertThat(backups()).isEqualTo(before - 1);
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aRehearsalSaysTheRoomThatAChainTakes() {
    long bytes = CHAIN.stream().mapToLong(Manifest::plainBytes).sum();

    var rehearsed = stage.restore(last(), "never", spaces("never"), true);

    assertThat(rehearsed.steps())
        .anyMatch(step -> step.contains("that takes " + bytes + " bytes beside the target"));
    assertThat(stage.target("never")).doesNotExist();
  }

  private static long backups() throws IOException {
    try (Stream<Path> folders = Files.list(stage.backup(first()).getParent())) {
      return folders.filter(folder -> Files.exists(folder.resolve("manifest.json"))).count();
    }
  }

  private static List<Path> hidden() throws IOException {
    try (Stream<Path> all = Files.list(stage.folder.resolve("restores"))) {
      return all.filter(path -> path.getFileName().toString().startsWith(".")).toList();
    }
  }

  private static String baseTar(Manifest manifest) {
    return manifest.artifacts().stream()
        .filter(artifact -> artifact.kind() == Artifact.Kind.BASE_TAR)
        .findFirst()
        .orElseThrow()
        .object();
  }

  private static BackupId first() {
    return CHAIN.getFirst().backupId();
  }

  /** Where tablespace side lies at the source. */
  private static String location() {
    return CHAIN.getLast().tablespaces().stream()
        .filter(space -> space.name().equals("side"))
        .findFirst()
        .orElseThrow()
        .location();
  }

  /** A place for every tablespace of the last member; the first has one that is gone. */
  private static Map<String, String> spaces(String target) {
    return CHAIN.getLast().tablespaces().stream()
        .collect(
            Collectors.toMap(
                Tablespace::location,
                space -> stage.target(target + "-" + space.name()).toString()));
  }

  private ThrowAwayServer open(String target) {
    return ThrowAwayServer.start(
        stage.tools(), install.major(), stage.target(target), "postgres", Progress.silent());
  }

  private static byte[] manifestOf(BackupId id) throws IOException {
    return Files.readAllBytes(stage.backup(id).resolve("manifest.json"));
  }
}
