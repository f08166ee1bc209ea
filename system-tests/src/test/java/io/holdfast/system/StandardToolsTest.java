package io.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Account;
import io.holdfast.embedded.process.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The repository outlives Holdfast: the shell blocks of docs/repository-format.md, run as they are
 * written, bring back every kind of artifact.
 */
@TestInstance(Lifecycle.PER_CLASS)
class StandardToolsTest {
  private static final List<String> DATABASES =
      List.of("orders", "quo\"te's $(x)", "host=evil dbname=x", "latin");

  private final Fleet fleet = Fleet.shared();
  private final ShellBlocks blocks = ShellBlocks.of("docs/repository-format.md");
  private PostgresCluster logicalSource;
  private PostgresCluster physicalSource;
  private Path archive;
  private String logical;
  private String physical;

  @BeforeAll
  void fill() throws Exception {
    logicalSource = fleet.startCluster(0);
    fillLogical(fleet.superuser(logicalSource), logicalSource.backupLogin().username());
    logical = fleet.declare(logicalSource, fleet.filesystemRepository());
    archive = fleet.directoryForServer(logicalSource, "archive");
    physicalSource =
        PostgresCluster.in(Folders.temporary("tools"))
            .standbys(1)
            .tablespace("side")
            .setting("archive_mode", "always")
            .setting("archive_command", "touch " + archive + "/$(cat PG_VERSION)-%f-${PGDATA##*/}")
            .start();
    fleet
        .superuser(physicalSource)
        .execute(
            "postgres",
            "CREATE TABLE here AS SELECT i, md5(i::text) FROM generate_series(1, 20000) i",
            "CREATE TABLE there (i int, t text) TABLESPACE side",
            "INSERT INTO there SELECT i, md5(i::text) FROM generate_series(1, 20000) i");
    physical = fleet.declare(physicalSource, fleet.filesystemRepository());
  }

  @AfterAll
  void stop() {
    logicalSource.close();
    physicalSource.close();
  }

  private static void fillLogical(Databases server, String backupRole) throws Exception {
    server.execute(
        "postgres",
        "CREATE ROLE app_owner LOGIN",
        "CREATE ROLE \"App Reader\" NOLOGIN",
        "GRANT \"App Reader\" TO app_owner",
        "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0",
        "CREATE TABLE in_postgres AS SELECT generate_series(1, 10) AS v");
    for (String database : DATABASES) {
      if (!database.equals("latin")) {
        server.execute(
            "postgres", "CREATE DATABASE " + Databases.quoted(database) + " OWNER app_owner");
      }
      server.execute(
          database,
          "CREATE SCHEMA shop AUTHORIZATION app_owner",
          "CREATE TABLE shop.item (id serial PRIMARY KEY, label text NOT NULL, raw bytea)",
          "INSERT INTO shop.item (label, raw) SELECT 'größe ' || i || E'\\n\\t\\\\',"
              + " decode(md5(i::text), 'hex') FROM generate_series(1, 500) i",
          "CREATE VIEW shop.some AS SELECT * FROM shop.item WHERE id < 10",
          "COMMENT ON TABLE shop.item IS 'it''s ours'",
          "GRANT SELECT ON shop.item TO \"App Reader\"",
          "SELECT lo_from_bytea(4711, decode(repeat('00ff', 5000), 'hex'))",
          // No predefined role may read large objects before PostgreSQL 19.
          "GRANT SELECT ON LARGE OBJECT 4711 TO " + Databases.quoted(backupRole));
    }
    server.execute(
        "postgres",
        "ALTER DATABASE orders SET work_mem = '7MB'",
        "COMMENT ON DATABASE orders IS 'a comment; -- of :\"DBNAME\"'",
        "REVOKE CONNECT ON DATABASE orders FROM PUBLIC",
        "GRANT CONNECT ON DATABASE orders TO \"App Reader\", " + Databases.quoted(backupRole));
    server.execute(
        "postgres",
        "CREATE DATABASE swedish TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu"
            + " ICU_LOCALE 'sv-SE' CONNECTION LIMIT 7 OWNER app_owner");
  }

