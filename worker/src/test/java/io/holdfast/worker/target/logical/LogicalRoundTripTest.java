package io.holdfast.worker.target.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holdfast.embedded.postgres.PostgresCluster;
import io.holdfast.embedded.postgres.PostgresServer;
import io.holdfast.embedded.process.Folders;
import io.holdfast.model.ErrorCode;
import io.holdfast.model.backup.Content;
import io.holdfast.model.backup.LogicalSourceSpec;
import io.holdfast.model.backup.LogicalSourceSpec.DumpFormat;
import io.holdfast.model.manifest.Artifact;
import io.holdfast.model.manifest.Inventory.DatabaseInventory;
import io.holdfast.model.restore.LogicalRestoreTarget.IfNotEmpty;
import io.holdfast.worker.dump.DumpContents;
import io.holdfast.worker.dump.DumpStructure;
import io.holdfast.worker.failure.JobFailure;
import io.holdfast.worker.postgres.Connections;
import io.holdfast.worker.postgres.PgTools;
import io.holdfast.worker.postgres.Server;
import io.holdfast.worker.process.ChildCommand;
import io.holdfast.worker.process.ChildProcess;
import io.holdfast.worker.progress.Progress;
import io.holdfast.worker.secret.Login;
import io.holdfast.worker.source.Source;
import io.holdfast.worker.source.logical.DirectoryDumpSource;
import io.holdfast.worker.source.logical.DumpSource;
import io.holdfast.worker.source.logical.GlobalsSource;
import io.holdfast.worker.source.logical.InventoryReader;
import io.holdfast.worker.source.logical.LogicalSession;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back equals what went in, from one real server into another. */
class LogicalRoundTripTest {
  private static final AtomicInteger TARGETS = new AtomicInteger();
  private static Path folder;
  private static PostgresCluster source;
  private static PostgresCluster target;
  private static PgTools tools;
  private static final Connections CONNECTIONS = Connections.patient();
  @TempDir Path scratch;

  @BeforeAll
  static void start() {
    folder = Folders.temporary("logical-round-trip");
    source = PostgresCluster.in(folder.resolve("source")).standbys(0).start();
    target = PostgresCluster.in(folder.resolve("target")).standbys(0).start();
    tools = new PgTools(List.of(source.primary().install().bin()));
    source
        .primary()
        .execute(
            "create role \"App Owner\" login password 'canary-secret'",
            "create role reader",
            "alter role reader set work_mem = '5MB'",
            "grant reader to \"App Owner\"");
    fill("shop");
    globals();
  }

  @AfterAll
  static void stop() {
    target.close();
    source.close();
    Folders.delete(folder);
  }

  private static void fill(String database) {
    String name = "\"" + database.replace("\"", "\"\"") + "\"";
    PostgresServer server = source.primary();
    server.execute(
        "create database " + name + " owner \"App Owner\"",
        "alter database " + name + " set work_mem = '7MB'",
        "comment on database " + name + " is 'the; shop''s data'",
        "grant connect on database " + name + " to reader");
    server.executeIn(
        database,
        "create schema \"My Schema\" authorization \"App Owner\"",
        "create type public.mood as enum ('good', 'bad;')",
        "create table public.customer (id serial primary key, name text not null, m public.mood)",
        "insert into public.customer (name, m) select 'n' || g, 'good' from generate_series(1,500) g",
        "create table \"My Schema\".\"or der\" (id int generated always as identity primary key,"
            + " customer int references public.customer, at timestamptz default now())",
        "insert into \"My Schema\".\"or der\" (customer) select 1 + g % 500 from"
            + " generate_series(1,1000) g",
        "create index \"or der at\" on \"My Schema\".\"or der\" (at)",
        "comment on table \"My Schema\".\"or der\" is E'line\\ntwo'",
        "grant select on \"My Schema\".\"or der\" to reader",
        "select lo_from_bytea(424242, 'large object'::bytea)",
        "alter sequence public.customer_id_seq restart with 9000");
  }

