package io.holdfast.worker.target.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.manifest.Manifest.Tablespace;
import io.holdfast.worker.failure.JobFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryRestoreTest {
  private static final Tablespace SPACE = new Tablespace(16400, "side", "/original/side");
  @TempDir private Path root;

  @Test
  void showsNothingInTheTargetUntilItIsPublished() throws IOException {
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      restore.extractBase(base(Map.of()));
      assertThat(root.resolve("copy")).doesNotExist();
      try (Stream<Path> written = Files.walk(root)) {
        assertThat(written.map(path -> path.getFileName().toString()))
            .contains("PG_VERSION")
            .doesNotContain("pg_control");
      }

      restore.publish(Map.of());
    }
    assertThat(root.resolve("copy/global/pg_control")).hasContent("control");
    assertThat(children()).containsExactly("copy");
  }

  @Test
  void leavesNothingWhenItIsClosedUnpublished() throws IOException {
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      restore.extractBase(base(Map.of()));
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void removesWhatAKilledRestoreLeft() throws IOException {
    Files.createDirectories(root.resolve(".copy.holdfast-killed/base"));
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      assertThat(root.resolve(".copy.holdfast-killed")).doesNotExist();
    }
  }

  @Test
  void refusesATargetThatHoldsSomethingAndTouchesNothing() throws IOException {
    Files.writeString(Files.createDirectory(root.resolve("copy")).resolve("mine"), "kept");
    refuses(ErrorCode.TARGET_NOT_EMPTY, () -> check("copy"));
    assertThat(root.resolve("copy/mine")).hasContent("kept");
  }

  @Test
  void refusesATargetOutsideTheRoots() {
    refuses(ErrorCode.TARGET_REFUSED, () -> check("../elsewhere"));
    refuses(
        ErrorCode.TARGET_REFUSED,
        () -> DirectoryRestore.check(Path.of("/"), List.of(), Map.of(), p -> true, "r"));
  }

  @Test
  void refusesNamesThatItUsesItself() {
    refuses(ErrorCode.TARGET_REFUSED, () -> check(".copy.holdfast-mine"));
    refuses(ErrorCode.TARGET_REFUSED, () -> check("copy.holdfast-mine"));
  }

  @Test
  void refusesNamesThatAShellWouldReadWithinDoubleQuotes() {
    for (String name : List.of("a$(b)", "a`b`", "a\"b", "a\\b", "a\nb")) {
      refuses(ErrorCode.TARGET_REFUSED, () -> check(name));
    }
    assertThat(check("a 'kopie' für; & sie")).hasToString(root + "/a 'kopie' für; & sie");
  }

  @Test
  void refusesASecondRestoreIntoTheSameTarget() throws IOException {
    try (DirectoryRestore first = check("copy");
        DirectoryRestore second =
            DirectoryRestore.check(
                root.resolve("copy"), List.of(), Map.of(), p -> p.startsWith(root), "r2")) {
      first.stage();
      refuses(ErrorCode.TARGET_REFUSED, second::stage);
      first.extractBase(base(Map.of()));
      first.publish(Map.of());
    }
    assertThat(root.resolve("copy/PG_VERSION")).exists();
  }

  @Test
  void refusesATablespaceThatIsNotMappedAndSaysWhich() {
    assertThatThrownBy(() -> checkWithSpace(Map.of()))
        .isInstanceOfSatisfying(
            JobFailure.class,
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.TARGET_REFUSED);
              assertThat(failure.hint()).contains("/original/side");
            });
  }

  @Test
  void refusesDirectoriesThatLieInOneAnother() throws IOException {
    refuses(
        ErrorCode.TARGET_REFUSED,
        () -> checkWithSpace(Map.of("/original/side", root.resolve("copy/side").toString())));
    refuses(
        ErrorCode.TARGET_REFUSED,
        () -> checkWithSpace(Map.of("/original/side", root.resolve("copy").toString())));
    Files.createSymbolicLink(root.resolve("alias"), root);
    refuses(
        ErrorCode.TARGET_REFUSED,
        () -> checkWithSpace(Map.of("/original/side", root.resolve("alias/copy/side").toString())));
  }

  @Test
  void publishesAllDirectoriesOrNone() throws IOException {
    Path side = Files.createDirectory(root.resolve("side"));
    Files.setPosixFilePermissions(side, PosixFilePermissions.fromString("rwx--x---"));
    try (DirectoryRestore restore =
        checkWithSpace(Map.of("/original/side", root.resolve("side").toString()))) {
      restore.stage();
      restore.extractTablespace(16400, tar(Map.of("PG_15_1/1/2", "rows")));
      restore.extractBase(base(Map.of()));
      Files.writeString(Files.createDirectory(root.resolve("copy")).resolve("late"), "kept");

      refuses(ErrorCode.TARGET_NOT_EMPTY, () -> restore.publish(Map.of()));
    }
    assertThat(children()).containsExactly("copy", "side");
    assertThat(root.resolve("copy/late")).hasContent("kept");
    assertThat(side).isEmptyDirectory();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(side)))
        .isEqualTo("rwx--x---");
  }

  @Test
  void refusesEntriesThatLeadOutside() throws IOException {
    for (String name : List.of("../outside", "base/../../outside")) {
      try (DirectoryRestore restore = check("copy")) {
        restore.stage();
        refuses(ErrorCode.ARTIFACT_DAMAGED, () -> restore.extractBase(tar(Map.of(name, "x"))));
      }
    }
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      refuses(ErrorCode.ARTIFACT_DAMAGED, () -> restore.extractBase(link("base", "/etc")));
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void refusesABaseWithoutPgControl() throws IOException {
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      restore.extractBase(tar(Map.of("PG_VERSION", "15\n")));
      refuses(ErrorCode.ARTIFACT_DAMAGED, () -> restore.publish(Map.of()));
    }
    assertThat(children()).isEmpty();
  }

  @Test
  void leavesASourcesOwnLinesAndIncludesTheQuarantineBehindThem() throws IOException {
    publish(
        Map.of("postgresql.conf", "shared_buffers = '1MB'", "standby.signal", ""),
        Map.of("postgresql.conf", bytes("never = used"), "pg_hba.conf", bytes("given")));

    assertThat(settings("postgresql.conf"))
        .containsExactly("shared_buffers = '1MB'", "include 'holdfast-quarantine.conf'");
    assertThat(settings("postgresql.auto.conf"))
        .containsExactly("include 'holdfast-quarantine.conf'");
    assertThat(settings("holdfast-quarantine.conf"))
        .containsExactlyElementsOf(DirectoryRestore.quarantine());
    assertThat(root.resolve("copy/pg_hba.conf")).hasContent("given");
    assertThat(root.resolve("copy/standby.signal")).doesNotExist();
  }

  @Test
  void saysWhereTheCopyIsWhenItsConfigurationMayLeadElsewhere() throws IOException {
    publish(
        Map.of(
            "postgresql.conf", "shared_buffers = '1MB'\n  Include_Dir 'conf.d'\n",
            "pg_hba.conf", "stale"),
        Map.of("pg_hba.conf", bytes("in effect"), "pg_ident.conf", bytes("")));

    assertThat(settings("holdfast-quarantine.conf"))
        .contains(
            "data_directory = '" + root + "/copy'",
            "hba_file = '" + root + "/copy/pg_hba.conf'",
            "ident_file = '" + root + "/copy/pg_ident.conf'");
    assertThat(root.resolve("copy/pg_hba.conf")).hasContent("in effect");
  }

  private void publish(Map<String, String> files, Map<String, byte[]> configuration)
      throws IOException {
    try (DirectoryRestore restore = check("copy")) {
      restore.stage();
      restore.extractBase(base(files));
      restore.publish(configuration);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<String> settings(String file) throws IOException {
    return Files.readAllLines(root.resolve("copy").resolve(file)).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .toList();
  }

  private DirectoryRestore check(String name) {
    return DirectoryRestore.check(
        Path.of(root + "/" + name), List.of(), Map.of(), path -> path.startsWith(root), "r1");
  }

  private DirectoryRestore checkWithSpace(Map<String, String> mapping) {
    return DirectoryRestore.check(
        root.resolve("copy"), List.of(SPACE), mapping, path -> path.startsWith(root), "r1");
  }

  private static void refuses(ErrorCode code, ThrowingCallable step) {
    assertThatThrownBy(step)
        .isInstanceOfSatisfying(
            JobFailure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private List<String> children() throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static InputStream base(Map<String, String> more) throws IOException {
    Map<String, String> files = new java.util.TreeMap<>(more);
    files.put("PG_VERSION", "15\n");
    files.put("global/pg_control", "control");
    return tar(files);
  }

  private static InputStream tar(Map<String, String> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, String> file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static InputStream link(String name, String to) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
      entry.setLinkName(to);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }
}
