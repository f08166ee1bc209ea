package io.holdfast.worker.target.logical;

import static io.holdfast.worker.target.logical.TwoServers.fresh;
import static io.holdfast.worker.target.logical.TwoServers.quoted;
import static io.holdfast.worker.target.logical.TwoServers.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.failure.JobFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Parts of a dump, of a database and with tables whose names are options and patterns elsewhere.
 */
class RestoreSelectionTest {
  private static final String DATABASE = "--data-only dbname=evil";
  private static final String SCHEMA = "a.b*\"; DROP";
  private static final String TABLE = "-t x.y\n?";
  private static TwoServers servers;
  @TempDir Path scratch;

  @BeforeAll
  static void start() {
    servers = new TwoServers();
    servers.fill(DATABASE);
    String schema = quoted(SCHEMA);
    String table = schema + "." + quoted(TABLE);
    servers
        .source()
        .executeIn(
            DATABASE,
            "create schema " + schema,
            "create table " + table + " (id int primary key, customer int references customer)",
            "insert into " + table + " select g, g from generate_series(1, 300) g",
            "create schema parts",
            "create table parts.measure (at int, v int references customer) partition by range (at)",
            "create table parts.low partition of parts.measure for values from (0) to (50)",
            "create table parts.high partition of parts.measure for values from (50) to (200)",
            "insert into parts.measure select g, g from generate_series(1, 100) g",
            // Sorts before what it points to, as a dump of everything stores it.
            "create table parts.aaa (id int primary key, next int references parts.aaa,"
                + " customer int references customer)",
            "insert into parts.aaa select g, nullif(g - 1, 0), g from generate_series(1, 20) g");
    List<String> unused = servers.globals();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private List<String> restore(DumpFormat format, RestoreRequest request) {
    return servers.restore(servers.take(DATABASE, format).dump(), request, scratch);
  }

  private static RestoreRequest content(String database, Content content, IfNotEmpty ifNotEmpty) {
    return new RestoreRequest(database, List.of(), List.of(), content, ifNotEmpty, 1, false);
  }

  private static RestoreRequest schemas(String database, String... schemas) {
    return new RestoreRequest(
        database, List.of(schemas), List.of(), Content.ALL, IfNotEmpty.REFUSE, 1, false);
  }

  private static RestoreRequest tables(String database, String... tables) {
    return new RestoreRequest(
        database, List.of(), List.of(tables), Content.ALL, IfNotEmpty.REFUSE, 1, false);
  }

  private static String rows(String database, String table) {
    return servers.target().queryTextIn(database, "select count(*) from " + table);
  }

  private void assertNothingStaged() throws IOException {
    try (Stream<Path> left = Files.list(scratch)) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DumpFormat.class,
      names = {"CUSTOM", "DIRECTORY"})
  void bringsTheSchemaFirstAndItsRowsLater(DumpFormat format) throws Exception {
    String name = fresh();
    restore(format, content(name, Content.SCHEMA_ONLY, IfNotEmpty.REFUSE));
    assertThat(rows(name, "customer")).isEqualTo("0");

    restore(format, content(name, Content.DATA_ONLY, IfNotEmpty.REFUSE));

    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), DATABASE));
    assertNothingStaged();
  }

  @Test
  void refusesToAddRowsToRowsUnlessToldTo() {
    String name = fresh();
    restore(DumpFormat.CUSTOM, whole(name));
    assertThatThrownBy(
            () -> restore(DumpFormat.CUSTOM, content(name, Content.DATA_ONLY, IfNotEmpty.REFUSE)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.TARGET_NOT_EMPTY))
        .hasMessageContaining("rows already in")
        .hasMessageContaining("public.customer");
    RestoreRequest added =
        new RestoreRequest(
            name, List.of(), List.of("parts.low"), Content.DATA_ONLY, IfNotEmpty.ADD, 1, false);
    restore(DumpFormat.CUSTOM, added);
    assertThat(rows(name, "parts.low")).isEqualTo("98");
  }

  @Test
  void refusesRowsForTablesThatAreNotThere() {
    String name = fresh();
    servers.target().execute("create database " + quoted(name));
    assertThatThrownBy(
            () -> restore(DumpFormat.CUSTOM, content(name, Content.DATA_ONLY, IfNotEmpty.REFUSE)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.TARGET_LACKS))
        .hasMessageContaining("public.customer");
  }

  @Test
  void loadsRowsWhoseKeysRunInACircle() {
    servers.source().execute("create database circle");
    servers
        .source()
        .executeIn(
            "circle",
            "create table a (id int primary key, b int)",
            "create table b (id int primary key, a int references a)",
            "insert into a values (1, 1)",
            "insert into b values (1, 1)",
            "alter table a add foreign key (b) references b");
    String name = fresh();
    StoredDump dump = servers.take("circle", DumpFormat.CUSTOM).dump();
    servers.restore(dump, content(name, Content.SCHEMA_ONLY, IfNotEmpty.REFUSE));
    List<String> steps = servers.restore(dump, content(name, Content.DATA_ONLY, IfNotEmpty.REFUSE));
    assertThat(steps)
        .contains("keep triggers and foreign keys off meanwhile: the keys run in a circle");
    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), "circle"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DumpFormat.class,
      names = {"CUSTOM", "DIRECTORY"})
  void bringsOneSchemaOfAHostileNameAndNothingElse(DumpFormat format) throws Exception {
    String name = fresh();
    List<String> steps = restore(format, schemas(name, SCHEMA));
    assertThat(rows(name, quoted(SCHEMA) + "." + quoted(TABLE))).isEqualTo("300");
    assertThat(
            servers
                .target()
                .queryTextIn(
                    name,
                    "select string_agg(nspname, ',' order by nspname) from pg_namespace where"
                        + " nspname !~ '^pg_' and nspname <> 'information_schema'"))
        .isEqualTo(SCHEMA + ",public");
    // The customers are not there, and a key without them cannot be.
    assertThat(steps).anyMatch(step -> step.startsWith("leave out foreign key " + TABLE));
    assertNothingStaged();
  }

  @ParameterizedTest
  @EnumSource(
      value = DumpFormat.class,
      names = {"CUSTOM", "DIRECTORY"})
  void bringsTablesOfHostileNamesWithTheirKeys(DumpFormat format) {
    String name = fresh();
    restore(format, tables(name, SCHEMA + "." + TABLE, "customer"));
    assertThat(rows(name, quoted(SCHEMA) + "." + quoted(TABLE))).isEqualTo("300");
    assertThat(rows(name, "customer")).isEqualTo("500");
    assertThat(rows(name, "pg_constraint where contype = 'f'")).isEqualTo("1");
  }

  @Test
  void bringsAPartitionedTableWithItsPartitions() {
    String name = fresh();
    restore(DumpFormat.CUSTOM, tables(name, "parts.measure", "public.customer"));
    assertThat(rows(name, "parts.measure")).isEqualTo("100");
    assertThat(rows(name, "parts.high")).isEqualTo("51");
  }

  @ParameterizedTest
  @EnumSource(
      value = DumpFormat.class,
      names = {"CUSTOM", "DIRECTORY"})
  void bringsEverythingInParallelAndLeavesNothingOnDisk(DumpFormat format) throws Exception {
    String name = fresh() + DATABASE;
    RestoreRequest parallel =
        new RestoreRequest(name, List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 4, false);
    restore(format, parallel);
    assertThat(servers.asSql(servers.target(), name))
        .isEqualTo(servers.asSql(servers.source(), DATABASE));
    assertNothingStaged();
  }

  @Test
  void bringsASelectionInParallel() throws Exception {
    String name = fresh();
    restore(
        DumpFormat.CUSTOM,
        new RestoreRequest(
            name, List.of("parts"), List.of("customer"), Content.ALL, IfNotEmpty.REFUSE, 3, false));
    assertThat(rows(name, "parts.measure")).isEqualTo("100");
    assertNothingStaged();
  }

  @Test
  void saysBeforehandWhenAParallelRestoreDoesNotFitOnDisk() throws Exception {
    String name = fresh();
    StoredDump small = servers.take(DATABASE, DumpFormat.CUSTOM).dump();
    StoredDump huge = new StoredDump(small.kind(), small.database(), Long.MAX_VALUE, small.bytes());
    RestoreRequest parallel =
        new RestoreRequest(name, List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 4, false);
    assertThatThrownBy(() -> servers.restore(huge, parallel, scratch))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.NO_SPACE));
    assertThat(servers.target().queryText("select string_agg(datname, ',') from pg_database"))
        .doesNotContain(name)
        .doesNotContain("holdfast-restoring");
    assertNothingStaged();
  }
}