  @ParameterizedTest
  @CsvSource({
    "CUSTOM, ZSTD",
    "CUSTOM, GZIP",
    "CUSTOM, LZ4",
    "DIRECTORY, ZSTD",
    "DIRECTORY, GZIP",
    "DIRECTORY, LZ4",
    "PLAIN, ZSTD",
    "PLAIN, GZIP",
    "PLAIN, LZ4"
  })
  void dumpsAndGlobalsComeBack(String format, String codec) throws Exception {
    String backup =
        fleet.backedUp(
            logical,
            "{\"method\":\"LOGICAL\",\"logical\":{\"format\":\"%s\"},\"compression\":{\"codec\":\"%s\"}}"
                .formatted(format, codec));

    try (PostgresCluster target = fleet.startCluster(0)) {
      Map<String, String> variables = copyDown(logical, backup, target.primary());
      String before =
          blocks.get("Preparation")
              + blocks.get("Checksums")
              + blocks.get("Globals")
              + blocks.get("Inventory");
      switch (format) {
        case "CUSTOM" -> ShellBlocks.run(before + blocks.get("Custom dumps"), variables);
        case "DIRECTORY" -> ShellBlocks.run(before + blocks.get("Directory dumps"), variables);
        default -> {
          ShellBlocks.run(before, variables);
          for (JsonNode dump : manifest(variables).path("artifacts")) {
            if (dump.path("kind").asText().equals("DUMP_PLAIN")) {
              restorePlain(dump, variables);
            }
          }
        }
      }

      Databases expected = fleet.superuser(logicalSource);
      Databases actual = fleet.superuser(target);
      assertThat(Fingerprint.globals(actual)).containsAll(Fingerprint.globals(expected));
      assertThat(Fingerprint.databaseProperties(actual))
          .containsAll(Fingerprint.databaseProperties(expected));
      List<String> databases = new ArrayList<>(DATABASES);
      databases.add("postgres");
      for (String database : databases) {
        assertThat(Fingerprint.database(actual, database))
            .as(database)
            .isEqualTo(Fingerprint.database(expected, database));
      }
      assertThat(Path.of(variables.get("TARGET"), "inventory.json"))
          .content()
          .contains("orders")
          .contains("shop");
    }
  }