  private static Server server(PostgresCluster cluster, String name) {
    PostgresServer primary = cluster.primary();
    var login = cluster.superuser();
    return new Server(
        name,
        primary.host(),
        primary.port(),
        "prefer",
        new Login(login.username(), login.password()));
  }

  private static List<String> globals() {
    try (Source globals =
        GlobalsSource.start(
            tools, CONNECTIONS, server(source, "src"), "postgres", Progress.silent())) {
      byte[] sql = globals.stream().readAllBytes();
      globals.complete();
      new DumpStructure(tools.client("pg_restore", 1), folder)
          .check(Artifact.Kind.GLOBALS, new ByteArrayInputStream(sql));
      return new GlobalsRestore(CONNECTIONS)
          .createMissingRoles(
              server(target, "dst"), "postgres", new ByteArrayInputStream(sql), false);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static LogicalSourceSpec spec(DumpFormat format) {
    return new LogicalSourceSpec(
        format,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        format == DumpFormat.DIRECTORY ? 2 : 1,
        null);
  }

  /** A dump in memory with the inventory of the same snapshot. */
  private record Taken(StoredDump dump, byte[] bytes, DatabaseInventory inventory) {}

  private Taken take(String database, DumpFormat format) throws Exception {
    try (LogicalSession session =
        LogicalSession.open(CONNECTIONS, server(source, "src"), database)) {
      try (Source dump =
          format == DumpFormat.DIRECTORY
              ? DirectoryDumpSource.start(tools, session, spec(format), scratch)
              : DumpSource.start(tools, session, spec(format))) {
        byte[] bytes = dump.stream().readAllBytes();
        dump.complete();
        Artifact.Kind kind = Artifact.Kind.valueOf("DUMP_" + format);
        return new Taken(
            new StoredDump(kind, session.description(), () -> new ByteArrayInputStream(bytes)),
            bytes,
            InventoryReader.tables(session, LogicalSourceSpec.RowCounts.EXACT, Progress.silent()));
      }
    }
  }

  private List<String> restore(StoredDump dump, RestoreRequest request) {
    return new LogicalRestore(CONNECTIONS, tools, scratch)
        .restore(server(target, "dst"), "postgres", dump, request, Progress.silent());
  }

  private static RestoreRequest whole(String database) {
    return new RestoreRequest(
        database, List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 1, false);
  }

  private static RestoreRequest tables(String database, IfNotEmpty ifNotEmpty, String... tables) {
    return new RestoreRequest(
        database, List.of(), List.of(tables), Content.ALL, ifNotEmpty, 1, false);
  }

  /** Everything as SQL, rows included, without what differs between two runs of pg_dump. */
  private static String everything(PostgresCluster cluster, String database) {
    return ChildProcess.output(
            ChildCommand.of(tools.client("pg_dump", 1), "--format=plain", "--no-comments")
                .withEnvironment(
                    Map.of(
                        "PGHOST", cluster.primary().host(),
                        "PGPORT", Integer.toString(cluster.primary().port()),
                        "PGUSER", cluster.superuser().username(),
                        "PGPASSWORD", cluster.superuser().password(),
                        "PGDATABASE", database)),
            64 << 20,
            (exit, complaint) -> new JobFailure(ErrorCode.INTERNAL, exit + ": " + complaint, ""))
        .replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }

  private static String fresh() {
    return "target " + TARGETS.incrementAndGet();
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void bringsBackSchemaRowsGrantsSequencesAndLargeObjects(DumpFormat format) throws Exception {
    Taken taken = take("shop", format);
    new DumpStructure(tools.client("pg_restore", 1), scratch)
        .check(taken.dump().kind(), new ByteArrayInputStream(taken.bytes()));
    String name = fresh();
    restore(taken.dump(), whole(name));
    assertThat(everything(target, name)).isEqualTo(everything(source, "shop"));
    assertThat(taken.inventory().tables()).extracting("rows").containsExactly(1000L, 500L);
  }

  @Test
  void bringsBackTheDatabasesOwnSettingsCommentGrantsAndOwnerUnderAnotherName() throws Exception {
    String name = fresh();
    restore(take("shop", DumpFormat.CUSTOM).dump(), whole(name));
    String question =
        "select pg_get_userbyid(datdba) || '|' || shobj_description(oid, 'pg_database') || '|' ||"
            + " datacl::text || '|' || (select setconfig::text from pg_db_role_setting"
            + " where setdatabase = d.oid) from pg_database d where datname = '%s'";
    assertThat(target.primary().queryText(question.formatted(name)))
        .isEqualTo(source.primary().queryText(question.formatted("shop")))
        .contains("App Owner", "the; shop's data", "work_mem=7MB", "reader=c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "qu\"o'te",
        "$(touch /tmp/x)",
        "--help",
        "host=evil dbname=x",
        "new\nline",
        "ünï-データ",
        "postgresql://evil/x",
        "back\\slash",
        "sixty-three-bytes-long-0123456789-0123456789-0123456789-01234567"
      })
  void survivesAHostileDatabaseName(String database) throws Exception {
    String quoted = "\"" + database.replace("\"", "\"\"") + "\"";
    source.primary().execute("create database " + quoted);
    source.primary().executeIn(database, "create table t (a int)", "insert into t values (1)");
    for (DumpFormat format : DumpFormat.values()) {
      restore(take(database, format).dump(), whole(database));
      assertThat(everything(target, database)).isEqualTo(everything(source, database));
      target.primary().execute("drop database " + quoted);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SQL_ASCII", "LATIN1", "EUC_JP", "UTF8"})
  void keepsTheEncoding(String encoding) throws Exception {
    String name = "enc " + encoding;
    source
        .primary()
        .execute(
            "create database \""
                + name
                + "\" template template0 encoding '"
                + encoding
                + "' lc_collate 'C' lc_ctype 'C'");
    source.primary().executeIn(name, "create table t (a text)", "insert into t values ('x')");
    restore(take(name, DumpFormat.CUSTOM).dump(), whole(name));
    assertThat(everything(target, name)).isEqualTo(everything(source, name));
  }

  @Test
  void bringsBackAnEmptyDatabase() throws Exception {
    source.primary().execute("create database nothing");
    restore(take("nothing", DumpFormat.CUSTOM).dump(), whole("nothing"));
    assertThat(everything(target, "nothing")).isEqualTo(everything(source, "nothing"));
  }

  @Test
  void bringsBackADroppedTableWithAllThatHangsOnIt() throws Exception {
    Taken taken = take("shop", DumpFormat.CUSTOM);
    String name = fresh();
    restore(taken.dump(), whole(name));
    String before = everything(target, name);
    target.primary().executeIn(name, "drop table \"My Schema\".\"or der\"");
    List<String> steps = restore(taken.dump(), tables(name, IfNotEmpty.ADD, "My Schema.or der"));
    assertThat(everything(target, name)).isEqualTo(before);
    assertThat(steps).anyMatch(s -> s.contains("My Schema.or der"));
  }

  @Test
  void bringsOneTableIntoANewDatabaseWithTheTypesItNeeds() throws Exception {
    String name = fresh();
    restore(
        take("shop", DumpFormat.DIRECTORY).dump(),
        tables(name, IfNotEmpty.REFUSE, "public.customer"));
    assertThat(target.primary().queryTextIn(name, "select count(*)::text from customer"))
        .isEqualTo("500");
    assertThat(target.primary().queryTextIn(name, "select nextval('customer_id_seq')::text"))
        .isEqualTo("9000");
  }

  @Test
  void refusesATargetThatHoldsSomethingAndLeavesItAlone() throws Exception {
    String name = fresh();
    target.primary().execute("create database \"" + name + "\"");
    target.primary().executeIn(name, "create table mine (a int)");
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    assertThatThrownBy(() -> restore(dump, whole(name)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.TARGET_NOT_EMPTY));
    assertThat(target.primary().queryTextIn(name, "select count(*)::text from mine"))
        .isEqualTo("0");
  }

  @Test
  void refusesToAddATableThatExists() throws Exception {
    String name = fresh();
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    restore(dump, whole(name));
    assertThatThrownBy(() -> restore(dump, tables(name, IfNotEmpty.ADD, "customer")))
        .hasMessage("database \"" + name + "\" already has public.customer");
  }

  @Test
  void namesTheRolesThatAreMissingBeforeItTouchesAnything() throws Exception {
    source.primary().execute("create role absent", "create database lacking");
    source
        .primary()
        .executeIn("lacking", "create table t (a int)", "alter table t owner to absent");
    StoredDump dump = take("lacking", DumpFormat.CUSTOM).dump();
    source.primary().execute("drop database lacking", "drop role absent");
    assertThatThrownBy(() -> restore(dump, whole("lacking")))
        .hasMessage("the target lacks roles [absent]");
    assertThat(databases()).doesNotContain("lacking").doesNotContain("holdfast-restoring");
  }

  @ParameterizedTest
  @EnumSource(DumpFormat.class)
  void leavesNothingWhenTheDumpIsCutOff(DumpFormat format) throws Exception {
    Taken taken = take("shop", format);
    byte[] cut = Arrays.copyOf(taken.bytes(), taken.bytes().length * 3 / 4);
    String name = fresh();
    StoredDump dump =
        new StoredDump(
            taken.dump().kind(), taken.dump().database(), () -> new ByteArrayInputStream(cut));
    assertThatThrownBy(
            () ->
                new DumpStructure(tools.client("pg_restore", 1), scratch)
                    .check(dump.kind(), new ByteArrayInputStream(cut)))
        .isInstanceOfSatisfying(
            JobFailure.class, f -> assertThat(f.code()).isEqualTo(ErrorCode.ARTIFACT_DAMAGED));
    if (format != DumpFormat.PLAIN) {
      assertThatThrownBy(() -> restore(dump, whole(name))).isInstanceOf(JobFailure.class);
      assertThat(databases()).doesNotContain(name).doesNotContain("holdfast-restoring");
    }
  }

  @Test
  void changesNothingInADryRun() throws Exception {
    StoredDump dump = take("shop", DumpFormat.CUSTOM).dump();
    List<String> steps =
        restore(
            dump,
            new RestoreRequest(
                "dry", List.of(), List.of(), Content.ALL, IfNotEmpty.REFUSE, 1, true));
    assertThat(steps).first().asString().startsWith("create database \"dry\"");
    assertThat(databases()).doesNotContain("dry");
  }

  @Test
  void listsContentsWithTheirNamesWhole() throws Exception {
    Taken taken = take("shop", DumpFormat.CUSTOM);
    assertThat(DumpContents.read(new ByteArrayInputStream(taken.bytes())))
        .anyMatch(
            e ->
                e.type().equals("TABLE")
                    && e.schema().equals("My Schema")
                    && e.name().equals("or der"));
  }

  @Test
  void createsMissingRolesOnceAndNeverAltersOnesThatExist() {
    target.primary().execute("alter role reader set work_mem = '9MB'");
    assertThat(globals()).containsExactly("every role of the backup exists already");
    assertThat(
            target
                .primary()
                .queryText("select rolconfig::text from pg_roles where rolname='reader'"))
        .isEqualTo("{work_mem=9MB}");
    assertThat(
            target.primary().queryText("select pg_has_role('App Owner', 'reader', 'member')::text"))
        .isEqualTo("true");
  }

  private static String databases() {
    return target.primary().queryText("select string_agg(datname, ',') from pg_database");
  }
}
