package io.holdfast.worker.chain;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.embedded.junit.RequiresPostgres;
import io.holdfast.embedded.postgres.PostgresInstall;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.model.BackupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shell blocks of docs/repository-format.md for a chain, run as they are written. */
@RequiresPostgres(value = 17, program = "pg_combinebackup")
class ChainByHandTest {
  private static final PostgresInstall INSTALL = PostgresInstall.newest();
  private static Stage stage;
  private static BackupId first;
  private static BackupId second;
  private static BackupId last;

  @BeforeAll
  static void takeAChain() {
    stage = new Stage(INSTALL, 0);
    PostgresServer primary = stage.postgres.primary();
    Ledger.create(primary);
    first = stage.backUp(null);
    primary.execute(
        "INSERT INTO entries (account, delta) SELECT i, 0 FROM generate_series(1, 9) i");
    second = stage.backUp(first);
    primary.execute("UPDATE accounts SET filler = 'changed' WHERE id < 100");
    last = stage.backUp(second);
  }

  @AfterAll
  static void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  @Test
  void comesBackWithStandardToolsAlone() throws Exception {
    Path target = target("by-hand");

    String said = run(target, "pg_ctl --pgdata=\"$DATA\" --wait --silent --mode=fast stop\n", 0);

    assertThat(said).doesNotContain("ERROR");
    try (PostgresServer copy = PostgresServer.open(target, stage.postgres.superuser()).start();
        Connection actual = copy.connect("postgres");
        Connection expected = stage.postgres.primary().connect("postgres")) {
      assertThat(Ledger.fingerprint(actual)).isEqualTo(Ledger.fingerprint(expected));
      assertThat(copy.queryText("SHOW archive_mode")).isEqualTo("off");
    }
    assertThat(target.resolve("tablespaces")).isNotEmptyDirectory();
  }

  @Test
  void stopsAtAMemberThatWasSwapped() throws Exception {
    Path kept = stage.folder.resolve("kept");
    BackupId sibling = stage.backUp(first);
    Files.move(stage.backup(second), kept);
    try {
      Files.move(stage.backup(sibling), stage.backup(second));
      Path target = target("swapped");

      String said = run(target, "", 1);

      assertThat(said).contains(second + "/manifest.json: FAILED");
      assertThat(target.resolve("members")).doesNotExist();
    } finally {
      Files.move(stage.backup(second), stage.folder.resolve("sibling"));
      Files.move(kept, stage.backup(second));
    }
  }

  private static Path target(String name) {
    return Account.forPostgres().createPrivate(stage.folder.resolve(name));
  }

  private static String run(Path target, String then, int status) throws Exception {
    Map<String, String> blocks = blocks();
    Path output = Files.createTempFile("holdfast-chain", ".log");
    List<String> command = new ArrayList<>();
    String account = Account.forPostgres().name();
    if (!account.isEmpty()) {
      allowReading(account);
      command.addAll(
          List.of("setpriv", "--reuid=" + account, "--regid=" + account, "--init-groups", "--"));
    }
    command.addAll(
        List.of(
            "bash",
            "-c",
            blocks.get("Preparation")
                + blocks.get("Incremental base backup")
                + blocks.get("Starting it")
                + then));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "REPO",
                stage.folder.resolve("repositories/disk").toString(),
                "BACKUP",
                "clusters/" + Stage.CLUSTER + "/backups/" + last,
                "TARGET",
                target.toString(),
                "PATH",
                INSTALL.bin() + ":" + System.getenv("PATH")));
    int exit = builder.start().waitFor();
    String said = Files.readString(output);
    Files.delete(output);
    assertThat(exit).as(said).isEqualTo(status);
    return said;
  }

  private static void allowReading(String account) throws Exception {
    int exit =
        new ProcessBuilder("chown", "-R", account, stage.folder.resolve("repositories").toString())
            .start()
            .waitFor();
    assertThat(exit).isZero();
  }

  private static Map<String, String> blocks() throws IOException {
    Map<String, String> blocks = new LinkedHashMap<>();
    String heading = "";
    boolean inside = false;
    for (String line : Files.readAllLines(Path.of("../docs/repository-format.md"))) {
      if (inside && !line.equals("```")) {
        blocks.merge(heading, line + "\n", String::concat);
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("^#+ ", "").replaceFirst(" \\(.*", "");
      }
      inside = line.equals("```sh") || (inside && !line.equals("```"));
    }
    return blocks;
  }
}