  private void restorePlain(JsonNode dump, Map<String, String> variables) throws Exception {
    String name = dump.path("database").asText();
    Map<String, String> mine = new HashMap<>(variables);
    // The object's path starts with the run's folder, in which the blocks stand.
    mine.put("DUMP", dump.path("object").asText().replaceFirst("^[^/]*/", ""));
    mine.put("DATABASE", name);
    for (JsonNode database : manifest(variables).path("databases")) {
      if (database.path("name").asText().equals(name)) {
        mine.put("ENCODING", database.path("encoding").asText());
        mine.put("COLLATE", database.path("collate").asText());
        mine.put("CTYPE", database.path("ctype").asText());
        mine.put("PROVIDER", database.path("localeProvider").asText());
        mine.put("LOCALE", database.path("locale").asText());
      }
    }
    ShellBlocks.run(blocks.get("Preparation") + blocks.get("Plain dumps"), mine);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ZSTD", "GZIP", "LZ4"})
  void aBaseBackupWithATablespaceAndItsConfigurationComesBack(String codec) throws Exception {
    String backup =
        fleet.backedUp(
            physical,
            "{\"method\":\"PHYSICAL\",\"compression\":{\"codec\":\"%s\"}}".formatted(codec));
    Map<String, String> variables = copyDown(physical, backup, physicalSource.primary());
    Path target = Path.of(variables.get("TARGET"));

    ShellBlocks.run(
        blocks.get("Preparation")
            + blocks.get("Checksums")
            + blocks.get("Base backup")
            + blocks.get("Starting it")
            + blocks.get("Configuration")
            + blocks.get("Inventory")
            + "pg_ctl --pgdata=\"$DATA\" --wait --silent --mode=fast stop\n",
        variables);

    assertThat(target.resolve("inventory.json")).content().contains("postgres");
    try (var config = Files.walk(target.resolve("config"))) {
      assertThat(config.map(path -> path.getFileName().toString()))
          .contains("effective-settings.conf");
    }
    try (PostgresServer copy = PostgresServer.open(target, physicalSource.superuser()).start()) {
      Databases actual =
          new Databases(
              copy.host(), copy.port(), copy.superuser().username(), copy.superuser().password());
      assertThat(Fingerprint.database(actual, "postgres"))
          .isEqualTo(Fingerprint.database(fleet.superuser(physicalSource), "postgres"));
      assertThat(actual.one("postgres", "SELECT pg_is_in_recovery()")).isEqualTo("f");
      assertThat(actual.one("postgres", "SHOW archive_mode")).isEqualTo("off");
      assertThat(copy.data().resolve("pg_tblspc"))
          .isDirectoryContaining(
              link -> link.toFile().exists() && realPath(link).startsWith(target.toAbsolutePath()));
    }
  }

  @Test
  void aClusterComesBackToAPointInTime() throws Exception {
    try (PostgresCluster source =
        fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = source.primary();
      String name =
          fleet.declareArchived(source, fleet.filesystemRepository(), "\"mode\":\"PUSH\"");
      primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      primary.execute("INSERT INTO step VALUES (2)");
      String moment = primary.queryText("SELECT clock_timestamp()::text");
      primary.execute("INSERT INTO step VALUES (3)");
      Archivers.awaitArchived(
          primary, primary.queryText("SELECT pg_walfile_name(pg_switch_wal())"));
      Archivers.end(source);
      Map<String, String> variables = copyDown(name, backup, primary);
      Path wal = copyDownWal(name, variables);
      variables.put("WAL", wal.toString());
      variables.put(
          "RECOVERY",
          "recovery_target_time = '" + moment + "'\nrecovery_target_action = 'promote'");

      ShellBlocks.run(
          blocks.get("Preparation")
              + blocks.get("Checksums")
              + blocks.get("Base backup")
              + blocks.get("To a point in time")
              + "pg_ctl --pgdata=\"$DATA\" --wait --silent --mode=fast stop\n",
          variables);

      Path target = Path.of(variables.get("TARGET"));
      try (PostgresServer copy = PostgresServer.open(target, source.superuser()).start()) {
        assertThat(copy.queryText("SELECT string_agg(n::text, ',' ORDER BY n) FROM step"))
            .as("asked for %s%n%s", moment, Files.readString(target.resolve("server.log")))
            .isEqualTo("1,2");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ENVELOPE", "OPENPGP"})
  void anEncryptedClusterComesBackToAPointInTime(String encryption) throws Exception {
    try (EncryptionKeys keys = EncryptionKeys.make();
        PostgresCluster source =
            fleet.startCluster(kind -> kind.standbys(0).setting("archive_mode", "on"))) {
      PostgresServer primary = source.primary();
      String name =
          fleet.declareEncrypted(
              source, fleet.filesystemRepository(), "\"mode\":\"PUSH\"", keys, encryption);
      primary.execute("CREATE TABLE step (n int)", "INSERT INTO step VALUES (1)");
      String backup = fleet.backedUp(name, "{\"method\":\"PHYSICAL\"}");
      primary.execute("INSERT INTO step VALUES (2)");
      String moment = primary.queryText("SELECT clock_timestamp()::text");
      primary.execute("INSERT INTO step VALUES (3)");
      Archivers.awaitArchived(
          primary, primary.queryText("SELECT pg_walfile_name(pg_switch_wal())"));
      Archivers.end(source);
      assertThat(fleet.api().get("/backups/" + backup).path("encryption").path("type").asText())
          .isEqualTo(encryption);
      Map<String, String> variables = copyDown(name, backup, primary);
      Path wal = copyDownWal(name, variables);
      variables.put("WAL", wal.toString());
      variables.put(
          "ARCHIVE",
          "clusters/"
              + name
              + "/wal/"
              + primary.queryText("SELECT system_identifier::text FROM pg_control_system()"));
      variables.put(
          "RECOVERY",
          "recovery_target_time = '" + moment + "'\nrecovery_target_action = 'promote'");
      variables.putAll(keys.forAccountOf(Path.of(variables.get("TARGET"))));
      variables.compute("PATH", (unused, path) -> System.getProperty("java.home") + "/bin:" + path);

      ShellBlocks.run(
          blocks.get("Preparation")
              + blocks.get("Authenticity")
              + blocks.get("Checksums")
              + blocks.get("Base backup")
              + blocks.get("The same, encrypted")
              + blocks.get("Inventory")
              + "pg_ctl --pgdata=\"$DATA\" --wait --silent --mode=fast stop\n",
          variables);

      Path target = Path.of(variables.get("TARGET"));
      try (PostgresServer copy = PostgresServer.open(target, source.superuser()).start()) {
        assertThat(copy.queryText("SELECT string_agg(n::text, ',' ORDER BY n) FROM step"))
            .as("asked for %s%n%s", moment, Files.readString(target.resolve("server.log")))
            .isEqualTo("1,2");
      }
    }
  }

  private Path copyDownWal(String cluster, Map<String, String> variables) throws Exception {
    Path wal = Files.createDirectories(Path.of(variables.get("TARGET")).resolveSibling("wal"));
    ShellBlocks.shell(
        List.of(
            "bash", "-euc", "cp -a \"$FROM\"/*/. \"$TO\"; chown -R --reference=\"$OF\" \"$TO\""),
        Map.of(
            "FROM",
            fleet
                .stack()
                .repositoriesRoot()
                .resolve("files/clusters/" + cluster + "/wal")
                .toString(),
            "TO",
            wal.toString(),
            "OF",
            variables.get("TARGET")));
    return wal;
  }

  private static Path realPath(Path link) {
    try {
      return link.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies one backup to where the user of the server may read it, as from a bucket. */
  private Map<String, String> copyDown(String cluster, String backup, PostgresServer server)
      throws Exception {
    String path = "clusters/" + cluster + "/backups/" + backup;
    Path folder = Folders.temporary("t");
    Path copy = Files.createDirectories(folder.resolve("repository").resolve(path));
    Path target = Account.forPostgres().createPrivate(folder.resolve("target"));
    ShellBlocks.shell(
        List.of("bash", "-euc", "cp -a \"$FROM/.\" \"$TO\"; chown -R --reference=\"$OF\" \"$TO\""),
        Map.of(
            "FROM", fleet.stack().repositoriesRoot().resolve("files").resolve(path).toString(),
            "TO", copy.toString(),
            "OF", target.toString()));
    Map<String, String> variables = new HashMap<>();
    variables.put("REPO", folder.resolve("repository").toString());
    variables.put("BACKUP", path);
    variables.put("TARGET", target.toString());
    variables.put("PGHOST", server.host());
    variables.put("PGPORT", Integer.toString(server.port()));
    variables.put("PGUSER", server.superuser().username());
    variables.put("PGPASSWORD", server.superuser().password());
    variables.put(
        "PATH",
        Path.of(server.install().program("psql")).getParent() + ":" + System.getenv("PATH"));
    return variables;
  }

  private static JsonNode manifest(Map<String, String> variables) throws Exception {
    return new ObjectMapper()
        .readTree(
            Path.of(variables.get("REPO"), variables.get("BACKUP"), "manifest.json").toFile());
  }
}
